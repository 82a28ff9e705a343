"""A small run folder computed from scratch: seven counties, three scenarios, two boundaries.

The starting counts are the published census residents of 2020; the age shape, mortality and moves
are round figures, enough to exercise every picture and table. Nothing here is a result.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
import yaml

from popsim.indicators import indicator_table

CODES = ["330402", "330411", "330421", "330424", "330481", "330482", "330483"]
ZH = ["南湖区", "秀洲区", "嘉善县", "海盐县", "海宁市", "平湖市", "桐乡市"]
EN = ["Nanhu", "Xiuzhou", "Jiashan", "Haiyan", "Haining", "Pinghu", "Tongxiang"]
# Residents, census of 1 November 2020.
RESIDENTS = np.array([839433, 679221, 648160, 457467, 1076199, 671834, 1028554], dtype=float)
URBAN = np.array([0.86, 0.70, 0.69, 0.64, 0.69, 0.69, 0.67])
YEARS = np.arange(2020, 2036)
AGES = np.arange(101)
# Net migration a year, persons per thousand residents.
PACE = {
    "recent": np.array([9.0, 11.0, 7.0, 2.0, 10.0, 6.0, 8.0]),
    "trend": np.array([20.0, 24.0, 14.0, 9.0, 28.0, 12.0, 22.0]),
    "no_migration": np.zeros(7),
}


def _base() -> xr.DataArray:
    shape = np.interp(AGES, [0, 12, 22, 33, 50, 60, 70, 85, 100], [7, 11, 14, 20, 19, 14, 10, 2, 0])
    shape = shape * (1 + 0.18 * np.sin(AGES / 6.0))
    sex = np.stack([np.where(AGES > 70, 1.1, 0.97), np.where(AGES > 70, 0.9, 1.03)])
    weights = shape * sex / (shape * sex).sum()
    area = np.stack([URBAN, 1 - URBAN], axis=1)
    values = RESIDENTS[:, None, None, None] * area[:, :, None, None] * weights
    return xr.DataArray(values, dims=("region", "area", "sex", "age"))


def _project(pace: np.ndarray) -> dict[str, np.ndarray]:
    """One scenario: (region, area, sex, age, year) stocks and the flows of each period."""
    hazard = 2e-5 * np.exp(0.095 * AGES)
    survive = np.stack([np.exp(-0.8 * hazard), np.exp(-1.2 * hazard)])
    fertility = np.exp(-0.5 * ((AGES - 29) / 4.5) ** 2)
    fertility *= 1.0 / fertility.sum()
    arrival = np.exp(-0.5 * ((AGES - 25) / 7.0) ** 2)
    arrival /= 2 * arrival.sum()
    stock = [_base().to_numpy()]
    births, deaths, net = [], [], []
    for _ in YEARS[1:]:
        now = stock[-1]
        born = (now[:, :, 0] * fertility).sum(-1)
        born2 = np.stack([born * 100 / 208, born * 108 / 208], axis=-1)
        aged = np.concatenate([born2[..., None], now], axis=-1)
        alive = aged * np.concatenate([survive[:, :1], survive], axis=-1)
        dead = aged - alive
        merged = [
            np.concatenate([x[..., :100], x[..., 100:].sum(-1, keepdims=True)], -1)
            for x in (alive, dead)
        ]
        size = now.sum((2, 3))
        moved = np.broadcast_to(
            (size * pace[:, None] / 1000)[..., None, None] * arrival, merged[0].shape
        )
        stock.append(merged[0] + moved)
        births.append(born2)
        deaths.append(merged[1])
        net.append(moved)
    pack = {"population": stock, "births": births, "deaths": deaths, "net_migration": net}
    return {name: np.stack(value, axis=-1) for name, value in pack.items()}


def _dataset() -> xr.Dataset:
    runs = [_project(pace) for pace in PACE.values()]
    state = ("scenario", "region", "area", "sex")
    dims = {
        "population": (*state, "age", "year"),
        "births": (*state, "period"),
        "deaths": (*state, "age", "period"),
        "net_migration": (*state, "age", "period"),
    }
    attrs = {"units": "person", "source": "popsim projection", "method": "cohort-component"}
    data = xr.Dataset(
        {n: (d, np.stack([r[n] for r in runs]), attrs) for n, d in dims.items()},
        coords={
            "scenario": list(PACE),
            "region": CODES,
            "region_name": ("region", ZH),
            "region_name_en": ("region", EN),
            "tile_row": ("region", [1, 0, 0, 2, 2, 1, 1]),
            "tile_column": ("region", [1, 1, 2, 1, 0, 2, 0]),
            "area": ["urban", "rural"],
            "sex": ["female", "male"],
            "age": AGES,
            "year": YEARS,
            "period": YEARS[1:],
        },
        attrs={"case": "example", "popsim_version": "0.1.0"},
    )
    return data


def _in_group() -> xr.DataArray:
    today = [code in {"330402", "330411"} for code in CODES]
    wide = [code not in {"330481", "330483"} for code in CODES]
    values = np.repeat(np.array([today, wide])[:, None, :, None], len(YEARS), axis=3)
    return xr.DataArray(
        values,
        dims=("boundary", "group", "region", "year"),
        coords={
            "boundary": ["today", "expanded"],
            "group": ["city_proper"],
            "region": CODES,
            "year": YEARS,
        },
    )


def _targets(indicators: pd.DataFrame) -> pd.DataFrame:
    rows = []
    share = indicators[
        (indicators.indicator == "population_share") & (indicators.group_or_region == "city_proper")
    ]
    for (scenario, boundary), part in share.groupby(["scenario", "boundary"], sort=False):
        path = part.set_index("year")["value"]
        first = next((int(y) for y in path.index if path[y] >= 0.60), "")
        rows.append(
            {
                "target": "T01",
                "title": "市本级人口占全市比重",
                "indicator": "population_share",
                "scenario": scenario,
                "boundary": boundary,
                "definition": "resident",
                "year": 2025,
                "value": path[2025],
                "threshold": 0.60,
                "comparison": ">=",
                "met": bool(path[2025] >= 0.60),
                "gap": path[2025] - 0.60,
                "first_year_met": first,
                "source": "jiaxing_population_plan",
            }
        )
    old = indicators[
        (indicators.indicator == "population_60plus") & (indicators.group_or_region == "all")
    ]
    for scenario in PACE:
        value = old[(old.scenario == scenario) & (old.year == 2025)]["value"].item()
        rows.append(
            {
                "target": "T32",
                "title": "认知障碍床位",
                "indicator": "dementia_beds_need",
                "scenario": scenario,
                "boundary": "",
                "definition": "resident",
                "year": 2025,
                "value": 20 * value / 1e4,
                "threshold": "",
                "comparison": "report",
                "met": "",
                "gap": "",
                "first_year_met": "",
                "source": "jiaxing_population_plan",
            }
        )
    return pd.DataFrame(rows)


def _care(indicators: pd.DataFrame) -> pd.DataFrame:
    old = indicators[
        indicators.indicator.isin(["population_60plus", "population_65plus", "population_80plus"])
        & (indicators.boundary == "")
    ].rename(columns={"group_or_region": "region"})
    frames = [old.assign(source="popsim projection")]
    sixty = old[old.indicator == "population_60plus"]
    # Shares of the 60+ implied for Zhejiang in 2023 by Xu, Li and Mi 2024, doi
    # 10.1186/s12913-024-10875-7; norms GB 50437 and the patterns 90-7-3 and 90-6-4.
    shares = {
        "need_mild.charls_zhejiang": 0.0952,
        "need_moderate.charls_zhejiang": 0.0197,
        "need_severe.charls_zhejiang": 0.0195,
        "need_total.charls_zhejiang": 0.1344,
        "need_any.census_self_care": 0.0234,
        "need_total.census_self_care": 0.0234,
        "dementia": 0.06,
    }
    beds = {
        "beds_norm": 0.040,
        "beds_pattern.90-7-3": 0.03,
        "beds_pattern.90-6-4": 0.04,
        "dementia_beds_plan": 0.002,
    }
    for name, share in shares.items():
        frames.append(
            sixty.assign(
                indicator=name,
                value=sixty.value * share,
                definition=f"prevalence of scale {name.partition('.')[2]} x population",
                source="xu_2024",
            )
        )
    for name, share in beds.items():
        frames.append(
            sixty.assign(
                indicator=name, value=sixty.value * share, unit="bed", source="gb_50437_2018"
            )
        )
    columns = ["indicator", "region", "scenario", "year", "value", "unit", "definition", "source"]
    return pd.concat(frames, ignore_index=True)[columns]


def write_example_run(folder: Path) -> Path:
    """Write the run folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    data = _dataset().assign(in_group=_in_group())
    data.to_netcdf(folder / "projection.nc", engine="h5netcdf")
    stocks = data["population"]
    indicators = indicator_table(stocks, _in_group(), boundaries=["today", "expanded"])
    indicators.to_csv(folder / "indicators.csv", index=False)
    _targets(indicators).to_csv(folder / "targets.csv", index=False)
    _care(indicators).to_csv(folder / "care.csv", index=False)
    total = stocks.sel(scenario="recent").sum(("region", "area", "sex", "age"))
    # Year-end residents, statistical bulletins of Jiaxing.
    published = {2021: 551.6e4, 2022: 555.1e4, 2023: 558.4e4, 2024: 561.7e4}
    pd.DataFrame(
        [
            {
                "quantity": "population",
                "period": year,
                "published": value,
                "projected": float(total.sel(year=year)),
                "difference_percent": 100 * (float(total.sel(year=year)) / value - 1),
                "fitted_to": "net_migration level",
                "source": "jiaxing_bulletin",
            }
            for year, value in published.items()
        ]
    ).to_csv(folder / "fit.csv", index=False)
    pd.DataFrame(
        [
            ["fertility", "TFR 1.0, constant", "", "the level that gives the births of 2021-2023"],
            ["mortality", "level constant", "", "fitted to deaths of 2021-2023"],
        ],
        columns=["assumption", "value", "unit", "basis"],
    ).to_csv(folder / "assumptions.csv", index=False)
    manifest = {
        "manifest": 1,
        "name": "jiaxing",
        "title": {"zh": "嘉兴市", "en": "Jiaxing"},
        "popsim": "0.1.0",
        "seed": 1,
        "config_sha256": "0" * 64,
        "sources": [
            {
                "id": "census_county_2020",
                "title": "中国人口普查分县资料—2020",
                "publisher": "国家统计局",
            },
        ],
    }
    (folder / "manifest.yaml").write_text(
        yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    return folder
