"""Claimed and banked: each month's claims of the platforms as stacked bars, what the shop sold as a mark over them.

One month or two would stand there as a lonely tower: they lie, with what was sold as a bar below what is claimed.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd

from components import theme
from components.company_words import outside_spend
from components.figures import alt
from components.figures.frame import Answer
from components.page_data import Company, PageData, block, chart_figures, exact, number
from components.visuals import Visual
from kpi.formats import Formats
from kpi.schema import in_order
from kpi.selection import cut_short, period_start
from kpi.units import brief, figure

#: The row of a month's platforms together. No platform is called so.
ALL: Final = "All platforms"
_METRICS: Final = ("spend", "revenue", "store_revenue", "overclaim", "mer")
_FACTOR: Final = "<br>%{customdata} claimed for each sold<extra></extra>"
#: How wide a bar is at most, of a month's room, and of it for each month that is shown: one alone is no wall of colour.
_WIDEST: Final = 0.5
_WIDTH_A_MONTH: Final = 0.12
#: Months that are labelled, so that a narrow screen has room for them.
_MOST_LABELS: Final = 8
#: Half the height of a mark in px, over which the label stands, and that of the words around the plot.
_MARK: Final = 9.0
_AROUND: Final = 60.0
#: What each part of a bar has in it: its amount, where it is wide enough.
_INSIDE: Final = {"textposition": "inside", "insidetextanchor": "middle", "textangle": 0, "textfont": {"size": 12}}
#: Months up to which bars lie.
_MOST_LYING: Final = 2
#: Figures that are kept: they follow from the days alone, and what is changed most is another filter.
_DRAWN: Final = 32


def reconciliation(name: str, title: str, question: str, width: int = 12, height: int = 320) -> Visual:
    """Claims by platform, store net sales and the over-claim factor by month; no filter but dates applies.

    Its data have a row a month and platform, and one for all of a month's platforms, which alone has the shop's.
    """
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "hovertemplate": f"%{{fullData.name}}, %{{x}}: %{{y:{theme.HOVER['money']}}} claimed<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Store net sales",
            "marker": {
                "symbol": "diamond",
                "size": 13,
                "color": theme.TEXT,
                "line": {"color": theme.SURFACE, "width": 2},
            },
            "hovertemplate": f"%{{x}}: the shop sold %{{y:{theme.HOVER['money']}}}{_FACTOR}",
        },
        {
            "type": "scatter",
            "mode": "text",
            "textposition": "top center",
            "textfont": {"size": 12, "color": theme.TEXT},
            "showlegend": False,
            "hoverinfo": "skip",
            "cliponaxis": False,
        },
        {
            "type": "bar",
            "orientation": "h",
            "width": 0.62,
            **_INSIDE,
            "hovertemplate": f"%{{fullData.name}}: %{{x:{theme.HOVER['money']}}} claimed<extra></extra>",
        },
        {
            "type": "bar",
            "orientation": "h",
            "width": 0.62,
            **_INSIDE,
            "name": "Store net sales",
            "marker": {"color": theme.MUTED},
            "hovertemplate": f"The shop sold %{{x:{theme.HOVER['money']}}}{_FACTOR}",
        },
    ]

    def draw(page_data: PageData) -> Answer:
        company = page_data.company
        if company is None:
            return {"state": "empty", "text": page_data.no_company}
        formats = page_data.formats
        lying = len(company.months) <= _MOST_LYING
        drawing = _horizontal_bars(company, formats) if lying else _vertical_bars(company, formats, height)
        return {**drawing, "line": _line(page_data, company)}

    def rows(page_data: PageData) -> list[dict[str, Any]]:
        company = page_data.company
        if company is None:
            return []
        found = []
        for month, whole in company.months.iterrows():
            parts = company.claims.loc[month]
            known = [platform for platform in _platforms(company.claims) if platform in parts.index]
            found += [_row(month, platform, parts.loc[platform], ("spend", "revenue")) for platform in known]
            found.append(_row(month, ALL, whole, _METRICS))
        return found

    layout = theme.layout(
        xaxis=theme.axis(showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category"),
        yaxis=theme.axis("Claimed and sold", "money", rangemode="tozero"),
        barmode="relative",
        uniformtext={"mode": "hide", "minsize": 10},
        showlegend=True,
        margin={"l": 8, "r": 8, "t": 20, "b": 8},
    )
    return Visual(
        name,
        title,
        question,
        "chart",
        needs=(),
        metrics=_METRICS,
        columns=("month", "platform", *_METRICS),
        draw=draw,
        rows=rows,
        spec={"traces": traces, "layout": layout, "height": height, "grain": False, "in_words": True},
        width=width,
    )


@lru_cache(maxsize=_DRAWN)
def _vertical_bars(company: Company, formats: Formats, height: int) -> Answer:
    """A bar a month, stacked of what each platform claims."""
    months, claims = company.months, company.claims
    labels = [formats.month(month.date()) for month in months.index]
    filled: list[dict[str, Any]] = []
    for platform in _platforms(claims):
        of_one = claims.xs(platform, level=1).reindex(months.index)
        filled.append(
            {
                "of": 0,
                "name": theme.name(str(platform)),
                "x": labels,
                "y": chart_figures(of_one, "revenue"),
                "width": min(_WIDEST, _WIDTH_A_MONTH * len(labels)),
                "marker": {"color": theme.platform_colour(str(platform))},
            }
        )
    factors = [figure("overclaim", number(value), formats) for value in months["overclaim"]]
    filled.append(
        {
            "of": 1,
            "x": labels,
            "y": chart_figures(months, "store_revenue"),
            "customdata": factors,
        }
    )
    every = -(-len(labels) // _MOST_LABELS)
    claimed, sold = block(months, ("revenue", "store_revenue"))
    mark = _MARK / (height - _AROUND)
    tops = np.fmax(claimed, sold + mark * np.nanmax([claimed, sold], initial=0.0)).round()
    words = [factor if place % every == 0 else "" for place, factor in enumerate(factors)]
    filled.append({"of": 2, "x": labels, "y": [number(top) for top in tops.tolist()], "text": words})
    title = f"Claimed and sold, {formats.sign} a month"
    layout = {"xaxis": {"dtick": every}, "yaxis": {"title": {"text": title}}}
    return {"traces": filled, "layout": layout, "alt": alt.claims(months, formats)}


@lru_cache(maxsize=_DRAWN)
def _horizontal_bars(company: Company, formats: Formats) -> Answer:
    """Two bars a month: what is claimed, and below it what was sold."""
    months = company.months
    names = [formats.month(month.date()) for month in months.index]
    claimed, sold = ([f"{what}, {name}" for name in names] for what in ("Claimed", "Sold"))
    factors = [figure("overclaim", number(value), formats) for value in months["overclaim"]]
    filled: list[dict[str, Any]] = [
        {
            "of": 3,
            "name": theme.name(str(platform)),
            "x": chart_figures(of_one, "revenue"),
            "y": claimed,
            "text": _amounts(of_one["revenue"], "revenue", formats),
            "marker": {"color": theme.platform_colour(str(platform))},
        }
        for platform in _platforms(company.claims)
        for of_one in [company.claims.xs(platform, level=1).reindex(months.index)]
    ]
    amounts = _amounts(months["store_revenue"], "store_revenue", formats)
    filled.append(
        {"of": 4, "x": chart_figures(months, "store_revenue"), "y": sold, "text": amounts, "customdata": factors}
    )
    filled.append(
        {
            "of": 2,
            "x": chart_figures(months, "revenue"),
            "y": claimed,
            "text": [f"\u00a0\u00a0{factor}" for factor in factors],
            "textposition": "middle right",
        }
    )
    every = [name for pair in zip(claimed, sold, strict=True) for name in pair]
    layout = {
        "xaxis": theme.axis(
            f"Claimed and sold, {formats.sign} a month", "money", rangemode="tozero", type="linear", showgrid=True
        ),
        "yaxis": {
            **theme.axis(showgrid=False, tickfont={"size": 13, "color": theme.TEXT}, type="category"),
            "tickformat": "",
            "title": {"text": ""},
            "categoryorder": "array",
            "categoryarray": every[::-1],
        },
        "margin": {"r": 48},
    }
    return {"traces": filled, "layout": layout, "alt": alt.claims(months, formats)}


def _amounts(values: pd.Series, metric: str, formats: Formats) -> list[str]:
    return [brief(metric, number(value), formats) for value in values]


def _platforms(claims: pd.DataFrame) -> tuple[str, ...]:
    return in_order("platform", (str(each) for each in claims.index.get_level_values(1)))


def _row(month: pd.Timestamp, platform: str, figures: pd.Series, told: tuple[str, ...]) -> dict[str, Any]:
    return {
        "month": f"{month:%Y-%m}",
        "platform": platform,
        **{metric: exact(metric, figures[metric]) if metric in told else None for metric in _METRICS},
    }


def _line(page_data: PageData, company: Company) -> str:
    values = {metric: number(company.now[metric].iloc[0]) for metric in _METRICS}
    claimed, sold, factor = (
        figure(metric, values[metric], page_data.formats) for metric in ("revenue", "store_revenue", "overclaim")
    )
    diamonds = " (diamonds)" if len(company.months) > _MOST_LYING else ""
    said = (
        f"For {page_data.formats.days(company.start, company.end)} the platforms claim {claimed}, the shop sold {sold}"
        f"{diamonds}: {factor} claimed for each sold. Platforms claim the same order more than once, so their sum is "
        "not what the company earned."
    )
    whole = "All platforms and markets, whatever is filtered." if page_data.query.only else ""
    return " ".join(
        filter(
            None,
            [
                said,
                whole,
                outside_spend(company, page_data.formats),
                *_cut_short(page_data, company),
                company.partly(page_data.selection, page_data.formats),
            ],
        )
    )


def _cut_short(page_data: PageData, company: Company) -> list[str]:
    """A sentence for the first and the last month where it is not whole."""
    months = replace(page_data.selection, start=company.start, end=company.end, grain="month")
    first, last = cut_short(months)
    formats = page_data.formats
    found = {
        formats.month(period_start(day, months)): within
        for day, within in ((company.start, first), (company.end, last))
    }
    return [f"{month} holds {within} of its {days} days." for month, (within, days) in found.items() if within < days]
