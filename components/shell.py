"""The shell of the document: header, banners, headings and an empty place for each visual.

It is readable before any script has run. None of it is a component of Dash's (docs/decisions/0024): the browser's own
code fills the empty bodies in place. What Dash owns, stores and controls, is components/controls.py.
"""

from collections.abc import Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from components.markup import to_markup
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


def frame(
    pages: Sequence[Page],
    prefix: str,
    now: str,
    body: Sequence[Component],
    banner: str | None,
    account: tuple[str, str] | None,
) -> tuple[str, str]:
    """The markup before and after Dash's own part, for the reader who may open `pages` and opens `now`.

    `body` is what stands on the page `now` where that has no visuals. `banner` is a sentence over the figures.
    `account` is who is signed in, and the address that signs them out ("" where there is none).
    """
    before = [
        html.A("Skip to the figures", href="#figures", className="skip"),
        html.Div(id="progress", **{"aria-hidden": "true"}),
        _topbar(pages, prefix, account),
    ]
    after = html.Main(
        [
            _banners(banner),
            _heading(pages, now),
            html.P(id="notes", role="status", hidden=True),
            html.Div([_page(page, prefix, now, body) for page in pages], id="figures", tabIndex=-1),
            _agreement(),
        ],
        id="main",
    )
    return to_markup(before), to_markup(after)


def _topbar(pages: Sequence[Page], prefix: str, account: tuple[str, str] | None) -> Component:
    return html.Header(
        [
            html.A(
                [html.Span(className="brand-mark", **{"aria-hidden": "true"}), html.Span("Marketing dashboard")],
                href=prefix,
                className="brand",
                **{"data-go": pages[0].key},
            ),
            html.Nav(
                [html.A(page.tab, href=prefix + page.path, **{"data-go": page.key}) for page in pages if not page.icon],
                className="tabs",
                **{"aria-label": "Pages"},
            ),
            html.Div(id="status", className="status"),
            *(_icon_link(page, prefix) for page in pages if page.icon),
            icon_button("theme", "Theme"),
            *([_account(*account)] if account else []),
        ],
        className="topbar",
    )


def _account(name: str, log_out: str) -> Component:
    return html.Details(
        [
            html.Summary(
                [icon_of("person"), html.Span(f"Signed in as {name}", className="visually-hidden")],
                className="icon-button",
            ),
            html.Div(
                [html.Span(name), *([html.A("Sign out", href=log_out)] if log_out else [])], className="menu-list"
            ),
        ],
        id="account",
        className="menu",
    )


def icon_of(name: str) -> Component:
    """A picture from assets/css/icons.css."""
    return html.Span(className=f"icon icon-{name}", **{"aria-hidden": "true"})


def _icon_link(page: Page, prefix: str) -> Component:
    return html.A(
        [icon_of(page.icon), html.Span(page.title, className="visually-hidden")],
        href=prefix + page.path,
        className="btn icon-button",
        **{"data-go": page.key, "data-tip": page.title},
    )


def icon_button(name: str, label: str, icon: str | None = None, more: str = "") -> Component:
    """A button that shows only a picture; its words are there for who cannot see it."""
    words = html.Span(label, className="visually-hidden")
    return html.Button(
        [icon_of(icon or name), words],
        id=name,
        type="button",
        className=f"btn btn-link icon-button {more}".strip(),
        **{"data-do": name},
    )


def _heading(pages: Sequence[Page], now: str) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [html.H1(page.title, id=f"title-{page.key}", tabIndex=-1), html.P(page.lead)],
                        hidden=page.key != now,
                        **{"data-page": page.key},
                    )
                    for page in pages
                ],
                className="titles",
            ),
            html.Div(
                [
                    html.P([html.Strong(), html.Span()], id="period"),
                    html.Div(id="chips", role="group", **{"aria-label": "Filters in use"}),
                ],
                className="context",
            ),
        ],
        className="heading",
    )


def _banners(demo: str | None) -> Component:
    """Everything that may stand above the figures; all but the first are hidden until they have something to say."""

    def banner(name: str, color: str, *controls: Component, text: str = "", hidden: bool = True) -> Component:
        return html.Div(
            html.Div(
                [html.Span(text, className="banner-text"), *controls],
                role="alert",
                className=f"alert alert-{color} banner",
            ),
            id=f"banner-{name}",
            hidden=hidden,
        )

    def action(name: str, label: str) -> Component:
        return html.Button(
            label, id=name, type="button", className="btn btn-link btn-sm banner-action", **{"data-do": name}
        )

    return html.Div(
        [
            *([banner("demo", "light", text=demo, hidden=False)] if demo else []),
            banner("as-of", "warning", action("show-today", "Show today's")),
            banner("newer", "primary", action("show-newer", "Show"), html.Span(className="auto-slot")),
            banner("lost", "warning", action("retry-lost", "Retry")),
            banner("error", "danger", action("retry-error", "Retry")),
            banner("notice", "warning"),
            banner("own", "warning"),
        ],
        id="banners",
    )


def _agreement() -> Component:
    """What is said over figures that are not those of what is chosen (assets/js/agreement.js)."""
    stop = html.Button("Stop waiting", type="button", className="btn btn-sm btn-light", **{"data-do": "stop"})
    return html.Div([html.Span(), stop], id="agreement", className="agreement", hidden=True)


def _page(page: Page, prefix: str, now: str, body: Sequence[Component]) -> Component:
    return html.Section(
        [part for visual in page.visuals for part in _with_headline(page, visual, prefix)]
        or (body if page.key == now else []),
        className="body-page" if page.body else "grid-page",
        hidden=page.key != now,
        **{"data-page": page.key, "aria-labelledby": f"title-{page.key}"},
    )


def _with_headline(page: Page, visual: Visual, prefix: str) -> list[Component]:
    """A visual; after the page's first, where it is cards, the sentence, for screens on which these come first."""
    first = visual is page.visuals[0] and visual.kind == "cards"
    return [_visual(page, visual, prefix), *([html.P(page.lead, className="headline")] if first else [])]


def _room(visual: Visual) -> dict[str, Any] | None:
    """The room of a visual's body before it is drawn, so that nothing moves then."""
    if visual.kind == "chart":
        return {"minHeight": f"{visual.spec['height']}px"}
    if visual.kind == "cards":  # in rows of four, on a telephone of two (assets/css/cards.css)
        cards = len(visual.spec["metrics"])
        return {"--fours": 1 if cards == 5 else -(-cards // 4), "--twos": -(-cards // 2)}
    return None


def _rank_by(metrics: Sequence[str]) -> Component:
    """What campaigns are ranked by."""
    options = [html.Option(METRICS[key].short or METRICS[key].label, value=key) for key in metrics]
    select = html.Select(options, className="form-select form-select-sm", **{"data-do": "rank"})
    return html.Label([html.Span("Rank by"), select], className="rank")


def _visual(page: Page, visual: Visual, prefix: str) -> Component:
    name = f"{page.key}.{visual.name}"
    title = f"visual-{page.key}-{visual.name}"
    room = _room(visual)
    return html.Article(
        [
            html.Div(
                [
                    html.H2(visual.title, id=title),
                    html.Button(
                        icon_of("info"),
                        type="button",
                        className="info",
                        **{"data-tip": visual.question, "aria-label": f"What “{visual.title}” answers"},
                    ),
                    _rank_by(visual.spec["ranks"]) if visual.spec.get("rank") else None,
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
            html.Div(className="body", style=room),
        ],
        className=f"visual visual-{visual.kind} span-{visual.width}{' ranking' if visual.spec.get('rank') else ''}",
        **{"data-visual": name, "data-state": "loading", "aria-labelledby": title},
    )
