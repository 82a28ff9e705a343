"""The page: self-contained, in two languages, and it says what the tables say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from popsim.labels import LANGS
from popsim.report import write_report
from popsim.report.charts import spread_labels
from popsim.report.content import Names, verdicts
from popsim.report.figures import scale_chart
from popsim.report.parts import fit_rows, fit_scope
from popsim.report.sources import sources_used
from popsim.sheets import RunTables


@pytest.fixture(scope="module")
def page(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = write_report(run_folder, tmp_path_factory.mktemp("page") / "report.html", "zh")
    return path.read_text(encoding="utf-8")


class Balance(HTMLParser):
    """Finds tags that are not closed, and whatever the page would load."""

    VOID = ("meta", "input", "br", "link", "img")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [f"{tag} {k}={v}" for k, v in attrs if k in ("src", "action", "srcset")]
        self.loads += [str(v) for k, v in attrs if k == "href" and not str(v).startswith("#")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_write_report__is_well_formed_and_loads_nothing(page: str) -> None:
    checker = Balance()
    checker.feed(page)
    assert checker.open == []
    assert checker.loads == []
    assert re.findall(r"url\((?!\"data:)", page) == []
    assert "@import" not in page


def test_write_report__verdict_by_boundary_first(page: str) -> None:
    # 2020 census shares: 28.12 % and 61.01 %; the example's `recent` path starts from them.
    head = page[: page.index('id="share"')]
    assert "未达到60.00%的目标，差31.61个百分点" in head
    assert "达到60.00%的目标，高出0.84个百分点" in head
    assert "达到，但各方案不一" in head  # the scenario `trend` ends below 60 %
    assert "2,449张" in head


def test_write_report__both_languages_everywhere(page: str) -> None:
    counts = [len(re.findall(f'<(?:span|text)[^>]* lang="{lang}"', page)) for lang in LANGS]
    assert counts[0] == counts[1] > 200


def test_write_report__calls_a_projection_a_projection(page: str) -> None:
    english = " ".join(re.findall(r'lang="en">([^<]*)<', page)).lower()
    assert "projection" in english
    assert "forecast" not in english.replace("not a forecast", "")
    assert "prediction" not in english


def test_write_report__same_bytes_twice(run_folder: Path, tmp_path: Path) -> None:
    first = write_report(run_folder, tmp_path / "a.html", "en").read_bytes()
    assert write_report(run_folder, tmp_path / "b.html", "en").read_bytes() == first
    assert b'data-lang="en"' in first


def test_write_report__data_for_the_choosers(page: str) -> None:
    text = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    data = json.loads(text[1])
    assert list(data["pyramid"]) == ["recent", "trend", "no_migration"]
    base = np.array(data["pyramid"]["recent"][0])
    assert base.sum() == pytest.approx(540.0868, abs=0.01)  # census 2020, 5,400,868
    assert data["counties"]["recent"]["2020"]["330402|"][0] == "83.94"


def test_write_report__of_a_projection_alone(run_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "projection.nc").write_bytes((run_folder / "projection.nc").read_bytes())
    page = write_report(tmp_path).read_text(encoding="utf-8")
    assert "本次运行没有提供：targets.csv" in page
    assert 'class="pyramid"' in page


def test_write_report__verdict_on_the_censuses(run_folder: Path, tmp_path: Path) -> None:
    for file in run_folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    common = {"year": 2020, "sex": "", "class": 3, "source": ""}
    words = {"class_zh": "粗略", "class_en": "rough"}
    rows = [
        {"region": region, "index": index, "value": value, **common, **words}
        for region in ("all", "330402")
        for index, value in (("age_sex_accuracy", 37.88), ("overall", ""))
    ]
    table = pd.DataFrame(rows).assign(
        index_zh="指数", index_en="index", sentence_zh="总体：粗略。", sentence_en="Overall: rough."
    )
    table.to_csv(tmp_path / "quality.csv", index=False)
    page = write_report(tmp_path, tmp_path / "page.html").read_text(encoding="utf-8")
    section = page.partition('<section id="quality">')[2].partition("</section>")[0]
    assert "总体：粗略。" in section
    assert "Overall: rough." in section
    assert section.count("37.88") == 2
    assert "南湖区" in section


def test_write_report__escapes_what_tables_say(run_folder: Path, tmp_path: Path) -> None:
    for file in run_folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    pd.DataFrame({"assumption": ["<script>alert(1)</script>"]}).to_csv(
        tmp_path / "assumptions.csv", index=False
    )
    page = write_report(tmp_path, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page


def test_verdicts__share_that_will_fall_below_again(run: RunTables) -> None:
    assert run.indicators is not None
    table = run.indicators
    fall = (
        (table["indicator"] == "population_share")
        & (table["boundary"] == "expanded")
        & (table["scenario"] == "recent")
        & (table["year"] >= 2028)
    )
    table = table.assign(value=table["value"].where(~fall, 0.59))
    found = verdicts(replace(run, indicators=table), Names(run))
    assert "2028年起低于目标" in found[1].sentence.zh
    assert "below the aim from 2028 on" in found[1].sentence.en


def test_verdicts__a_hairs_breadth_is_too_close_to_call(run: RunTables) -> None:
    assert run.targets is not None
    row = run.targets[run.targets["boundary"] == "expanded"].iloc[:1]
    near = row.assign(value=0.601, gap=0.001, met="True")
    found = verdicts(replace(run, targets=near), Names(run))
    assert found[0].css == "split"
    assert "too close to call" in found[0].sentence.en


def test_verdicts__not_computable_gives_its_reason(run: RunTables) -> None:
    assert run.targets is not None
    row = run.targets.iloc[:1].assign(value=np.nan, met="", reason="needs: register of homes")
    found = verdicts(replace(run, targets=row), Names(run))
    assert found[0].css == "unknown"
    assert found[0].sentence.en.endswith("not computable; needs register of homes.")


def test_names__scenario_of_the_users_own() -> None:
    config = {"scenarios": {"ring": {"title": {"zh": "环线", "en": "Ring line"}}}}
    assert Names(RunTables(config=config)).scenario("ring").pair == ("环线", "Ring line")


def test_fit_rows__separates_fitted_from_checked(run: RunTables) -> None:
    fit = pd.DataFrame(
        {
            "quantity": ["births", "population"],
            "region": ["330400", "330402"],
            "period": ["2021", "2021"],
            "published": ["38600", "862700"],
            "projected": ["38600.0", "868637.1"],
            "difference_percent": ["2e-14", "0.688"],
            "fitted_to": ["births", ""],
            "factor": ["TFR", ""],
            "value_of_factor": ["0.97642", ""],
            "unit": ["person", "person"],
            "source": ["a", "b"],
        }
    )
    table = fit_rows(fit, Names(run))
    assert table is not None
    assert [cell if isinstance(cell, str) else cell.en for cell in table.rows[1]][3:7] == [
        "862,700",
        "868,637",
        "+0.69",
        "not fitted, a check",
    ]
    assert table.rows[0][5] == "0.00"
    scope = fit_scope(fit)
    assert scope is not None and "0.69%" in scope.zh


def test_scale_chart__definitions_side_by_side(run: RunTables) -> None:
    chart = scale_chart(run, 2025)
    assert chart is not None
    assert "CHARLS 2018 (Zhejiang)" in chart
    assert "census: cannot care for self (2020)" in chart


def test_sources_used__splits_joined_keys() -> None:
    manifest = {"sources": {"a": {"title": "A"}, "b": {"title": "B"}, "c": {"title": "C"}}}
    used, other = sources_used(manifest, [pd.DataFrame({"source": ["a; c"]}), None])
    assert [entry["key"] for entry in used] == ["a", "c"]
    assert [entry["key"] for entry in other] == ["b"]


def test_spread_labels__keeps_the_order_given() -> None:
    assert spread_labels([20.0, 0.0, 21.0], 10.0) == pytest.approx([15.5, 0.0, 25.5])


@pytest.mark.browser
def test_page__script_runs_in_a_browser(run_folder: Path, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    path = write_report(run_folder, tmp_path / "report.html")
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    quiet = ["--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        [chromium, "--dump-dom", *flags, *quiet, path.as_uri()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert 'data-ready="yes"' in done.stdout
