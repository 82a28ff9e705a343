"""What a case declares in ``sources.yaml``: sources, labels and tables, checked key by key.

The form is written out in ``data/README.md``. Unknown keys are refused with the nearest known one.
"""

from __future__ import annotations

import difflib
from collections.abc import Hashable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from popsim.errors import Problems
from popsim.tables.yaml_nodes import Document, read_yaml

__all__ = [
    "ArrayTable",
    "Column",
    "Declaration",
    "FrameTable",
    "LabelReference",
    "Labels",
    "MembershipTable",
    "Source",
    "read_declaration",
]

GRADES = {
    "A": "official page",
    "B": "peer-reviewed or the publisher's own data set",
    "C": "press",
    "D": "third party's copy of an official text",
    "E": "weak: second-hand, question pages, unsigned texts",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(_Strict):
    """Where figures come from.

    Parameters
    ----------
    title, publisher, date, url
        As a reader would need to find it; ``date`` is the date of publication.
    grade
        A official page; B peer-reviewed; C press; D third party's copy of an official text; E weak.
    licence, note
        What is known of the terms of use, and what to beware of.
    """

    title: str
    publisher: str
    date: str | int = ""
    url: str = ""
    grade: Literal["A", "B", "C", "D", "E"]
    licence: str = ""
    note: str = ""


class LabelReference(_Strict):
    """Labels of a dim taken from a column of a frame, with further columns as auxiliary coords."""

    table: str
    column: str
    where: dict[str, list[str]] = Field(default_factory=dict)
    coords: dict[str, str] = Field(default_factory=dict)


class Labels(_Strict):
    """Labels written out, or a range of whole numbers with both ends; `open` marks the last age."""

    labels: list[int] | list[str] | None = None
    first: int | None = None
    last: int | None = None
    open: bool = False


def _form(value: object) -> str:
    """Which of the forms of a set of labels is meant."""
    if isinstance(value, str):
        return "name"
    if isinstance(value, list):
        return "texts" if any(isinstance(item, str) for item in value) else "numbers"
    known = isinstance(value, LabelReference) or (isinstance(value, dict) and "table" in value)
    return "reference" if known else "labels"


LabelSet = Annotated[
    Annotated[list[int], Tag("numbers")]
    | Annotated[list[str], Tag("texts")]
    | Annotated[Labels, Tag("labels")]
    | Annotated[LabelReference, Tag("reference")],
    Discriminator(_form),
]
DimLabels = Annotated[
    Annotated[str, Tag("name")]
    | Annotated[list[int], Tag("numbers")]
    | Annotated[list[str], Tag("texts")]
    | Annotated[Labels, Tag("labels")]
    | Annotated[LabelReference, Tag("reference")],
    Discriminator(_form),
]


class Column(_Strict):
    """One column of a frame: type, unit and limits."""

    type: Literal["text", "integer", "number", "boolean"] = "text"
    unit: str | None = None
    unit_column: str | None = None
    refers_to: str | None = None
    words: list[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    signed_where: dict[str, list[str]] = Field(default_factory=dict)
    optional: bool = False
    long_name: str = ""


class Addition(_Strict):
    """A sum that must hold: over `over`, the cells equal `value`, or the cells of `table`."""

    over: list[str]
    table: str | None = None
    value: float | None = None
    tolerance: float = 0.0


class _Table(_Strict):
    file: str
    long_name: str


class ArrayTable(_Table):
    """A complete array: one row for every combination of labels, with `value`.

    `transform: one_minus` reads 1 - value, exactly; `normalise_over` divides by the sum over those
    dims after `adds_to` was checked on the figures as published.
    """

    kind: Literal["array"]
    unit: str
    dims: dict[str, DimLabels]
    transform: Literal["one_minus"] | None = None
    minimum: float | None = None
    maximum: float | None = None
    signed: bool = False
    normalise_over: list[str] = Field(default_factory=list)
    adds_to: list[Addition] = Field(default_factory=list)


class FrameTable(_Table):
    """An irregular long table: named columns, and a key that no two rows share."""

    kind: Literal["frame"]
    key: list[str]
    columns: dict[str, Column]


class MembershipTable(_Table):
    """Dated groups: rows boundary, group, region, from_year, to_year -> a bool array."""

    kind: Literal["membership"]
    array: str
    first_year: int
    last_year: int
    region: DimLabels


Table = Annotated[ArrayTable | FrameTable | MembershipTable, Field(discriminator="kind")]


class UnitWord(_Strict):
    """A unit word of this case: `factor` times the canonical unit `is`."""

    canonical: str
    factor: str


class _File(_Strict):
    """One YAML file of declarations."""

    case: str = ""
    title: str = ""
    note: str = ""
    units: dict[str, UnitWord] = Field(default_factory=dict)
    labels: dict[str, LabelSet] = Field(default_factory=dict)
    sources: dict[str, Source] = Field(default_factory=dict)
    tables: dict[str, Table] = Field(default_factory=dict)


class Declaration(_Strict):
    """All declarations of a case together."""

    case: str
    title: str
    units: dict[str, UnitWord]
    labels: dict[str, LabelSet]
    sources: dict[str, Source]
    tables: dict[str, Table]
    places: dict[str, str]


_KNOWN = sorted(
    {
        name
        for model in (
            _File, Source, LabelReference, Labels, Column, Addition, ArrayTable, FrameTable,
            MembershipTable, UnitWord,
        )
        for name in model.model_fields
    }
)  # fmt: skip


def read_declaration(folder: Path, problems: Problems) -> Declaration | None:
    """Read ``sources.yaml`` and every ``sources_*.yaml`` beside it.

    Parameters
    ----------
    folder
        The case.
    problems
        Receives every fault with file, line and YAML path.

    Returns
    -------
    Declaration or None
        None where a file cannot be understood.

    Examples
    --------
    >>> problems = Problems()
    >>> read_declaration(Path("no/such/case"), problems) is None
    True
    """
    case = title = folder.name
    parts: dict[str, dict[str, Any]] = {
        "units": {}, "labels": {}, "sources": {}, "tables": {}
    }  # fmt: skip
    places: dict[str, str] = {}
    whole = True
    for path in [folder / "sources.yaml", *sorted(folder.glob("sources_*.yaml"))]:
        before = len(problems.items)
        document = read_yaml(path, problems)
        file = _validate(document, problems) if len(problems.items) == before else None
        if file is None:
            whole = False
            continue
        case, title = file.case or case, file.title or title
        for section, known in parts.items():
            for key, value in getattr(file, section).items():
                place = document.where((section, key))
                if key in known:
                    other = places[f"{section}.{key}"]
                    problems.add("declared twice", where=place, expected=f"once; also at {other}")
                known[key] = value
                places[f"{section}.{key}"] = place
    if not whole:
        return None
    return Declaration(
        case=case,
        title=title,
        units=parts["units"],
        labels=parts["labels"],
        sources=parts["sources"],
        tables=parts["tables"],
        places=places,
    )


def _validate(document: Document, problems: Problems) -> _File | None:
    """Check one file against the model; every fault gets its place."""
    try:
        return _File.model_validate(document.data)
    except ValidationError as error:
        for fault in error.errors():
            path = _path(document, fault["loc"])
            got, remedy = "", ""
            if fault["type"] == "extra_forbidden":
                what, got = "unknown key", str(path[-1])
                near = difflib.get_close_matches(got, _KNOWN, n=1)
                remedy = f"did you mean {near[0]!r}?" if near else "see data/README.md"
            elif fault["type"] == "missing":
                what, got = f"missing key {fault['loc'][-1]!r}", ""
            elif fault["type"] in ("union_tag_not_found", "union_tag_invalid"):
                what, remedy = "no known `kind`", "kind: array | frame | membership"
            else:
                what = fault["msg"]
                got = repr(fault["input"])[:60] if not isinstance(fault["input"], dict) else ""
            problems.add(what, where=document.where(path), got=got, remedy=remedy)
        return None


def _path(document: Document, loc: tuple[int | str, ...]) -> tuple[Hashable, ...]:
    """Keys of the file in a fault's location, without the model's own tags."""
    path: tuple[Hashable, ...] = ()
    for part in loc:
        if (*path, part) in document.places:
            path = (*path, part)
    return path
