"""The scenario file as frozen models: one class per block, unknown keys refused.

Blocks that feed a function (a model of fertility, the calibration, the draws) are *free*: their
keys are the parameters of that function and are checked against its signature by
`popsim.config.bind`. Everything else is spelled out here. Quantities are never defaulted; the
defaults below are conventions of computation and choices of output.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from popsim.config.nodes import Tree
from popsim.config.types import Free, Number, Text, Whole, YesNo

__all__ = [
    "Choice", "Config", "Engine", "Lever", "Report", "Scenario", "States", "TargetEntry", "Title",
]  # fmt: skip

SCHEMA = 1
Definition = Literal["resident", "registered"]


class Block(BaseModel):
    """Base of all blocks: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def _both_languages(value: object) -> object:
    return {"zh": value, "en": value} if isinstance(value, str) else value


class Title(Block):
    """A name shown to people, in Chinese and English."""

    zh: Text
    en: Text

    def text(self, lang: str) -> str:
        """Text in the language `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


# One text serves for both languages where only one is given.
AnyTitle = Annotated[Title, BeforeValidator(_both_languages)]


class Choice(BaseModel):
    """A registered model by name, with its parameters beside the name."""

    model_config = ConfigDict(extra="allow", frozen=True)

    model: Text = Field(description="Name of a registered model; see `popsim list models`.")

    @property
    def params(self) -> dict[str, Any]:
        """Parameters as written, not yet bound to the signature of the model."""
        return dict(self.model_extra or {})


class Lever(BaseModel):
    """A registered lever by name, with its parameters beside the name."""

    model_config = ConfigDict(extra="allow", frozen=True)

    lever: Text = Field(description="Name of a registered lever; see `popsim list models`.")

    @property
    def params(self) -> dict[str, Any]:
        """Parameters as written, not yet bound to the signature of the lever."""
        return dict(self.model_extra or {})


class Scenario(Block):
    """A named set of assumptions; all that `extends` inherits has been written out."""

    title: AnyTitle | None = None
    extends: Text | None = Field(None, description="Scenario of this file to start from.")
    fertility: Choice
    mortality: Choice
    migration: Choice
    urbanisation: Choice | None = None
    registration: Choice | None = None
    levers: tuple[Lever, ...] = Field((), description="Applied in this order.")
    note: Text | None = None


class States(Block):
    """Which states people live in, besides the region."""

    area: YesNo = Field(False, description="Tell urban and rural places apart.")
    status: YesNo = Field(False, description="Tell registered and floating residents apart.")


class Engine(Block):
    """Conventions of the projection step; see the page on the engine."""

    migration_timing: Literal["end", "even", "start"] = "end"
    births_exposure: Literal["before_migration", "after_migration", "textbook"] = "before_migration"
    on_negative: Literal["raise", "floor"] = "raise"
    a0: Literal["andreev_kingkade", "coale_demeny"] = "andreev_kingkade"
    carry_to_age: Whole | None = Field(None, ge=1)
    dtype: Literal["float64", "float32"] = "float64"
    threads: Whole | None = Field(None, ge=1)


def _id_alone(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) or value is None else [value]


Names = Annotated[tuple[Text, ...], BeforeValidator(_listed)]


class TargetEntry(Block):
    """A target: the id of a row of the case's table, with overrides, or a target in full."""

    id: Text
    title: AnyTitle | None = None
    indicator: Text | None = None
    region: Names | None = None
    relative_to: Text | None = None
    group: Text | None = None
    per: Free | None = None
    demand: Free | None = None
    params: Free | None = Field(None, description="Parameters of the kind of target.")
    year: Whole | None = None
    compare: Literal[">=", "<=", "between", "about", "trend_up", "trend_down", "exists",
                     "switch", "report"] | None = None  # fmt: skip
    value: Number | tuple[Number, Number] | None = None
    tolerance: Number | None = Field(None, ge=0)
    unit: Text | None = None
    scenario: Names | None = None
    boundary: Names | None = None
    definition: Annotated[tuple[Definition, ...], BeforeValidator(_listed)] | None = None
    scale: Text | None = None
    radius_m: Number | None = Field(None, gt=0)
    density_basis: Literal["elderly", "population"] | None = None
    strength: Text | None = None
    source: Text | None = None
    note: Text | None = None

    @property
    def overrides(self) -> dict[str, Any]:
        """What is said of the target beyond its id."""
        return {k: getattr(self, k) for k in sorted(self.model_fields_set - {"id"})}


class Report(Block):
    """What the report shows."""

    lang: Literal["zh", "en"] = "zh"
    years: tuple[Whole, ...] | None = Field(None, description="Years of the tables.")
    title: AnyTitle | None = None
    figures: Names | None = None


class Config(Block):
    """A scenario file, complete and checked.

    Fields are the keys of the file; `where` gives the place of any of them, and `digest` is the
    sha256 of what the file means (comments and order of keys do not change it).
    """

    schema_: Literal[1] = Field(alias="schema", description="Version of this file's form: 1.")
    name: Text = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", description="Names the run folder.")
    title: AnyTitle | None = None
    data: Path = Field(description="Folder of the case, relative to this file.")
    base_year: Whole = Field(ge=1700, le=2500)
    last_year: Whole = Field(ge=1700, le=2500)
    seed: Whole = Field(0, ge=0)
    states: States = States()
    engine: Engine = Engine()
    calibration: Free = Field({}, description="Parameters of the fit to observed years.")
    hindcast: Free = Field({}, description="Parameters of the projection from an older census.")
    draws: Free = Field({}, description="Uncertainty: number of draws and their parameters.")
    scenarios: dict[Text, Scenario] = Field(min_length=1)
    boundaries: tuple[Text, ...] = Field((), description="Membership sets of the case.")
    definitions: tuple[Definition, ...] = ("resident",)
    targets: tuple[Annotated[TargetEntry, BeforeValidator(_id_alone)], ...] = ()
    care: Free = Field({}, description="Parameters of care demand and supply.")
    economy: Free = Field({}, description="Parameters of labour force and GDP.")
    capacity: Free = Field({}, description="Parameters of land, water and housing.")
    report: Report = Report()

    _tree: Tree = PrivateAttr(default_factory=Tree)
    _path: Path = PrivateAttr(default_factory=Path)

    @property
    def path(self) -> Path:
        """The file itself."""
        return self._path

    @property
    def tree(self) -> dict[str | int, Any]:
        """The file as plain values, `extends` resolved."""
        return self._tree.value

    def where(self, *path: str | int) -> str:
        """``file:line:col (path.to.key)`` of a key."""
        return self._tree.where(*path)

    def beside(self, name: str | Path, *path: str | int) -> Path:
        """Path `name`, relative to the file in which the key at `path` is written."""
        known: tuple[str | int, ...] = path
        while known and known not in self._tree.places:
            known = known[:-1]
        place = self._tree.places.get(known)
        folder = self._tree.folders.get(place.file) if place else None
        return (folder or self._path.parent) / name

    @property
    def digest(self) -> str:
        """sha256 of the configuration in canonical form."""
        import hashlib
        import json

        text = json.dumps(_plain(self.tree), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Values with text keys, so that they sort."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value
