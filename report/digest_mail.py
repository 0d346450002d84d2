"""A digest as a mail: HTML that mail programs show (tables, styles on each element, no picture, no script) and text.

What Outlook, Gmail and Apple Mail support is caniemail.com's list; tests hold the styles used against a part of it.
"""

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Final

from facts.protocol import utc_now
from kpi.plain_text import printable
from report.digest_content import Digest, DigestFigure, Line

#: What keeps a day or an amount of a language apart from a sentence (kpi.formats); a line of its own needs none.
_MARKS: Final = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")
_FONT: Final = "font-family:Arial,Helvetica,sans-serif"
_INK, _MUTED, _LINK, _LINE, _PAPER, _SHEET = "#1a1d29", "#5a6072", "#3730a3", "#dfe2ea", "#f4f5f8", "#ffffff"
_TONES: Final = {"good": "#0b6e4f", "bad": "#a8320a", "": _MUTED}
#: Programs that know the reader's dark theme take these; the others show the light one.
_DARK: Final = """
@media (prefers-color-scheme: dark) {
.paper { background-color: #14161d !important; }
.sheet { background-color: #1d2029 !important; }
.ink { color: #eceef4 !important; }
.muted { color: #a7adbd !important; }
.link { color: #a5b4fc !important; }
.good { color: #6ee7b7 !important; }
.bad { color: #fdba74 !important; }
.line { border-color: #343846 !important; }
}
"""


def one_line(text: str) -> str:
    """`text` without what would end a header's line, or turn its reading order."""
    return " ".join(printable(_MARKS.sub("", text)).split(" "))


def message_of(digest: Digest, sender: str, recipient: str, message_id: str) -> EmailMessage:
    """The mail of a digest, with its text and its HTML."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = one_line(digest.subject)
    mail["From"] = sender
    mail["To"] = parseaddr(recipient)[1]
    mail["Date"] = format_datetime(utc_now())
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text_of(digest))
    mail.add_alternative(html_of(digest), subtype="html")
    return mail


def text_of(digest: Digest) -> str:
    """The digest as plain text, each address below what it shows."""
    lines = [digest.title, *filter(None, (_filters(digest),)), digest.period, "", digest.headline, ""]
    for each in digest.figures:
        change = f"  {each.step} from {each.was}" if each.step and each.was else ""
        lines += [f"{each.label}: {each.text}{change}", f"  {each.link}"]
    for title, found in _sections(digest):
        lines += ["", title]
        for line in found:
            lines += [f"- {line.text}", *([f"  {line.link}"] if line.link else [])]
    every = [*lines, "", f"The page: {digest.address}", _foot(digest)]
    return "\n".join(one_line(line) for line in every) + "\n"


def html_of(digest: Digest) -> str:
    """The digest as HTML, some ten kilobytes."""
    figures = "".join(_figure(each) for each in digest.figures)
    sections = "".join(_section(title, lines) for title, lines in _sections(digest))
    filters = _paragraph(_filters(digest), "muted", 13) if digest.filters else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{escape(digest.title)}</title><style>{_DARK}</style></head>
<body class="paper" style="margin:0;padding:0;background-color:{_PAPER}">
<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="background-color:{_PAPER}"><tr><td align="center" style="padding:16px 8px">
<table role="presentation" class="sheet line" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="max-width:600px;background-color:{_SHEET};border:1px solid {_LINE}"><tr><td style="padding:20px">
<h1 class="ink" style="margin:0 0 4px;{_FONT};font-size:20px;line-height:26px;color:{_INK}">{escape(digest.title)}</h1>
{filters}{_paragraph(digest.period, "muted", 13)}{_paragraph(digest.headline, "ink", 16)}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">{figures}</table>
{sections}
{_paragraph("", "ink", 14, _link("Open the page", digest.address))}
{_paragraph(_foot(digest), "muted", 12)}
</td></tr></table></td></tr></table></body></html>
"""


def _filters(digest: Digest) -> str:
    return f"Only {digest.filters}" if digest.filters else ""


def _sections(digest: Digest) -> list[tuple[str, list[Line]]]:
    """The parts below the figures that have something to say."""
    parts = [
        ("What changed most", list(digest.changes)),
        ("What to decide", list(digest.decisions)),
        ("What not to trust yet", [Line(text, "") for text in digest.doubts]),
        ("Corrections", [Line(text, "") for text in digest.corrections]),
    ]
    return [(title, lines) for title, lines in parts if lines]


def _foot(digest: Digest) -> str:
    if not digest.version:
        return "These data keep no versions: the page behind a link shows what the days have by then."
    if digest.of_shop:
        return (
            f"Figures of the ads are of version {digest.version} of the data, and so are the pages behind the links. "
            "The shop’s are of its newest days: later imports of the shop change them for as long as that version is "
            "the newest."
        )
    return f"All figures are of version {digest.version} of the data, and so are the pages behind the links."


def _figure(each: DigestFigure) -> str:
    tone = f"{each.step} from {each.was}" if each.step and each.was else each.was and f"was {each.was}"
    cell = f"padding:8px 8px 8px 0;border-top:1px solid {_LINE};{_FONT}"
    return (
        f'<tr><td class="muted line" style="{cell};font-size:13px;color:{_MUTED}">{escape(each.label)}</td>'
        f'<td class="line" align="right" style="{cell};font-size:20px;font-weight:bold">'
        f"{_link(each.text, each.link)}</td>"
        f'<td class="{each.tone or "muted"} line" align="right" width="42%" style="{cell};font-size:13px;'
        f'color:{_TONES[each.tone]}">{escape(tone)}</td></tr>'
    )


def _section(title: str, lines: list[Line]) -> str:
    links = [_link("Look at it", line.link) if line.link else "" for line in lines]
    items = "".join(_paragraph(line.text, "ink", 14, link) for line, link in zip(lines, links, strict=True))
    style = f"margin:20px 0 4px;{_FONT};font-size:15px;line-height:20px;color:{_INK}"
    return f'<h2 class="ink" style="{style}">{title}</h2>{items}'


def _paragraph(text: str, kind: str, size: int, more: str = "") -> str:
    color = _INK if kind == "ink" else _MUTED
    space = " " if text and more else ""
    return (
        f'<p class="{kind}" style="margin:4px 0;{_FONT};font-size:{size}px;line-height:{round(size * 1.45)}px;'
        f'word-break:break-word;color:{color}">{escape(text)}{space}{more}</p>'
    )


def _link(text: str, address: str) -> str:
    return f'<a class="link" href="{escape(address)}" style="color:{_LINK};text-decoration:none">{escape(text)}</a>'
