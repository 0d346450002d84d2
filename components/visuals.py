"""`Visual` and `Page`: frozen values that describe what is shown, which data it needs and how it is drawn.

A page is a list of visuals in reading order. Everything else follows from that list: the empty container in the
layout, the entry in the view, the data address, the tests over all visuals.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from components.page_data import PageData
from kpi.selection import Grouping

Kind = Literal["cards", "table", "chart", "callouts"]


@dataclass(frozen=True)
class Visual:
    """One visual: `name` is its address, `question` the one line behind its title's info mark.

    `needs` are the groupings whose totals it reads, `before` those it reads of the baseline too, `around` those of all
    campaigns of all platforms. `draw` turns them into the answer of docs/wire.md, `rows` into the rows of its data
    address, whose columns are at least `columns`. What the browser knows beforehand is `spec`; `width` is in twelfths
    of the page. `less` makes the same visual without some metrics, None where nothing sensible is left; a visual
    that has no `less` needs all of its metrics.
    """

    name: str
    title: str
    question: str
    kind: Kind
    needs: tuple[Grouping, ...]
    metrics: tuple[str, ...]
    columns: tuple[str, ...]
    draw: Callable[[PageData], dict[str, Any]]
    rows: Callable[[PageData], list[dict[str, Any]]]
    spec: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Grouping, ...] = ()
    around: tuple[Grouping, ...] = ()
    width: int = 12
    less: Callable[[Set[str]], "Visual | None"] | None = None


@dataclass(frozen=True)
class Page:
    """One page: `path` is its address below the prefix ("" is the landing page).

    A page of visuals has a tab. One that has `body` instead stands whole in its own document (web/front.py), is served
    by the module of that name in assets/later, and is reached by its `icon` in the header. Whoever may open one of the
    pages it `comes_with` may open this one too; a page that names none is a right of its own. A `panel` has no address
    of its own: it is drawn over another page. One that is `own` is somebody's ordinary Dash page, whose layout is
    mounted when it is opened (callbacks/own_pages.py); with `graphs` it draws by all of
    plotly.js. Its `headline` is the sentence that stands over its figures.
    """

    key: str
    path: str
    title: str
    lead: str
    visuals: tuple[Visual, ...] = ()
    body: str = ""
    icon: str = ""
    comes_with: tuple[str, ...] = ()
    panel: bool = False
    own: bool = False
    graphs: bool = False
    headline: Visual | None = None

    @property
    def tab(self) -> str:
        """The title on the page's tab: without the word that says it is a page."""
        return self.title.removesuffix(" dashboard").removesuffix(" summary")


def without(page: Page, hidden: Set[str]) -> Page:
    """`page` without the metrics `hidden`: fewer cards and columns, and no visual that cannot do without them."""
    if not hidden:
        return page
    left = (_fewer(visual, hidden) for visual in page.visuals)
    headline = page.headline and _fewer(page.headline, hidden)
    return replace(page, visuals=tuple(visual for visual in left if visual), headline=headline)


def _fewer(visual: Visual, hidden: Set[str]) -> Visual | None:
    if hidden.isdisjoint(visual.metrics):
        return visual
    return visual.less(hidden) if visual.less else None
