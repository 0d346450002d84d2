"""The pages a reader may open, without the metrics that are hidden from them."""

from collections.abc import Sequence
from dataclasses import replace

from access.rights import Rights
from components.address import RANKS
from components.visuals import Page, without


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


def visible_ranks(rights: Rights) -> tuple[str, ...]:
    """What campaigns can be ranked by; an order gives the metric away too."""
    return tuple(rank for rank in RANKS if rights.shows((rank,)))
