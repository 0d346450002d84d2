"""Whole pages that say why nothing is shown: not signed in, not allowed, not found. Plain HTML without scripts."""

from collections.abc import Sequence
from html import escape
from typing import Final

from components.visuals import Page

_STYLE: Final = (
    "body { font: 1rem/1.6 system-ui, sans-serif; margin: 15vh auto; max-width: 32rem; padding: 0 1rem;"
    " color-scheme: light dark } h1 { font-size: 1.6rem; line-height: 1.25 }"
)


def _whole(title: str, *paragraphs: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )


def _links(pages: Sequence[Page], prefix: str) -> str:
    return ", ".join(f'<a href="{escape(prefix + page.path)}">{escape(page.title)}</a>' for page in pages)


def no_such_page(pages: Sequence[Page], prefix: str) -> str:
    """An address that leads nowhere; `pages` are those that the reader may open."""
    there = f"There is: {_links(pages, prefix)}." if pages else ""
    return _whole("There is no page here", "The address may be cut off or mistyped.", there)


def not_allowed(name: str, contact: str, pages: Sequence[Page], prefix: str, log_out: str) -> str:
    """A page that the reader may not open: whom to ask, and what they may open instead."""
    return _whole(
        "This page is not yours to see",
        f"You are signed in as {escape(name)}. To see this page, ask {escape(contact)}.",
        f"You may open: {_links(pages, prefix)}." if pages else "",
        f'<a href="{escape(log_out)}">Sign out</a>' if log_out else "",
    )


def no_sign_in(sentence: str) -> str:
    """Nobody can sign in just now: `sentence` says whom to tell."""
    return _whole("Nobody can sign in just now", escape(sentence))


def not_signed_in() -> str:
    """No valid sign-in; the empty link leads to the same address, which the proxy answers with its sign-in."""
    return _whole(
        "You are not signed in",
        'This dashboard is reached through your company\'s sign-in. <a href="">Sign in</a>, or open the address that '
        "your company gives for it.",
    )
