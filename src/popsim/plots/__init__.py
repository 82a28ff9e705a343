"""Pictures of a run, with matplotlib: each says its unit, period, boundary, definition and source.

Every function takes the long tables of a run folder (or a labelled array) and returns a
`matplotlib.figure.Figure`; `write_figures` draws all of them from a run folder alone. Nothing here
computes a demographic quantity, and no word stands here that is not in the catalogue of
`popsim.labels`.

`shares`, `fan`, `pyramid`, `tiles`, `care`, `hukou` and `hindcast` hold the pictures, `style` what
they have in common, `files` draws them all.
"""

from popsim.plots.care import care_demand
from popsim.plots.fan import fan_chart
from popsim.plots.files import draw_figures, write_figures
from popsim.plots.hindcast import hindcast_chart
from popsim.plots.hukou import hukou_chart, urban_growth_chart
from popsim.plots.pyramid import pyramids
from popsim.plots.shares import share_paths
from popsim.plots.style import save, style
from popsim.plots.tiles import tile_map

__all__ = [
    "care_demand",
    "draw_figures",
    "fan_chart",
    "hindcast_chart",
    "hukou_chart",
    "pyramids",
    "save",
    "share_paths",
    "style",
    "tile_map",
    "urban_growth_chart",
    "write_figures",
]
