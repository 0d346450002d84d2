"""`Visual` and `Page`: frozen values that describe what is shown, which data it needs and how it is drawn.

A page is a list of visuals in reading order. Everything else follows from that list: the empty container in the
layout, the entry in the view, the data address, the tests over all visuals.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from components.page_data import PageData
from kpi.schema import DATE
from kpi.selection import Grouping

Kind = Literal["cards", "table", "chart", "callouts"]


@dataclass(frozen=True)
class Choice:
    """Several visuals in one place, of which a switch called `label` shows one; `option` is this one's word on it.

    `width` is that of the place in twelfths of the page; on paper all of them stand, each in its own width.
    """

    label: str
    option: str
    width: int


@dataclass(frozen=True)
class Visual:
    """One visual: `name` is its address, `question` the one line behind its title's info mark.

    `needs` are the groupings whose totals it reads, `before` those it reads of the baseline too, `around` those of all
    campaigns of all platforms. `draw` turns them into the answer of docs/wire.md, `rows` into the rows of its data
    address, whose columns are at least `columns`. What the browser knows beforehand is `spec`; `width` is in twelfths
    of the page. `less` makes the same visual without some metrics, None where nothing sensible is left; a visual
    that has no `less` needs all of its metrics. `fit` does the same where the data lack them, and may put others in
    their place. One that only `compares` the groups of a grouping is left out where there are fewer than two; `alone`
    finds other reasons why there are, ``As only one campaign can be judged``, "" where there is none. `own`
    makes the same with the columns of a company's own dimensions. One that is of the whole company has a `why_not`: why
    it is not shown for a query, "" where it is.

    Where it stands in a page: in the `chapter` of that title; in a place with others, by `choice`; `folded`, with only
    its head to be seen before it is opened.
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
    fit: Callable[[Set[str]], "Visual | None"] | None = None
    compares: Grouping = ()
    alone: Callable[[PageData], str] | None = None
    of_change: bool = False
    own: Callable[[tuple[str, ...]], "Visual"] | None = None
    why_not: Callable[[PageData], str] | None = None
    chapter: str = ""
    choice: Choice | None = None
    folded: bool = False


@dataclass(frozen=True)
class Page:
    """One page: `path` is its address below the prefix ("" is the landing page).

    A page of visuals has a tab. One that has `body` instead stands whole in its own document (web/front.py), is served
    by the module of that name in assets/later, and is reached by its `icon` in the header. Whoever may open one of the
    pages it `comes_with` may open this one too; a page that names none is a right of its own. A `panel` has no address
    of its own: it is drawn over another page. One that is `own` is somebody's ordinary Dash page, whose layout is
    mounted when it is opened (callbacks/own_pages.py); with `graphs` it draws by all of
    plotly.js. Its `headline` is the sentence that stands over its figures. `by_own` makes a visual for each of a
    company's own dimensions, which stands where `visuals` has one of the name `own_after`; `own_dimensions` are those.
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
    by_own: Callable[[str], Visual] | None = None
    own_after: str = ""
    own_dimensions: tuple[str, ...] = ()

    @property
    def tab(self) -> str:
        """The title on the page's tab: without the word that says it is a page."""
        return self.title.removesuffix(" dashboard").removesuffix(" summary")


def for_files(visual: Visual) -> Visual:
    """`visual` as files have it: the rows of a table stand beside what they are compared with, which no page draws."""
    return replace(visual, before=visual.needs) if visual.kind == "table" else visual


def chapter(title: str, *visuals: Visual) -> tuple[Visual, ...]:
    """A chapter of a page: `visuals` under one heading, which the bar on top of the page leads to."""
    return tuple(replace(visual, chapter=title) for visual in visuals)


def alternatives(label: str, options: Mapping[str, Visual], width: int = 12) -> tuple[Visual, ...]:
    """The visuals of `options` in one place, of which a switch called `label` shows one, the first to begin with."""
    return tuple(replace(visual, choice=Choice(label, option, width)) for option, visual in options.items())


def fold(*visuals: Visual) -> tuple[Visual, ...]:
    """`visuals` with only their heads to be seen before they are opened."""
    return tuple(replace(visual, folded=True) for visual in visuals)


def with_own_dimensions(page: Page, own: tuple[str, ...]) -> Page:
    """`page` with the columns, and the visuals, of a company's `own` dimensions."""
    if not own:
        return page
    visuals: list[Visual] = []
    for visual in page.visuals:
        visuals.append(_in_place_of(visual, visual.own(own)) if visual.own else visual)
        if page.by_own and visual.name == page.own_after:
            visuals += [replace(page.by_own(key), chapter=visual.chapter) for key in own]
    return replace(page, visuals=tuple(visuals), own_dimensions=own)


def without(page: Page, hidden: Set[str]) -> Page:
    """`page` without the metrics `hidden`: fewer cards and columns, and no visual that cannot do without them."""
    if not hidden:
        return page
    left = (_fewer(visual, hidden) for visual in page.visuals)
    headline = page.headline and _fewer(page.headline, hidden)
    return replace(page, visuals=tuple(visual for visual in left if visual), headline=headline)


def fit_to_data(page: Page, unknown: Set[str], single: Set[str]) -> Page:
    """`page` without what a company's data can never tell: the metrics `unknown`, and what compares the values of
    dimensions that have a `single` one. Call-outs stay as long as they have something to speak of.
    """
    left = []
    for visual in page.visuals:
        # What has a row a campaign tells of campaigns, whatever else it divides them by.
        groupings = (grouping for grouping in visual.needs if "campaign" not in grouping)
        by = {name for grouping in groupings for name in grouping} - _NO_BREAKDOWN
        if (by and by <= single) or (visual.compares and set(visual.compares) <= single):
            continue
        if visual.kind == "callouts":
            left += [visual] if set(visual.metrics) - unknown - {"spend"} else []
        elif fewer := _fewer(replace(visual, less=visual.fit or visual.less), unknown):
            left.append(fewer)
    return replace(page, visuals=tuple(left))


#: What groups visuals and is no breakdown that a company may lack.
_NO_BREAKDOWN: Final = frozenset((DATE, "platform", "campaign"))


def _fewer(visual: Visual, hidden: Set[str]) -> Visual | None:
    if hidden.isdisjoint(visual.metrics):
        return visual
    left = visual.less(hidden) if visual.less else None
    return left and _in_place_of(visual, left)


def _in_place_of(visual: Visual, other: Visual) -> Visual:
    return replace(other, chapter=visual.chapter, choice=visual.choice, folded=visual.folded)
