"""Multipliers of the osculatory formulas, as printed, in ten-thousandths.

Each table has one row for every single age of the first panel (ages 0-4), of the second (5-9) and
of the first three ages of a middle panel; the other rows are these mirrored. Columns are five
neighbouring 5-year groups: the first five for the first two panels, two before to two after for a
middle panel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BEERS_MODIFIED", "BEERS_ORDINARY", "GRABILL", "JOHNSON", "SPRAGUE", "expand"]

Floats = NDArray[np.float64]

# Sprague (1880), multipliers as in Siegel and Swanson (2004), The Methods and Materials of
# Demography, 2nd edition, appendix C, p. 727.
SPRAGUE = """
3616 -2768 1488 -336 0
2640 -960 400 -80 0
1840 400 -320 80 0
1200 1360 -720 160 0
704 1968 -848 176 0
336 2272 -752 144 0
80 2320 -480 80 0
-80 2160 -80 0 0
-160 1840 400 -80 0
-176 1408 912 -144 0
-128 848 1504 -240 16
-16 144 2224 -416 64
64 -336 2544 -336 64
"""

# Beers (1945), ordinary six-term formula, minimising fifth differences, as in Siegel and Swanson
# (2004), appendix C, p. 727-729.
BEERS_ORDINARY = """
3333 -1636 -210 796 -283
2595 -780 130 100 -45
1924 64 184 -256 84
1329 844 54 -356 129
819 1508 -158 -284 115
404 2000 -344 -128 68
93 2268 -402 28 13
-108 2272 -248 112 -28
-198 1992 172 72 -38
-191 1468 822 -84 -15
-117 804 1570 -284 27
-20 160 2200 -400 60
50 -280 2460 -280 50
"""

# Beers (1945), modified six-term formula, minimising fourth differences, as in Siegel and Swanson
# (2004), appendix C, p. 729.
BEERS_MODIFIED = """
3332 -1938 702 -118 22
2569 -753 205 -27 6
1903 216 -146 32 -5
1334 969 -351 59 -11
862 1506 -410 54 -12
486 1831 -329 21 -9
203 1955 -123 -31 -4
8 1893 193 -97 3
-108 1677 577 -153 7
-159 1354 972 -170 3
-160 973 1321 -121 -13
-129 590 1564 18 -43
-85 260 1650 260 -85
"""

# Grabill's weighted moving average of Sprague's coefficients, as in Shryock, Siegel and associates
# (1973), The Methods and Materials of Demography, appendix C. At both ends the same five
# coefficients run past the data; the outer columns are cut.
GRABILL = """
826 256 -9 0 0
903 377 -2 0 0
932 519 15 0 0
903 673 49 0 0
826 816 111 0 0
816 826 256 -9 0
673 903 377 -2 0
519 932 519 15 0
377 903 673 49 0
256 826 816 111 0
111 816 826 256 -9
49 673 903 377 -2
15 519 932 519 15
"""

# Johnson's adjustment of Beers's ages 2-8 to a known age 0, in the US Census Bureau's DAPPS and
# Spectrum's DemProj (Stover and Kirmeyer 2008), spreadsheet BEERSP. Rows: ages 2 to 8. Columns: age
# 1; ages 2-4 together; ages 5-8 together; age 9; age 10.
JOHNSON = """
2333 3445 -1222 3778 -1556
-875 3847 -236 389 -111
-1458 2708 1458 -4167 1667
-833 1151 2817 -6111 2222
0 -80 3254 -3889 1111
458 -613 2637 1833 -1000
375 -458 1292 8167 -2333
"""


def read(table: str) -> Floats:
    """Multipliers of a printed table.

    Examples
    --------
    >>> read(JOHNSON).shape
    (7, 5)
    """
    return np.array([line.split() for line in table.split("\n") if line], dtype=np.float64) / 1e4


def expand(table: str, groups: int) -> Floats:
    """Matrix (single age, group) that a printed table makes of `groups` closed 5-year groups.

    Examples
    --------
    >>> expand(SPRAGUE, 7).shape
    (35, 7)
    """
    rows = read(table)
    middle = np.concatenate([rows[10:], rows[10:12][::-1, ::-1]])
    matrix = np.zeros((5 * groups, groups))
    matrix[:10, :5] = rows[:10]
    for panel in range(2, groups - 2):
        matrix[5 * panel : 5 * panel + 5, panel - 2 : panel + 3] = middle
    matrix[-10:, -5:] = rows[:10][::-1, ::-1]
    return matrix
