"""A heatmap of one metric by two dimensions, with colors that diverge at zero and the figures in the cells."""

from typing import Any, Final

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart
from components.page_data import PageData, block, exact, number
from components.visuals import Visual
from kpi.metrics import METRICS
from kpi.schema import in_order
from kpi.selection import Grouping
from kpi.units import brief, figure

# Colour follows the square root of the distance to zero, so that a small loss beside a large profit is seen; however
# small, it is marked.
_STEPS: Final = (0.75, 0.5, 0.25)
_KEY: Final = "Shaded against zero: teal is a profit, orange a loss."
_NEXT_TO_ZERO: Final = 1e-9
_SCALE: Final = [
    [0, "--diverging-low"],
    *([0.5 - step**2 / 2, f"--diverging-low/{step:g}"] for step in _STEPS),
    [0.5 - _NEXT_TO_ZERO, f"--diverging-low/{_STEPS[-1]:g}"],
    [0.5, "--diverging-mid"],
    *([0.5 + step**2 / 2, f"--diverging-high/{step:g}"] for step in reversed(_STEPS)),
    [1, "--diverging-high"],
]


def heatmap(
    name: str, title: str, question: str, by: Grouping, metric: str, width: int = 6, height: int = 320
) -> Visual:
    """Rows are the values of the first dimension of `by`, columns those of the second."""
    label = METRICS[metric].short or METRICS[metric].label
    prototype = {
        "type": "heatmap",
        "zmid": 0,
        "colorscale": _SCALE,
        "showscale": False,
        "texttemplate": "%{text}",
        "textfont": {"size": 13, "color": theme.TEXT},
        "xgap": 3,
        "ygap": 3,
        "hoverongaps": False,
        "hovertemplate": f"%{{y}}, %{{x}}<br>{label}: %{{customdata}}<extra></extra>",
    }

    def draw(page_data: PageData) -> Answer:
        frame = page_data.now[by]
        levels = [frame.index.get_level_values(name).tolist() for name in by]
        down, across = (in_order(name, level) for name, level in zip(by, levels, strict=True))
        found = dict(zip(zip(*levels, strict=True), block(frame, (metric,))[0].tolist(), strict=True))
        values = [[number(found.get((row, column))) for column in across] for row in down]
        extreme = max((abs(value) for row in values for value in row if value is not None), default=0.0) or 1.0
        filled = {
            "of": 0,
            "x": [theme.name(str(key)) for key in across],
            "y": [theme.name(str(key)) for key in down],
            "z": [[None if value is None else round(value, 2) for value in row] for row in values],
            "text": [
                ["–" if value is None else brief(metric, value, page_data.formats) for value in row] for row in values
            ],
            "customdata": [[figure(metric, value, page_data.formats) for value in row] for row in values],
            "zmin": -extreme,
            "zmax": extreme,
        }
        return {"traces": [filled], "line": _KEY, "alt": alt.grid(page_data, by, metric)}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        column = page_data.now[by][metric]
        levels = [column.index.get_level_values(name) for name in by]
        return [
            {**dict(zip(by, key, strict=True)), metric: exact(metric, value)}
            for *key, value in zip(*levels, column, strict=True)
        ]

    names: dict[str, Any] = {
        "showgrid": False,
        "tickfont": {"size": 13, "color": theme.TEXT},
        "type": "category",
    }
    layout = theme.layout(
        xaxis=theme.axis(**names, side="bottom"),
        yaxis=theme.axis(**names, autorange="reversed"),
    )
    return chart(
        name,
        title,
        question,
        needs=(by,),
        metrics=(metric,),
        traces=[prototype],
        layout=layout,
        draw=draw,
        rows=rows,
        pick={"y": by[0], "x": by[1]},
        height=height,
        width=width,
        compares=by,
    )
