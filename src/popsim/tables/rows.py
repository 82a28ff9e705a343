"""CSV files as lines of text: nothing is guessed, every cell keeps its line number."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from popsim.errors import Problems

__all__ = ["Rows", "read_rows"]


@dataclass(frozen=True, slots=True)
class Rows:
    """A CSV file as text.

    Parameters
    ----------
    name
        File name, for messages.
    header
        Column names.
    lines
        Line number in the file (from 1; header included) and cells of every record.
    sha256
        Of the bytes of the file.
    """

    name: str
    header: tuple[str, ...]
    lines: tuple[tuple[int, dict[str, str]], ...]
    sha256: str


def read_rows(path: Path, problems: Problems) -> Rows | None:
    r"""Read a CSV file as text, UTF-8 (with or without mark) or else GB 18030.

    Parameters
    ----------
    path
        The file.
    problems
        Receives a missing or empty file, repeated columns and rows of the wrong width.

    Returns
    -------
    Rows or None
        None where nothing can be read. Blanks at the ends of cells are dropped, full-width too.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = file.write_text("code,value\n0330,5\n")
    >>> read_rows(file, Problems()).lines
    ((2, {'code': '0330', 'value': '5'}),)
    """
    if not path.is_file():
        problems.add("missing file", where=str(path), remedy="write it, or correct `file:`")
        return None
    raw = path.read_bytes()
    text = None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None:
        problems.add("neither UTF-8 nor GB 18030 text", where=path.name, remedy="save as UTF-8")
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            records.append((start, [c.strip() for c in cells]))
            start = reader.line_num + 1
    except csv.Error as error:
        problems.add("broken CSV", where=f"{path.name}:{start}", got=str(error))
        return None
    if not records:
        problems.add("empty file", where=f"{path.name}:1", expected="a header line")
        return None
    header = tuple(records[0][1])
    for column, times in Counter(header).items():
        if times > 1:
            problems.add("repeated column", where=f"{path.name}:1", got=column)
    lines = []
    for line, cells in records[1:]:
        if not any(cells):
            continue
        if len(cells) != len(header):
            problems.add(
                "row of the wrong width",
                where=f"{path.name}:{line}",
                got=f"{len(cells)} cells",
                expected=f"{len(header)} cells",
                remedy="quote cells that hold a comma",
            )
            continue
        lines.append((line, dict(zip(header, cells, strict=True))))
    return Rows(path.name, header, tuple(lines), hashlib.sha256(raw).hexdigest())
