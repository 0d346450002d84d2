"""What is drawn for a reader: the pages they may open, without what they may not see."""

from collections.abc import Sequence
from dataclasses import replace

from flask import g

from access.identity import Reader
from access.rights import NOTHING, Rights
from components.url import RANKS
from components.visuals import Page, without


def rights() -> Rights:
    """The rights of the request that is being answered; none where nobody has checked it (callbacks.guard)."""
    found = g.get("rights", NOTHING) if g else NOTHING
    return found if isinstance(found, Rights) else NOTHING


def reader() -> Reader | None:
    """Who asks; nobody in the demo."""
    found = g.get("reader") if g else None
    return found if isinstance(found, Reader) else None


def with_beside(rights: Rights, pages: Sequence[Page]) -> Rights:
    """`rights`, opening also those of `pages` that stand beside one they open."""
    more = tuple(page.key for page in pages if any(map(rights.opens, page.beside)))
    return replace(rights, pages=(*rights.pages, *more)) if more else rights


def shown(pages: Sequence[Page], rights: Rights) -> tuple[Page, ...]:
    """Those of `pages` that `rights` open, each without the visuals and columns of hidden metrics."""
    return tuple(without(page, rights.hides) for page in pages if rights.opens(page.key))


def ranks(rights: Rights) -> tuple[str, ...]:
    """What campaigns can be ranked by; an order tells about the metric too."""
    return tuple(rank for rank in RANKS if rights.shows((rank,)))
