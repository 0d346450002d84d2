"""The body of a page: its chapters, the switches between visuals in one place, and an empty frame for each visual.

Everything stands in the markup at once; what is folded or not chosen is hidden by style sheets, on screen alone
(assets/css/chapters.css), and opened by assets/js/chapters.js.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.icons import icon_of
from components.visuals import Page, Visual
from kpi.metrics import METRICS

#: What a visual's menu offers: its data in three forms, and what the browser does itself (assets/js/start.js).
_FORMS: Final = (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"))
#: A CSV from the menu is opened with a spreadsheet; a script's has names as they are (kpi/formula_guard.py).
_FOR: Final = {"csv": "?for=excel"}
_ACTS: Final = (("picture", "Picture (PNG)"), ("link", "Copy link"))
#: A chart's data as a table in its place (assets/later/rows.js).
_ROWS: Final = html.Button(
    ["Show as table", html.Kbd("T")],
    type="button",
    **{"data-do": "rows", "aria-keyshortcuts": "t"},
)


def body_of(page: Page, prefix: str) -> list[Component]:
    """What stands in `page` below its heading, in reading order."""
    chapters = [(title, list(visuals)) for title, visuals in groupby(page.visuals, lambda visual: visual.chapter)]
    parts = [part for title, visuals in chapters for part in _chapter(page, title, visuals, prefix)]
    if len(chapters) > 1:  # below the first cards, whose figures stand as near to the top as on other pages
        parts.insert(_after_first_cards(parts), _jump_bar([title for title, _ in chapters]))
    return parts


def _after_first_cards(parts: Sequence[Component]) -> int:
    """The place behind the sentence that follows the first cards; where a page begins without cards, the first."""
    classes = [getattr(part, "className", "") for part in parts]
    return classes.index("headline") + 1 if "headline" in classes else 0


def _slug(title: str) -> str:
    """A chapter's title as it stands behind the # of an address."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _jump_bar(titles: Sequence[str]) -> Component:
    links = [html.A(title, href=f"#{_slug(title)}") for title in titles]
    return html.Nav(links, className="jump", **{"aria-label": "Parts of this page"})


def _chapter(page: Page, title: str, visuals: Sequence[Visual], prefix: str) -> list[Component]:
    parts: list[Component] = []
    if title:
        parts.append(html.H2(title, className="chapter", tabIndex=-1, **{"data-chapter": _slug(title)}))
    for label, group in groupby(visuals, lambda visual: visual.choice and visual.choice.label):
        together = list(group)
        if label and len(together) > 1:
            parts.append(_alternatives(page, label, together, prefix))
        else:
            parts += (part for visual in together for part in _with_headline(page, visual, prefix))
    if any(visual.compares for visual in visuals):
        parts.append(_left_out(title))
    return parts


def _with_headline(page: Page, visual: Visual, prefix: str) -> list[Component]:
    """A visual; after the page's first, where it is cards, the sentence, for screens on which these come first."""
    first = visual is page.visuals[0] and visual.kind == "cards"
    headline = html.P(page.lead, className="headline") if first else None
    instead = _left_out(visual.name) if visual.why_not else None
    return [part for part in (_visual(page, visual, prefix), instead, headline) if part is not None]


def _left_out(of: str) -> Component:
    """Where it is said why something is not shown (assets/js/chapters.js): a chapter's visuals, or one."""
    return html.P(className="left-out", tabIndex=-1, hidden=True, **{"data-of": of})


def _rank_by(metrics: Sequence[str]) -> Component:
    """What campaigns are ranked by."""
    options = [html.Option(METRICS[key].short or METRICS[key].label, value=key) for key in metrics]
    select = html.Select(options, className="form-select form-select-sm", **{"data-do": "rank"})
    return html.Label([html.Span("Rank by"), select], className="rank")


#: Days of a trend as seven-day means (kpi/rolling.py).
_MEAN: Final = html.Button(
    "7-day mean",
    type="button",
    className="mean",
    hidden=True,
    **{"data-do": "rolling", "aria-pressed": "false", "data-tip": "Each day as the mean of the seven that end with it"},
)


def _columns(visual: Visual) -> Component | None:
    """Which column of a table a telephone shows first beside its names; as many more follow as fit
    (assets/js/columns.js), or all of them, which are then scrolled.
    """
    metrics = visual.spec.get("metrics", ())
    if visual.kind != "table" or len(metrics) < 2:
        return None
    options = [html.Option(METRICS[key].short or METRICS[key].label, value=key) for key in metrics]
    select = html.Select(
        [*options, html.Option("All columns, side by side", value="all")],
        className="form-select form-select-sm",
        **{"data-do": "columns"},
    )
    return html.Label([html.Span("First column"), select], className="columns")


def _alternatives(page: Page, label: str, visuals: Sequence[Visual], prefix: str) -> Component:
    """Several visuals in one place, the first of them shown, and a switch over them."""
    choices = [visual.choice for visual in visuals if visual.choice]
    options = [{"value": visual.name, "label": choice.option} for visual, choice in zip(visuals, choices, strict=True)]
    switch = dbc.RadioItems(
        id=f"choice-{page.key}-{visuals[0].name}",
        options=options,
        value=visuals[0].name,
        className="segments",
        inputClassName="visually-hidden",
    )
    return html.Div(
        [
            html.Div(switch, className="switch", role="radiogroup", **{"aria-label": label}),
            *(_visual(page, visual, prefix, unchosen=visual is not visuals[0]) for visual in visuals),
        ],
        className=f"alternatives span-{choices[0].width}",
    )


def _room(visual: Visual) -> dict[str, Any] | None:
    """The room of a visual's body before it is drawn, so that nothing moves then."""
    if visual.kind == "chart":
        return {"minHeight": f"{visual.spec['height']}px"}
    if visual.kind == "cards":  # in rows of four, on a telephone of two (assets/css/cards.css)
        cards = len(visual.spec["metrics"])
        return {"--fours": 1 if cards in (5, 6) else -(-cards // 4), "--twos": -(-cards // 2)}
    return None


def _title(page: Page, visual: Visual) -> list[Component]:
    """A visual's title, which opens it where it is folded; below a heading of the same words the question instead."""
    level = html.H3 if visual.chapter else html.H2
    title = f"visual-{page.key}-{visual.name}"
    if visual.title == visual.chapter:
        return [level(visual.title, id=title, className="visually-hidden"), html.P(visual.question)]
    opens = {"data-do": "fold", "aria-expanded": "false", "aria-controls": f"body-{page.key}-{visual.name}"}
    folds = html.Button([icon_of("chevron"), visual.title], type="button", className="fold", **opens)
    info = html.Button(
        icon_of("info"),
        type="button",
        className="info",
        **{"data-tip": visual.question, "aria-label": f"What “{visual.title}” answers"},
    )
    return [level(folds if visual.folded else visual.title, id=title), info]


def _visual(page: Page, visual: Visual, prefix: str, unchosen: bool = False) -> Component:
    name = f"{page.key}.{visual.name}"
    room = _room(visual)
    hidden = {"data-folded": visual.folded, "data-unchosen": unchosen}
    columns = _columns(visual)
    return html.Article(
        [
            html.Div(
                [
                    *_title(page, visual),
                    _rank_by(visual.spec["ranks"]) if visual.spec.get("rank") else None,
                    _MEAN if visual.spec.get("grain") else None,
                    html.Details(
                        [
                            html.Summary(
                                icon_of("more"),
                                **{"aria-label": f"Take “{visual.title}” away"},
                            ),
                            html.Div(
                                [
                                    html.Span("Download the data"),
                                    *(
                                        html.A(
                                            label,
                                            href=f"{prefix}data/{page.key}/{visual.name}.{form}{_FOR.get(form, '')}",
                                            **{"data-form": form},
                                        )
                                        for form, label in _FORMS
                                    ),
                                    html.Hr(),
                                    *([_ROWS] if visual.kind == "chart" else []),
                                    *(html.Button(label, type="button", **{"data-do": act}) for act, label in _ACTS),
                                ],
                                className="menu-list",
                            ),
                        ],
                        className="menu",
                    ),
                ],
                className="visual-head",
            ),
            columns,
            html.Div(className="body", id=f"body-{page.key}-{visual.name}", style=room),
        ],
        className=f"visual visual-{visual.kind} span-{visual.width}{' ranking' if visual.spec.get('rank') else ''}",
        **{
            "data-visual": name,
            "data-state": "loading",
            "aria-labelledby": f"visual-{page.key}-{visual.name}",
            **({"data-columns": visual.spec["metrics"][0]} if columns else {}),
            **hidden,
        },
    )
