"""Our pages in Dash's registry: `dash.page_registry` has them as the navigation shows them, in its order."""

from collections.abc import Sequence

import dash

from components.visuals import Page


def register_pages(pages: Sequence[Page]) -> None:
    """Register each of `pages` that has an address of its own with `dash.register_page`. Needs a Dash app.

    The registry is Dash's and one a process: it is emptied first, so that each app has its own pages. What a page shows
    is no layout of Dash's but stays in the document (docs/decisions/0024).
    """
    dash.page_registry.clear()
    for order, page in enumerate(page for page in pages if not page.panel):
        path, name = f"/{page.path}", f"pages.{page.key}"
        dash.register_page(name, path=path, title=page.title, name=page.tab, order=order, layout=dash.html.Div())
