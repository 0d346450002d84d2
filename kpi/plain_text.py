"""Texts of others', such as names of files, in one line of a terminal or a log, and as text that can be stored."""

import re
from datetime import date
from typing import Final

#: What a terminal obeys, what begins another line, and what turns the reading order of a line.
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: What Python puts for a byte of a file's name that is no UTF-8.
_BYTES: Final = re.compile("[\ud800-\udfff]")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def storable(text: str) -> str:
    """`text` with the replacement character for each byte that is no text."""
    return _BYTES.sub("\ufffd", text)


def printable(text: str) -> str:
    r"""`text` in one line, control characters as `\n` and `\x1b`: a name forges no line and no color."""
    return _CONTROLS.sub(lambda sign: sign[0].encode("unicode_escape").decode(), storable(text))


def date_of(text: str) -> date | None:
    """The day that a text of the form YYYY-MM-DD names, None where it names none."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def sentence_of(problem: BaseException) -> str:
    """What went wrong, as the command line says it; of a file that the system refuses its name and why."""
    if isinstance(problem, OSError) and problem.strerror:
        return printable(f"{problem.filename or 'a file'}: {problem.strerror}.")
    return printable(str(problem))


def number_of(count: int, noun: str) -> str:
    """``1 day``, ``1,204 days``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
