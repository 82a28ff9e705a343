"""The run folder: written whole or not at all, read back years later.

Here lives the form of what a run leaves on disk: the folder, its manifest, its arrays and its
long tables. What stands in them is made elsewhere; nothing is computed here.

| module | matter |
|---|---|
| `folder` | crash-safe writing: a `.part` sibling, fsync, rename |
| `store`, `netcdf` | netCDF and CSV: text of fixed width, codes that stay text |
| `manifest` | versions, sha256, seed, wall time |
| `comparison` | scenarios side by side |
| `parts` | parts of a folder that may be absent, or is still being written |
| `reading` | a run folder as an object whose parts are read when asked for |
| `subjects` | which rows of the tables are shown together |
"""

from popsim.results.comparison import side_by_side, told_apart
from popsim.results.folder import check_output, writing
from popsim.results.manifest import (
    file_digest,
    make_manifest,
    read_manifest,
    refresh_manifest,
    write_manifest,
)
from popsim.results.reading import Run, read_run
from popsim.results.store import COLUMNS, read_dataset, read_table, write_dataset, write_table

__all__ = [
    "COLUMNS",
    "Run",
    "check_output",
    "file_digest",
    "make_manifest",
    "read_dataset",
    "read_manifest",
    "read_run",
    "read_table",
    "refresh_manifest",
    "side_by_side",
    "told_apart",
    "write_dataset",
    "write_manifest",
    "write_table",
    "writing",
]
