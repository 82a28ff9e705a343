"""Two regions: the women of Slovenia and of the rest of Yugoslavia, 1961 to 2001.

The textbook case of multiregional demography (Willekens & Rogers 1978): from counts of people,
births, deaths and moves by age to the years a girl may expect to live in each place, the projection
of both regions together, and the stable population they tend to.
"""

import numpy as np
import xarray as xr

import popsim as ps
from popsim.coords import age_coords, edge_coords
from popsim.matrices import rogers_matrix, stable_population
from popsim.methods.multiregional import multiregional_life_table, survival_and_moves

# Willekens, F. & Rogers, A. (1978). Spatial Population Analysis: Methods and Computer Programs,
# IIASA RR-78-18: women of 1961 by age 0-4, .., 85+: people, births of girls, deaths, moves away.
SLOVENIA = """67800 0 417 192, 74100 0 32 170, 70700 5 21 105, 60100 953 31 310, 62900 4444 47 451,
    66500 4204 45 368, 67100 2758 67 252, 62900 1438 77 111, 39500 308 76 40, 47900 34 171 26,
    51300 15 268 34, 46100 0 369 29, 39600 0 513 35, 29500 0 763 28, 21700 0 1036 19,
    14400 0 1088 16, 7100 0 1041 5, 3600 0 733 4"""
REST = """847900 0 19051 231, 905200 0 606 150, 808100 54 386 127, 617400 16335 534 419,
    725500 63828 885 680, 774000 57477 1227 392, 728400 32261 1277 255, 633300 14903 1313 143,
    392400 4729 1127 72, 437100 940 1700 41, 453800 324 2896 59, 389300 0 3743 80,
    325800 0 5492 66, 230600 0 6407 36, 180000 0 8652 14, 120900 0 8715 12, 61200 0 6843 12,
    39300 0 5639 3"""
PLACES = ["Slovenia", "rest of Yugoslavia"]

counts = np.array([[row.split() for row in text.split(",")] for text in (SLOVENIA, REST)], float)
people, births, deaths, leaving = np.moveaxis(counts, -1, 0)  # each (region, age)

# Moves by age from row to column, persons a woman and year; deaths likewise.
moves = np.zeros((2, 2, 18))
moves[0, 1], moves[1, 0] = leaving / people
table = multiregional_life_table(deaths / people, moves, years=5)
survival, moving = survival_and_moves(table.Sx)

print("Years a girl may expect to live, by place of birth")
for born, name in enumerate(PLACES):
    there = ", ".join(f"{table.ex[0][to, born]:.2f} in {PLACES[to]}" for to in (0, 1))
    print(f"  born in {name}: {there}")

# The engine projects both sexes; here the men are none, and all births are girls.
steps = np.arange(1966, 2006, 5)
inputs = xr.Dataset(coords={"region": PLACES, "sex": ["female", "male"], **age_coords(85, 5)})
women = np.stack([people, np.zeros((2, 18))], axis=1)
moving = np.stack([moving[0, 1], moving[1, 0]])
inputs["population"], inputs["base_year"] = (("region", "sex", "age"), women), 1961
inputs["survival_ratio"] = (("region", "sex", "age"), np.stack([survival] * 2, axis=1))
inputs["open_survival_ratio"] = (("region", "sex"), np.zeros((2, 2)))  # as in the source
inputs["fertility_rate"] = (("region", "age"), births / people)
inputs["sex_ratio_at_birth"] = 0.0
inputs["move_probability"] = (("edge", "sex", "age"), np.stack([moving] * 2, axis=1))
inputs = inputs.assign_coords(edge_coords({"region": PLACES}, {"region": PLACES[::-1]}))
inputs = inputs.assign_coords(period=steps)
result = ps.project(inputs)

print("\nWomen, thousands")
totals = result["population"].sum(["sex", "age"]) / 1000
for year in totals["year"].to_numpy():
    a, b = totals.sel(year=year).to_numpy()
    print(f"  {year}  {a:8,.1f} {b:9,.1f}   {100 * a / (a + b):.2f} % in Slovenia")

stable = stable_population(rogers_matrix(inputs, 1966))
share = float(stable["structure"].sel(region="Slovenia").sum())
print(f"\nIn the end: growth {float(stable['growth_factor']):.7f} in five years, "
      f"{100 * share:.3f} % in Slovenia")  # fmt: skip
