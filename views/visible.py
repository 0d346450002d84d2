"""The pages a reader may open, without the metrics that are hidden from them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from access.rights import Rights
from components.address import RANKS
from components.visuals import Page, fit_to_data, with_own_dimensions, without
from facts import Facts
from kpi.caveats import PlatformReport
from kpi.costs import needs_costs
from kpi.coverage import MissingPart, metrics_of_measures, missing_parts, say_what_is_unknown, unknown_metrics
from kpi.metrics import COMPANY_WIDE

#: Pages that were made to fit, with what they were made of: the same few data are asked all the time.
_made: Final[dict[object, tuple[Page, Page]]] = {}
_MOST: Final = 64


def with_panels(rights: Rights, pages: Sequence[Page]) -> Rights:
    """`rights`, opening also those of `pages` that go with one they open."""
    more = tuple(page.key for page in pages if any(map(rights.opens, page.comes_with)))
    return replace(rights, pages=(*rights.pages, *more)) if more else rights


def visible_pages(pages: Sequence[Page], rights: Rights) -> tuple[Page, ...]:
    """Those of `pages` that `rights` open, each without the visuals and columns of hidden metrics."""
    return tuple(without(page, rights.hides) for page in pages if rights.opens(page.key))


def visible_page(pages: Sequence[Page], rights: Rights, key: str) -> Page | None:
    """The page called `key`, as `visible_pages` has it; None where `rights` do not open it."""
    return next((page for page in visible_pages(pages, rights) if page.key == key), None)


def visible_ranks(rights: Rights, facts: Facts) -> tuple[str, ...]:
    """What campaigns can be ranked by; an order gives the metric away too."""
    unknown = unknown_to(rights, facts)
    return tuple(rank for rank in RANKS if rights.shows((rank,)) and rank not in unknown)


def may_know_costs(rights: Rights) -> bool:
    """Whether a reader may know the costs that somebody stated: not where metrics are hidden that need costs."""
    return not needs_costs(rights.hides)


def unknown_to(rights: Rights, facts: Facts) -> frozenset[str]:
    """The metrics that no platform which `rights` may see has the measures for, nor the shop on any day."""
    reported = _reports(rights, facts)
    shop = COMPANY_WIDE if reported and facts.side.has_no_shop else metrics_of_measures(facts.side.shop_gaps)
    return unknown_metrics(reported) | shop


def page_of(page: Page, rights: Rights, facts: Facts | None) -> Page:
    """`page` with what the company's own dimensions add to it, without the metrics that `rights` hide."""
    return page if facts is None else without(with_own_dimensions(page, facts.own.keys), rights.hides)


def fitting_page(page: Page, rights: Rights, facts: Facts) -> Page:
    """`page` with the company's own dimensions, without what the data that `rights` may see can never tell (its data
    addresses stay).
    """
    options = facts.options(rights.rows)
    single = frozenset(name for name, values in options.items() if len(values) == 1)
    unknown = unknown_to(rights, facts)
    own = facts.own.keys
    if not page.visuals or not (unknown or single or own):
        return page
    key = (id(page), unknown, single, own)
    if (made := _made.get(key)) is None or made[0] is not page:
        if len(_made) >= _MOST:
            _made.clear()
        made = _made[key] = page, fit_to_data(page_of(page, rights, facts), unknown, single)
    return made[1]


def what_is_unknown(pages: Sequence[Page], rights: Rights, facts: Facts) -> str:
    """A sentence where metrics of `pages` are unknown in the data, and what brings them; else ""."""
    unknown = unknown_to(rights, facts)
    on_pages = dict.fromkeys(metric for page in pages for visual in page.visuals for metric in visual.metrics)
    if not on_pages:
        return ""
    gone = [key for key in on_pages if key in unknown - COMPANY_WIDE]
    side = facts.side
    untold = side.shop_gaps if COMPANY_WIDE.isdisjoint(rights.hides) else frozenset()
    return say_what_is_unknown(_reports(rights, facts), gone, not side.has_no_shop, side.takes_imports, untold)


def parts_missing(rights: Rights, facts: Facts) -> list[MissingPart]:
    """What somebody may add to the data that `rights` may see."""
    side = facts.side
    return missing_parts(_reports(rights, facts), not side.has_no_shop, bool(side.costs.costs), side.shop_gaps)


def _reports(rights: Rights, facts: Facts) -> list[PlatformReport]:
    platforms = facts.options(rights.rows)["platform"]
    return [each for each in facts.side.reported if each.platform in platforms]
