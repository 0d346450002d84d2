"""Who is asking, and what they may see, for the request that is being answered."""

from flask import g

from access.identity import Reader
from access.rights import NOTHING, Rights


def current_rights() -> Rights:
    """The rights of the request that is being answered; none where nobody has checked it (web.guard)."""
    rights = g.get("rights", NOTHING) if g else NOTHING
    return rights if isinstance(rights, Rights) else NOTHING


def current_reader() -> Reader | None:
    """Who asks; nobody in the demo."""
    reader = g.get("reader") if g else None
    return reader if isinstance(reader, Reader) else None
