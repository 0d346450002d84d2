"""Who is asking, for what, and what they may see, for the request that is being answered."""

from flask import g, request

from access.identity import Reader
from access.rights import NOTHING, Rights
from components.address import Address


def current_rights() -> Rights:
    """The rights of the request that is being answered; none where nobody has checked it (web.guard)."""
    rights = g.get("rights", NOTHING) if g else NOTHING
    return rights if isinstance(rights, Rights) else NOTHING


def current_reader() -> Reader | None:
    """Who asks; nobody in the demo."""
    reader = g.get("reader") if g else None
    return reader if isinstance(reader, Reader) else None


def may_keep() -> bool:
    """Whether what who asks imports is kept: never for anybody at the demo, without a sign-in or key."""
    return current_reader() is not None


def current_address() -> Address:
    """The query string of the request, taken apart: call it once."""
    return Address.of(request.query_string.decode("latin-1"))
