"""A ring chart of shares of a whole; parts that are not positive have no share and are named below it."""

from typing import Any

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart
from components.page_data import PageData, exact, number
from components.visuals import Visual
from kpi.formats import Formats
from kpi.metrics import METRICS
from kpi.units import figure


def pie(
    name: str,
    title: str,
    question: str,
    dimension: str,
    metric: str,
    share: str,
    *,
    width: int = 6,
    height: int = 300,
) -> Visual:
    """The shares of `metric` by the values of `dimension`; `share` is the catalogue's metric for the same."""
    by = (dimension,)
    known = METRICS[metric]
    prototype = {
        "type": "pie",
        "hole": 0.58,
        "sort": False,
        "direction": "clockwise",
        "rotation": 270,  # thin last parts lie at the side, where there is room for their names one above the other
        "textinfo": "label+text",  # not plotly's percent: that is written in no locale
        "textposition": "outside",
        "automargin": True,
        "marker": {"line": {"color": theme.SURFACE, "width": 2}},
        "hovertemplate": f"%{{label}}: %{{value:{theme.HOVER[known.unit]}}} (%{{text}})<extra></extra>",
    }

    def draw(page_data: PageData) -> Answer:
        frame = page_data.now[by]
        parts = {str(key): number(value) for key, value in frame[metric].items()}
        shown = {key: value for key, value in parts.items() if value is not None and value > 0}
        colours = [theme.value_colour(dimension, key) for key in shown]
        line = _losses(parts, metric, page_data.formats) if metric == "profit" else None
        if not shown:
            return {"state": "empty", "text": line or f"No {known.label.lower()} to share here. Loosen a filter."}
        filled = {
            "of": 0,
            "labels": [theme.name(key) for key in shown],
            "values": [round(value, 2) for value in shown.values()],
            "text": [figure(share, value / sum(shown.values()), page_data.formats) for value in shown.values()],
            "marker": {"colors": colours},
        }
        return {"traces": [filled], "line": line, "alt": alt.ring(page_data, shown, metric, share)}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        frame = page_data.now[by]
        return [
            {dimension: key, metric: exact(metric, row[metric]), share: exact(share, row[share])}
            for key, row in frame.iterrows()
        ]

    return chart(
        name,
        title,
        question,
        needs=(by,),
        metrics=(metric, share),
        traces=[prototype],
        layout=theme.layout(margin={"l": 24, "r": 24, "t": 24, "b": 24}),
        draw=draw,
        rows=rows,
        pick={"label": dimension},
        height=height,
        width=width,
        compares=by,
    )


def _losses(parts: dict[str, float | None], metric: str, formats: Formats) -> str | None:
    """A line naming each part that makes a loss, and the loss."""
    losses = [f"{key} lost {figure(metric, -value, formats)}" for key, value in parts.items() if value and value < 0]
    if not losses:
        return None
    return f"{'; '.join(losses)}. A loss has no share; the shares are of the profit that the others make."
