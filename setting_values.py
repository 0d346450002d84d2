"""How the text of a setting becomes its value. Each raises ValueError for what it cannot be."""

import os
import re
from collections.abc import Callable
from typing import Final

from babel import Locale, UnknownLocaleError


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A whole number from `low` to `high`."""

    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return parse


def text_that(holds: Callable[[str], object]) -> Callable[[str], str]:
    """A text that `holds` is true of."""

    def parse(text: str) -> str:
        if not holds(text):
            raise ValueError
        return text

    return parse


def path_prefix(text: str) -> str:
    """A path from / to /."""
    if not (text.startswith("/") and text.endswith("/")) or "//" in text or not text.isprintable() or "?" in text:
        raise ValueError
    return text


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of some texts."""
    return text_that(allowed.__contains__)


def text_like(pattern: str) -> Callable[[str], str]:
    """A text that a regular expression matches as a whole."""
    return text_that(re.compile(pattern).fullmatch)


def empty_or(holds: Callable[[str], bool]) -> Callable[[str], str]:
    """An empty text, or one that `holds` is true of."""
    return text_that(lambda text: not text or holds(text))


HEADER: Final = r"[A-Za-z0-9-]{1,64}"
KEYS: Final = r"|(https?://[^\s?#]+|(file://)?/\S+)"
SMTP: Final = r"|smtps?://[!-~]+"
MAIL: Final = r"|[^\s@<>]+@[^\s@<>]+"
PUBLIC: Final = r"|https?://[!-~]+/"
NOT_EMPTY: Final = r"(?s).*\S.*"
ADDRESS: Final = r"|(https?://|/(?!/))[!-~]*"


def host_names(text: str) -> tuple[str, ...]:
    """Host names, comma-separated."""
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if not hosts or not all(re.fullmatch(r"\*|\.?[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]", host) for host in hosts):
        raise ValueError
    return hosts


def locale_name(text: str) -> str:
    """A locale of CLDR, as BCP 47 writes it."""
    try:
        known = Locale.parse(text, sep="-")
    except UnknownLocaleError as problem:
        raise ValueError from problem
    return str(known).replace("_", "-")


def days_by_platform(text: str) -> dict[str, int] | None:
    """Days by platform, as in ``Meta=3,Amazon=14``; none for ``off``, None where nothing is said."""
    if text in ("", "off"):
        return {} if text else None
    found = {}
    for part in text.split(","):
        name, number = (each.strip() for each in part.split("=", 1))
        found[name] = int(number)
        if not name or not 0 <= found[name] <= 90:
            raise ValueError
    return found


def cuts_by_platform(text: str) -> tuple[tuple[str, str], ...]:
    """Cuts, for all platforms or by platform."""
    found: dict[str, str] = {}
    for part in text.split(",") if text.strip() else ():
        platform, equals, name = (each.strip() for each in part.rpartition("="))
        if not name or (equals and not platform) or platform in found:
            raise ValueError
        found[platform] = "+".join(each.strip() for each in name.split("+"))
    return tuple(found.items())


def comma_separated(text: str) -> tuple[str, ...]:
    """Names, comma-separated, each once."""
    return tuple(dict.fromkeys(name for each in text.split(",") if (name := each.strip())))


_CORES: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worker_count(text: str) -> int:
    """How many processes serve."""
    return _CORES if text == "cores" else whole_number(1, 64)(text)
