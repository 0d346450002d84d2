"""The shell of the document: header, banners, headings and an empty place for each visual.

It is readable before any script has run. None of it is a component of Dash's (docs/decisions/0024): the browser's own
code fills the empty bodies in place. What Dash owns, stores and controls, is components/controls.py.
"""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.icons import icon_button, icon_of
from components.markup import to_markup
from components.page_body import body_of
from components.visuals import Page


def frame(
    pages: Sequence[Page],
    prefix: str,
    now: str,
    body: Sequence[Component],
    banners: tuple[str | None, str, str],
    account: tuple[str, str] | None,
) -> tuple[str, str]:
    """The markup before and after Dash's own part, for the reader who may open `pages` and opens `now`.

    `body` is what stands on the page `now` where that has no visuals. `banners` are a sentence over the figures,
    what the data can never tell, and the part of the Import page where it is added, "" for none.
    `account` is who is signed in, and the address that signs them out ("" where there is none).
    """
    before = [
        html.A("Skip to the figures", href="#figures", className="skip"),
        html.Div(id="progress", **{"aria-hidden": "true"}),
        _topbar(pages, prefix, account),
    ]
    after = html.Main(
        [
            _banners(banners, [page for page in pages if page.body == "import"], prefix),
            _heading(pages, now),
            html.P(id="notes", role="status", hidden=True),
            html.Div([_empty(), *(_page(page, prefix, now, body) for page in pages)], id="figures", tabIndex=-1),
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


def _icon_link(page: Page, prefix: str) -> Component:
    return html.A(
        [icon_of(page.icon), html.Span(page.title, className="visually-hidden")],
        href=prefix + page.path,
        className="btn icon-button",
        **{"data-go": page.key, "data-tip": page.title},
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


def _banners(said: tuple[str | None, str, str], ways: Sequence[Page], prefix: str) -> Component:
    """Everything that may stand above the figures, hidden until it has something to say.

    What the data can never tell (`said[1]`) is said once for all pages, with the `ways` to where it is added.
    """
    demo, lacks, place = said

    def banner(
        name: str, color: str, *controls: Component, text: str = "", hidden: bool = True, role: str = "alert"
    ) -> Component:
        return html.Div(
            html.Div(
                [html.Span(text, className="banner-text"), *controls],
                role=role,
                className=f"alert alert-{color} banner",
            ),
            id=f"banner-{name}",
            hidden=hidden,
        )

    def action(name: str, label: str) -> Component:
        return html.Button(
            label, id=name, type="button", className="btn btn-link btn-sm banner-action", **{"data-do": name}
        )

    def way(page: Page) -> Component:
        return html.A(
            "Add it", href=f"{prefix}{page.path}#import-{place}", className="btn btn-link btn-sm banner-action"
        )

    return html.Div(
        [
            *([banner("demo", "light", text=demo, hidden=False)] if demo else []),
            *(
                [banner("lacks", "light", *map(way, ways if place else ()), text=lacks, hidden=False, role="note")]
                if lacks
                else []
            ),
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


def _empty() -> Component:
    """What an open page says in the place of all its visuals where nothing matches (assets/js/page.js)."""
    said = [icon_of("empty"), html.P(), html.Div(className="ways")]
    return html.Section(said, id="empty", className="said", hidden=True, **{"aria-label": "No figures"})


def _page(page: Page, prefix: str, now: str, body: Sequence[Component]) -> Component:
    return html.Section(
        body_of(page, prefix) if page.visuals else (body if page.key == now else []),
        className="body-page" if page.body else "grid-page",
        hidden=page.key != now,
        **{"data-page": page.key, "aria-labelledby": f"title-{page.key}"},
    )
