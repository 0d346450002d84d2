"""The normal form of column names, with what they say of their numbers: the currency, or that they are millionths."""

import re
import unicodedata
from typing import Final

from babel.numbers import is_currency

_CURRENCY: Final = re.compile(r"\s*[(\[]([A-Z]{3}|[A-Z]{0,2}[$€£¥₹₺₩])[)\]]\s*$")
_SIGNS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "₺": "TRY", "₩": "KRW", "US$": "USD"}
_INVISIBLE: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u00ad"))
_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "–": "-", "_": " "})
_FORMULA: Final = re.compile(r'^="(.*)"$')
_MILLIONTHS: Final = re.compile(
    r"(?:^|[\W_])(?:micros?|millionths?|micro amount)\b|[a-z]micros$|\bmicro (?:currency|units?|dollars?)\b"
)


def plain_header(header: object) -> str:
    """A header's text without Excel's `="…"` around it."""
    text = "" if header is None else str(header)
    return _FORMULA.sub(r"\1", text.strip()) if text.lstrip()[:1] == "=" else text


def normal(header: object) -> str:
    """A header's normal form: without case, currency, underscores, doubled spaces and invisible characters."""
    text = unicodedata.normalize("NFKC", plain_header(header)).translate(_INVISIBLE)
    text = text.strip()
    found = _CURRENCY.search(text)
    if found and _holds_currency(found[1]):
        text = text[: found.start()]
    return " ".join(text.translate(_APOSTROPHES).casefold().split()).rstrip(":")


def scale_of(header: str) -> float:
    """What a normal `header` says its numbers are to be multiplied by: millionths of a currency's unit are 10⁻⁶."""
    return 1e-6 if _MILLIONTHS.search(header) else 1.0


def currency_of(header: object) -> str | None:
    """The currency in a header's brackets: ``Amount spent (USD)``."""
    found = _CURRENCY.search(plain_header(header).strip())
    if not found or not _holds_currency(found[1]):
        return None
    return found[1] if found[1].isalpha() else _SIGNS.get(found[1])


def _holds_currency(text: str) -> bool:
    """Whether brackets hold a currency: "Conversions (VTA)" are others than "Conversions"."""
    return not text.isalpha() or is_currency(text)
