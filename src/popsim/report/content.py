"""What the page says: everything in both languages, from the tables of the run folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from popsim.labels import (
    LANGS,
    catalogue,
    definition,
    label_compound,
    label_or,
)
from popsim.report.amounts import amount, in_both, is_share, threshold
from popsim.report.both import Both, both
from popsim.report.uncertainty import draw_sentence
from popsim.sheets import RunTables
from popsim.sheets.amounts import CLOSE, truth

__all__ = ["Both", "Names", "Verdict", "both", "verdicts"]

# Share of draws beyond which they are said to settle a question.
SURE = 0.9
# More other scenarios than this are told by their range.
FEW = 5


@dataclass(frozen=True)
class Names:
    """Names of scenarios, boundaries, places and indicators, in both languages.

    Parameters
    ----------
    run
        Parts of the run folder.
    """

    run: RunTables

    def scenario(self, name: str) -> Both:
        """Name of a scenario."""
        return Both(*(self.run.scenario_name(name, g) for g in LANGS))

    def about_scenario(self, name: str) -> Both:
        """Return the full title of a scenario and what the catalogue says of it."""
        key = f"scenario.{name}"
        told = []
        for lang in LANGS:
            full = self.run.scenario_name(name, lang, short=False)
            parts = [full] if full != self.run.scenario_name(name, lang) else []
            parts += [definition(key, lang)] if key in catalogue() else []
            told.append(("；" if lang == "zh" else "; ").join(parts))
        return Both(*told)

    def boundary(self, name: str) -> Both:
        """Name of a boundary; what it is not drawn on where empty."""
        return Both(*(self.run.boundary_name(name, g) for g in LANGS))

    def place(self, code: str) -> Both:
        """Name of a region, a group or the whole."""
        return Both(*(self.run.region_name(code, g) for g in LANGS))

    def indicator(self, name: str) -> Both:
        """Name of an indicator."""
        return Both(*(label_or(f"indicator.{name}", g, name) for g in LANGS))

    def care(self, name: str) -> Both:
        """Name of a care count with its scale or pattern."""
        return Both(*(label_compound("care", name, g) for g in LANGS))

    def target(self, row: pd.Series) -> Both:
        """Title of a target; the other language takes the name of its indicator."""
        title, indicator = str(row["title"]), str(row["indicator"])
        told = Both(str(row.get("title_zh", "")), str(row.get("title_en", "")))
        if told.zh and told.en and "nan" not in told.pair:
            return told
        chinese = any("一" <= char <= "鿿" for char in title)
        own = [
            label_or(f"target.{indicator}", lang, label_or(f"indicator.{indicator}", lang, title))
            for lang in LANGS
        ]
        return Both(title, own[1]) if chinese else Both(own[0], title)


@dataclass(frozen=True)
class Verdict:
    """The answer for one target on one boundary: the sentence, and how the page marks it."""

    target: str
    sentence: Both
    others: Both
    mark: Both
    css: str
    quote: str
    reading: Both
    strength: str


def verdicts(run: RunTables, names: Names) -> list[Verdict]:
    """One sentence per target, boundary and definition, spoken of the first scenario.

    Parameters
    ----------
    run, names
        Parts of the run folder.

    Returns
    -------
    list[Verdict]
        In the order of `targets.csv`.
    """
    if run.targets is None:
        return []
    keys = ["target", "boundary", "definition"]
    found = []
    for _, rows in run.targets.groupby(keys, sort=False):
        found.append(_verdict(rows, run, names))
    return found


def _verdict(rows: pd.DataFrame, run: RunTables, names: Names) -> Verdict:
    """What is said of one target on one reading: by whether it has a value, an aim, an answer."""
    row = rows.iloc[0]
    title = _told_apart(names.target(row), row)
    on = both("text.where", boundary=names.boundary(str(row["boundary"])))
    # The boundary stands before the verb in Chinese, beside the title in English.
    told = Both(title.zh, f"{title.en}{on.en}") if row["boundary"] else title
    common: dict[str, Any] = {"title": told, "where": Both(on.zh if row["boundary"] else "", "")}
    extra: dict[str, Any] = {
        "target": str(row["target"]),
        "quote": str(row.get("quote", "")),
        "reading": in_both(row, "reading"),
        "strength": str(row.get("strength", "")),
    }
    if pd.isna(row["value"]):
        reason = in_both(row, "reason")
        needs = Both(reason.zh.removeprefix("需要：").removeprefix("needs: "),
                     reason.en.removeprefix("needs: "))  # fmt: skip
        sentence = both("text.verdict_unknown", title=title, needs=needs)
        return Verdict(sentence=sentence, others=Both("", ""), mark=both("word.unknown"),
                       css="unknown", **extra)  # fmt: skip
    value = float(row["value"])
    common |= {
        "scenario": names.scenario(str(row["scenario"])),
        "year": int(row["year"]),
        "value": amount(value, row),
    }
    met = truth(row["met"])
    if not str(row["scenario"]):
        return _plain(row, common, met, extra)
    if met is None:
        need = str(row["indicator"]).endswith("_need") or row.get("status") == "need_only"
        key = "text.verdict_need" if need else "text.verdict_report"
        # What a need would take is the need itself, said in the sentence.
        others = _join(_values(rows, names), _remarks(row, lever=not need))
        return Verdict(sentence=both(key, **common), others=others, css="need",
                       mark=both("word.need" if need else "word.projection"), **extra)  # fmt: skip
    if pd.isna(pd.to_numeric(row["threshold"], errors="coerce")) and ".." not in str(
        row["threshold"]
    ):
        base = amount(float(row["base_value"]), row)
        sentence = both("text.verdict_report", **common)
        told = both("text.trend_met" if met else "text.trend_not", base=base)
        return Verdict(sentence=_join(sentence, told), others=_join(_others(rows, names),
                       _remarks(row)), css="met" if met else "not",
                       mark=both("word.yes" if met else "word.no"), **extra)  # fmt: skip
    return _against_aim(rows, run, names, common, extra, met=met)


def _against_aim(
    rows: pd.DataFrame,
    run: RunTables,
    names: Names,
    common: dict[str, Any],
    extra: dict[str, Any],
    *,
    met: bool,
) -> Verdict:
    """Verdict on a value that a threshold judges: by how much, for how long, how surely."""
    row = rows.iloc[0]
    aim = {"threshold": threshold(row), "gap": amount(float(row["gap"]), row, gap=True)}
    key = "text.verdict_met" if met else "text.verdict_not"
    sentence = both(key, **common, **aim)
    lost = _lost(row, run) if met else None
    if lost is not None:
        sentence = _join(sentence, both("text.verdict_lost", year=lost))
    drawn = draw_sentence(row, run)
    close = is_share(row) and abs(float(row["gap"])) < CLOSE
    if close and drawn:
        # Draws that agree with the line settle what its margin alone cannot.
        close = not (
            float(row["probability"]) > SURE if met else float(row["probability"]) < 1 - SURE
        )
    if close:
        sentence = _join(sentence, both("text.verdict_close"))
    if drawn:
        sentence = _join(sentence, drawn)
    word, css = ("word.yes", "met") if met else ("word.no", "not")
    if _split(rows):
        word, css = word + "_split", "split"
    elif close:
        css = "split"
    others = _join(_others(rows, names), _remarks(row))
    return Verdict(sentence=sentence, others=others, mark=both(word), css=css, **extra)


def _told_apart(title: Both, row: pd.Series) -> Both:
    """Title with the definition, scale or reading of the row, where it is not the usual one."""
    kind = str(row.get("definition", ""))
    if kind in ("", "resident", "nan"):
        return title
    zh, en = (
        label_or(f"definition.{kind}", lang, label_or(f"scale.{kind}", lang, kind))
        for lang in LANGS
    )
    return Both(f"{title.zh}（{zh}）", f"{title.en} ({en})")


def _remarks(row: pd.Series, *, lever: bool = True) -> Both:
    """The note of a row and, where asked for, what it would take to meet the target."""
    parts = []
    note, takes = in_both(row, "note"), in_both(row, "lever")
    if note:
        parts.append(Both(f"{note.zh}。", f"{note.en[0].upper()}{note.en[1:]}."))
    if takes and lever:
        parts.append(both("text.lever", lever=takes))
    return _join(*parts) if parts else Both("", "")


def _plain(row: pd.Series, common: dict[str, Any], met: bool | None, extra: Any) -> Verdict:
    """Verdict on a value that no scenario moves: a register's, or a published one."""
    as_of = pd.to_numeric(row.get("as_of", ""), errors="coerce")
    year = common["year"] if pd.isna(as_of) else int(as_of)
    sentence = both("text.plain", title=common["title"], value=common["value"], year=year)
    if met is None:
        need = row.get("status") == "need_only"
        return Verdict(sentence=sentence, others=_remarks(row), css="need",
                       mark=both("word.need" if need else "word.published"), **extra)  # fmt: skip
    if not pd.isna(pd.to_numeric(row["threshold"], errors="coerce")):
        key = "text.plain_met" if met else "text.plain_not"
        sentence = _join(sentence, both(key, threshold=threshold(row)))
    return Verdict(sentence=sentence, others=_remarks(row), css="met" if met else "not",
                   mark=both("word.yes" if met else "word.no"), **extra)  # fmt: skip


def _lost(row: pd.Series, run: RunTables) -> int | None:
    """First year after the target's in which its share falls below the threshold again."""
    residents = row.get("definition", "") in ("", "resident")
    if run.indicators is None or row["comparison"] != ">=" or not residents:
        return None
    table = run.indicators
    rows = table[
        (table["indicator"] == row["indicator"])
        & (table["boundary"] == row["boundary"])
        & (table["scenario"] == row["scenario"])
        & (table["year"] > int(row["year"]))
    ]
    if len(set(rows["group_or_region"])) != 1:
        return None
    below = rows[rows["value"] < float(row["threshold"])]
    return None if below.empty else int(below["year"].min())


def _join(*parts: Both) -> Both:
    return Both("".join(p.zh for p in parts), " ".join(p.en for p in parts if p.en))


def _values(rows: pd.DataFrame, names: Names) -> Both:
    """Values of the other scenarios."""
    held = [row for _, row in rows.iloc[1:].iterrows() if not pd.isna(row["value"])]
    if not held:
        return Both("", "")
    amounts = [amount(float(row["value"]), row) for row in held]
    if len(held) > 1 and len(set(amounts)) == 1:
        return both("text.others_one", n=len(held), value=amounts[0])
    if len(held) > FEW:
        order = sorted(held, key=lambda row: float(row["value"]))
        low, high = (amount(float(row["value"]), row) for row in (order[0], order[-1]))
        return both("text.others_range", n=len(held), low=low, high=high)
    told = []
    for row, value in zip(held, amounts, strict=True):
        word = names.scenario(str(row["scenario"]))
        told.append(Both(f"{word.zh} {value.zh}", f"{word.en} {value.en}"))
    listed = Both("，".join(t.zh for t in told), ", ".join(t.en for t in told))
    return both("text.others", others=listed)


def _split(rows: pd.DataFrame) -> list[pd.Series]:
    """Rows of the scenarios that come to another answer than the first."""
    first = truth(rows.iloc[0]["met"])
    return [row for _, row in rows.iloc[1:].iterrows() if truth(row["met"]) != first]


def _others(rows: pd.DataFrame, names: Names) -> Both:
    """Whether the other scenarios agree, and their values."""
    values = _values(rows, names)
    if not values:
        return values
    differ = _split(rows)
    if not differ:
        return _join(both("text.others_same"), values)
    words = [names.scenario(str(r["scenario"])) for r in differ]
    listed = Both("、".join(w.zh for w in words), ", ".join(w.en for w in words))
    return _join(both("text.others_differ", others=listed), values)
