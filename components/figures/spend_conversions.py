"""A chart of spend as bars and conversions as markers by platform, each on its own labeled axis."""

from typing import Any

from components import theme
from components.figures import alt
from components.figures.frame import Answer, chart
from components.page_data import PageData, chart_figures, exact
from components.visuals import Visual


def spend_conversions(name: str, title: str, question: str, width: int = 6, height: int = 320) -> Visual:
    """What each platform takes and what it brings."""
    by = ("platform",)
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": "Spend",
            "hovertemplate": f"%{{x}}: %{{y:{theme.HOVER['money']}}} spend<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Conversions",
            "yaxis": "y2",
            "marker": {
                "symbol": "diamond",
                "size": 14,
                "color": theme.TEXT,
                "line": {"color": theme.SURFACE, "width": 2},
            },
            "hovertemplate": f"%{{x}}: %{{y:{theme.HOVER['count']}}} conversions<extra></extra>",
        },
    ]

    def draw(page_data: PageData) -> Answer:
        frame = page_data.now[by]
        names = [theme.name(str(key)) for key in frame.index]
        colours = [theme.platform_colour(str(key)) for key in frame.index]
        return {
            "traces": [
                {"of": 0, "x": names, "y": chart_figures(frame, "spend"), "marker": {"color": colours}},
                {"of": 1, "x": names, "y": chart_figures(frame, "conversions")},
            ],
            "layout": {"yaxis": {"title": {"text": f"Spend, {page_data.formats.sign}"}}},
            "line": "Bars: spend, left axis. Diamonds: conversions, right axis.",
            "alt": alt.pairs(page_data, by, ("spend", "conversions")),
        }

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        return [
            {"platform": key, **{metric: exact(metric, row[metric]) for metric in ("spend", "conversions")}}
            for key, row in page_data.now[by].iterrows()
        ]

    layout = theme.layout(
        xaxis=theme.axis(showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category"),
        yaxis=theme.axis("Spend", "money", rangemode="tozero"),
        yaxis2=theme.axis(
            "Conversions (orders)",
            "count",
            rangemode="tozero",
            overlaying="y",
            side="right",
            showgrid=False,
            tickmode="auto",
        ),
        bargap=0.45,
    )
    return chart(
        name,
        title,
        question,
        needs=(by,),
        metrics=("spend", "conversions"),
        traces=traces,
        layout=layout,
        draw=draw,
        rows=rows,
        pick={"x": "platform"},
        height=height,
        width=width,
    )
