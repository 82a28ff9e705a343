"""The assumptions of a run in words: one row for all scenarios that share them."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from popsim.labels import LANGS, full_width, label_or
from popsim.report.both import Both, both, listed
from popsim.report.content import Names
from popsim.report.parts import Table, header, plain_table

__all__ = ["assumption_rows", "settings_told"]

KEYS = ("kind", "model", "parameters")
# name=value, where a value may be a list or a mapping with commas of its own.
PAIR = re.compile(r"(\w+)=(\[[^\]]*\]|\{[^}]*\}|[^,]*)")
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


def assumption_rows(table: pd.DataFrame | None, names: Names) -> Table | None:
    """Assumptions in words, told once for the scenarios that share them.

    Parameters
    ----------
    table
        `assumptions.csv`: scenario (empty for all), kind, model, parameters; another table is
        shown as it stands.
    names
        Names of scenarios and places.

    Returns
    -------
    Table or None
        None without a table.
    """
    if table is None:
        return None
    if not {"scenario", *KEYS} <= set(table):
        return plain_table(table)
    told: dict[tuple[str, ...], list[str]] = {}
    for row in table.to_dict("records"):
        told.setdefault(tuple(str(row[key]) for key in KEYS), []).append(str(row["scenario"]))
    every = list(dict.fromkeys(name for owners in told.values() for name in owners if name))
    rows: list[list[Any]] = [
        [
            _owners(owners, every, names),
            Both(*(label_or(f"kind.{kind}", g, kind) for g in LANGS)),
            _model(kind, model),
            _note(parameters, names) if kind == "note" else _parameters(parameters, names),
        ]
        for (kind, model, parameters), owners in told.items()
    ]
    return Table([header(column) for column in ("scenario", *KEYS)], rows)


def _owners(owners: list[str], every: list[str], names: Names) -> Both:
    """Names of the scenarios of an assumption; of those without it where they are fewer."""
    if "" in owners or set(owners) == set(every):
        return both("report.all_scenarios")
    rest = [name for name in every if name not in owners]
    if len(owners) > 3 and len(rest) <= 3:
        return both("report.all_but", others=listed(map(names.scenario, rest)))
    return listed(map(names.scenario, owners))


def settings_told(table: pd.DataFrame | None, scenario: str, names: Names) -> Both:
    """What a scenario sets by figures of its own, levers first; empty where it sets nothing."""
    if table is None or not {"scenario", *KEYS} <= set(table):
        return Both("", "")
    own = table[(table["scenario"] == scenario) & (table["parameters"] != "")]
    rows = own[~own["kind"].isin(["draws", "note"])]
    rows = rows.sort_values("kind", key=lambda kind: kind != "lever", kind="stable")
    parts = []
    for row in rows.to_dict("records"):
        name = _model(str(row["kind"]), str(row["model"]))
        how = _parameters(str(row["parameters"]), names)
        parts.append(Both(f"{name.zh}（{how.zh}）", f"{name.en} ({how.en})"))
    return Both("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def _model(kind: str, model: str) -> Both:
    word = "lever" if kind == "lever" else "model"
    return Both(*(label_or(f"{word}.{model}", g, model) for g in LANGS))


def _parameters(text: str, names: Names) -> Both:
    """Settings of a model in words; an error that is none is not told."""
    pairs = [(name, value.strip()) for name, value in PAIR.findall(text)]
    if not pairs:
        return Both(text, text)
    errors = {"sd", "persistence", "drift_sd"}
    if errors <= {name for name, _ in pairs}:
        pairs = [(n, v) for n, v in pairs if n not in errors or float(v)]
    told = [(_word("param", name), _value(name, value, names)) for name, value in pairs]
    return Both(
        "；".join(f"{name.zh} {value.zh}" for name, value in told),
        "; ".join(f"{name.en} {value.en}" for name, value in told),
    )


def _word(kind: str, name: str) -> Both:
    return Both(*(label_or(f"{kind}.{name}", g, name.replace("_", " ")) for g in LANGS))


def _value(name: str, text: str, names: Names) -> Both:
    """A setting: a number as it stands, names for codes and for words of the program."""
    parts = [part.strip().strip("\"'") for part in text.strip("[]{}").split(",")]
    return listed(names.place(p) if name == "regions" else _setting(p) for p in parts)


def _setting(text: str) -> Both:
    year, sign, value = text.partition(": ")
    if sign:
        return Both(f"{year}年{value}", f"{value} in {year}")
    return _word("value", text) if re.fullmatch(r"[a-z_]+", text) else Both(text, text)


def _note(text: str, names: Names) -> Both:
    """A note in both languages, with names for codes of regions."""
    zh, en = _halves(text)

    def named(words: str, lang: str) -> str:
        words = re.sub(CODE, lambda found: getattr(names.place(found[0]), lang), words)
        return re.sub(
            r"\b[a-z]+(?:_[a-z]+)+\b", lambda f: label_or(f"value.{f[0]}", lang, f[0]), words
        )

    return Both(full_width(named(zh, "zh")), named(en, "en"))


def _halves(text: str) -> tuple[str, str]:
    """Chinese and English halves of a note that carries both; the text twice where it does not.

    Examples
    --------
    >>> _halves("新生儿随母亲。 / A newborn follows its mother.")
    ('新生儿随母亲。', 'A newborn follows its mother.')
    """
    zh, sign, en = text.partition(" / ")
    both_told = bool(sign) and any("一" <= c <= "鿿" for c in zh) and en.isprintable()
    return (zh.strip(), en.strip()) if both_told else (text, text)
