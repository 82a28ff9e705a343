"""Sheets of a workbook, or a CSV file, as a grid of cells with their addresses."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from popsim.errors import DataError

__all__ = ["Grid", "clean", "number_of", "read_grid"]

#: What a cell may hold once read.
Value = str | float | int
_BLANK = re.compile(r"\s+")
_COMMAS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Signs that Chinese tables print for "nothing here".
EMPTY = frozenset({"", "-", "—", "－", "–", "…", "...", "……"})


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet.

    Parameters
    ----------
    name
        File and sheet, for messages.
    cells
        Rows of cells; a merged area repeats its value in every cell.
    sha256
        Of the bytes of the file.
    text_file
        Whether the place of a cell is told by line (CSV) rather than by address (workbook).
    merged
        Whether the file tells merged areas; where not, a heading stands over the blanks after it.
    """

    name: str
    cells: tuple[tuple[Value, ...], ...]
    sha256: str
    text_file: bool
    merged: bool

    def where(self, row: int, column: int) -> str:
        """Place of a cell: ``file.xlsx [sheet] B7`` or ``file.csv:7 column 2``."""
        if self.text_file:
            return f"{self.name}:{row + 1} column {column + 1}"
        letters = ""
        rest = column + 1
        while rest:
            rest, digit = divmod(rest - 1, 26)
            letters = chr(65 + digit) + letters
        return f"{self.name} {letters}{row + 1}"


def clean(value: Value) -> str:
    """Text of a cell without any blanks, full-width ones too; whole numbers without a point.

    Examples
    --------
    >>> clean("　南 湖 区"), clean(2020.0)
    ('南湖区', '2020')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _BLANK.sub("", str(value))


def number_of(value: Value) -> Decimal | None:
    """Exact number of a cell; None where it is empty or a dash.

    Raises
    ------
    DataError
        Where it holds other text.

    Examples
    --------
    >>> number_of("1,234.5"), number_of(0.1), number_of("—")
    (Decimal('1234.5'), Decimal('0.1'), None)
    """
    if isinstance(value, int | float):
        return Decimal(repr(value))
    text = clean(value).replace("，", ",")
    if text in EMPTY:
        return None
    if _COMMAS.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise DataError(f"not a number: {value!r}")
    return Decimal(text)


def read_grid(path: Path, sheet: str | None = None) -> Grid:
    r"""Read one sheet of an xls, xlsx or ods workbook, or a CSV file.

    Parameters
    ----------
    path
        The file.
    sheet
        Sheet of a workbook; None: its only one.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
        For a missing file, an unknown sheet or several of them, and text that is neither UTF-8 nor
        GB 18030.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = file.write_bytes("地区,人口\n南湖区,5\n".encode("gb18030"))
    >>> read_grid(file).cells[1]
    ('南湖区', '5')
    """
    if not path.is_file():
        raise DataError(f"missing file: {path}")
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if path.suffix.lower() in (".csv", ".txt"):
        rows: list[tuple[Value, ...]] = [
            tuple(row) for row in csv.reader(io.StringIO(_decode(raw, path), newline=""))
        ]
        return Grid(path.name, _square(rows), digest, text_file=True, merged=False)
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    names = list(book.sheet_names)
    if sheet is None and len(names) != 1:
        raise DataError(f"{path.name}: several sheets; choose one with sheet=: {', '.join(names)}")
    if sheet is not None and sheet not in names:
        raise DataError(f"{path.name}: no sheet {sheet!r}; it has {', '.join(names)}")
    page = book.get_sheet_by_name(sheet or names[0])
    table = [[_plain(v) for v in row] for row in page.to_python(skip_empty_area=False)]
    areas = page.merged_cell_ranges or []
    for (top, left), (bottom, right) in areas:
        for row in range(top, min(bottom, len(table) - 1) + 1):
            for column in range(left, min(right, len(table[row]) - 1) + 1):
                table[row][column] = table[top][left]
    name = f"{path.name} [{page.name}]"
    cells = _square([tuple(row) for row in table])
    return Grid(name, cells, digest, text_file=False, merged=bool(areas))


def _decode(raw: bytes, path: Path) -> str:
    """Text of a file in UTF-8 or else GB 18030, strictly."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError(f"{path.name}: neither UTF-8 nor GB 18030 text. Remedy: save as UTF-8")


def _plain(value: object) -> Value:
    """Numbers as they are, all else as text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return value


def _square(rows: list[tuple[Value, ...]]) -> tuple[tuple[Value, ...], ...]:
    """Rows of equal length."""
    width = max((len(row) for row in rows), default=0)
    return tuple(row + ("",) * (width - len(row)) for row in rows)
