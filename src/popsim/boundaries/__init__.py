"""Boundaries: which sets of regions reach a share, and what each reading of a target answers.

`finder`: the smallest sets of regions whose inclusion reaches a share of people, of the economy,
or of both; `choice`: what it chooses from. `table`: the same on the published figures of a case,
beside its named boundaries. `reading`: in words, which boundary and which definition gives which
answer to a target.

Sums over given boundaries are in `popsim.groups`; targets themselves in `popsim.targets`.
"""

from popsim.boundaries.finder import find_boundaries, set_shares
from popsim.boundaries.reading import reading_in_words, reading_table
from popsim.boundaries.table import boundary_table, measures_of

__all__ = [
    "boundary_table",
    "find_boundaries",
    "measures_of",
    "reading_in_words",
    "reading_table",
    "set_shares",
]
