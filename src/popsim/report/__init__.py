"""The report of a run: one self-contained HTML file, Chinese and English, from the folder alone.

The page loads nothing: style, script, font and figures are inside it. It answers first (one
sentence per target and boundary), then shows, then says what was fitted to what, what was assumed,
and where every figure comes from. Projections are called projections, and an aim of the plan an
aim. Nothing is computed here that the tables of the run folder do not hold.

| module | matter |
|---|---|
| `build` | reads the folder, fills the template `page/page.html.j2` |
| `content` | sentences and names in both languages |
| `parts`, `both` | tables; texts in both languages |
| `sources` | sources of the figures shown |
| `answers`, `amounts` | the cards of the targets, values with their units |
| `assumptions` | settings of models and levers in words |
| `people`, `quality`, `uncertainty` | hukou and growth, the census, the draws |
| `figures`, `charts`, `stacks`, `svg` | charts as inline SVG, and what they are drawn with |
| `font` | the page's Chinese characters as a small web font |
"""

from popsim.report.build import write_report

__all__ = ["write_report"]
