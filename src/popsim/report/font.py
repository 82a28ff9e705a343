"""The characters of one page as a small web font, for readers without a Chinese font."""

from __future__ import annotations

import base64
import io
from importlib import resources

__all__ = ["font_face"]


def font_face(text: str) -> str:
    """Return a CSS rule that holds the glyphs of `text`.

    Parameters
    ----------
    text
        All text of the page. Latin letters are left to the reader's own font.

    Returns
    -------
    str
        ``@font-face`` with the font inside it; the same text gives the same bytes.
    """
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    source = resources.files("popsim").joinpath("_fonts", "PopsimSansSC-Regular.otf")
    font = TTFont(io.BytesIO(source.read_bytes()), recalcTimestamp=False)
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted({ord(char) for char in text if ord(char) > 0x7F}))
    subsetter.subset(font)
    font.flavor = "woff"
    packed = io.BytesIO()
    font.save(packed)
    code = base64.b64encode(packed.getvalue()).decode("ascii")
    return (
        '@font-face{font-family:"Popsim Page";'
        f'src:url("data:font/woff;base64,{code}") format("woff")}}'
    )
