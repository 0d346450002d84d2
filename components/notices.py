"""Whole pages that say why nothing is shown: not signed in, not allowed, not found. Plain HTML without scripts."""

from collections.abc import Sequence
from html import escape
from typing import Final

from components.document import ICON
from components.visuals import Page

#: The page's own style sheet is for who may open it; this is its look in few words, in either theme (css/tokens.css).
_STYLE: Final = """
:root { color-scheme: light dark; --canvas: #f6f7f9; --paper: #fff; --edge: #e3e5ea; --text: #16181d; --link: #3a34c4 }
@media (prefers-color-scheme: dark) {
  :root { --canvas: #0e1013; --paper: #16181d; --edge: #2a2e37; --text: #e6e8ec; --link: #a9a0ff }
}
body { margin: 0; background: var(--canvas); color: var(--text); font: 1rem/1.6 Inter, system-ui, sans-serif }
header { display: flex; gap: .625rem; align-items: center; height: 3.5rem; padding: 0 1.25rem; background: var(--paper);
  border-bottom: 1px solid var(--edge); font-weight: 600 }
header img { width: 1.5rem; height: 1.5rem }
main { max-width: 34rem; margin: 12vh auto 2rem; padding: 1.5rem 2rem; background: var(--paper);
  border: 1px solid var(--edge); border-radius: .75rem }
code { overflow-wrap: anywhere }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.02em }
p { margin: .5rem 0 }
a { color: var(--link) }
@media (max-width: 38rem) { main { margin: 1rem; padding: 1rem 1.25rem } }
"""


def _whole(title: str, *paragraphs: str, head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"{head}<title>{escape(title)}</title><style>{_STYLE}</style>"
        f'<header><img src="{ICON}" alt="">Marketing dashboard</header>'
        f"<main><h1>{escape(title)}</h1>{body}</main></html>"
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


def no_key(again: str, here: bool) -> str:
    """Own data, and no key to them: how to get an address that has one, `here` on this machine or where it runs.

    `again` is where the page leads by itself: a browser does not send the key along where another page led here.
    """
    if again:
        head = f'<meta http-equiv="refresh" content="0;url={escape(again)}">'
        return _whole("Opening the dashboard", f'<a href="{escape(again)}">Open it</a>', head=head)
    command = "<code>.venv/bin/marketing-dashboard address</code>"
    where = "In the dashboard’s folder type" if here else "Where the dashboard runs, type"
    return _whole(
        "This dashboard shows its owner’s data",
        f"This browser has no key to it, or the address was used before. {where} {command}, and open the address that "
        "it prints: it works once, within a day.",
        ""
        if here
        else "In a container that is <code>docker exec CONTAINER marketing-dashboard address</code>; the address also "
        "stands in <code>docker logs CONTAINER</code>.",
    )
