"""Tells in which encoding a text is written.

What UTF-8 is not was written by an old program, and nothing in the bytes says which. A library's guess from how often
letters occur is wrong for short reports, so what decides is what reports hold: the headers that layouts know, Japanese
syllables, a currency of the country.
"""

import codecs
import re
from collections.abc import Callable
from contextlib import closing
from typing import IO, Final

from facts.words.headers import normal
from ingest.layouts.catalog import HEADERS
from ingest.results import ImportProblem

_BLOCK: Final = 1 << 20
_LOOKED_AT: Final = 1 << 16
_HEAD: Final = 60

#: Where each byte is a letter: they decode whatever they are given.
SINGLE_BYTE: Final = ("cp1252", "cp1250", "cp1254")

#: The old encodings of the consoles' languages, the likeliest first.
_OLD: Final = (*SINGLE_BYTE, "cp932")
_SYLLABLES: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")

#: Polish letters as Western ones, which never stand within a word.
_SPLIT_WORDS: Final = re.compile(r"[^\W\d_][³¹¿][^\W\d_]|\bz³\b")
#: What a report of the country holds in plain letters.
_SIGNS: Final = {
    "cp1250": re.compile(rb"\b(?:PLN|CZK|HUF|RON|HRK)\b"),
    "cp1254": re.compile(rb"\bTRY\b|\b[Kk]ampanya\b"),
}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(name: str, opened: Callable[[], IO[bytes]]) -> str:
    """The encoding of a text: by its byte order mark, else UTF-8 where all of it is, else the old one that it shows.

    Raises ImportProblem where it is no text, or has a line that no table has.
    """
    whole = _whole(name, opened)
    return _encoding_of(name, opened) or ("utf-8" if whole else _old_encoding(opened))


def _encoding_of(name: str, opened: Callable[[], IO[bytes]]) -> str:
    with closing(opened()) as file:
        start = file.read(1 << 16)
        for mark, encoding in _MARKS:
            if start.startswith(mark):
                return encoding
        even, odd = start[::2].count(0), start[1::2].count(0)
        if max(even, odd) > len(start) // 8 and min(even, odd) < max(even, odd) // 8:
            encoding = "utf-16-le" if odd > even else "utf-16-be"
            text = start.decode(encoding, "replace")
            if sum(character < "\u0250" and character >= "\t" for character in text) > len(text) * 0.9:
                return encoding
        controls = sum(start.count(byte) for byte in range(32) if byte not in (9, 10, 13, 26, 28, 29, 30, 31))
        if controls > max(len(start) // 500, 3):
            raise ImportProblem(
                f"{name} is no CSV, Excel workbook, Parquet file or zip: export the report as one of these."
            )
    return ""


def _whole(name: str, opened: Callable[[], IO[bytes]]) -> bool:
    """Whether all of a text is UTF-8. Raises ImportProblem where it has a line that no table has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    good, lines = True, 1
    with closing(opened()) as file:
        while block := file.read(_BLOCK):
            if len(block) == _BLOCK and b"\n" not in block and b"\r" not in block:
                raise ImportProblem(
                    f"{name}, row {lines} is longer than {_BLOCK // 2:,} characters: this is no table of a report."
                )
            lines += block.count(b"\n")
            try:
                good = good and decoder.decode(block) is not None
            except UnicodeDecodeError:
                good = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        good = False
    return good


def _old_encoding(opened: Callable[[], IO[bytes]]) -> str:
    """The encoding of a text that is not UTF-8: the one in which most headers are known, else by what it holds."""
    with closing(opened()) as file:
        start = file.read(_LOOKED_AT)
    texts = {encoding: start.decode(encoding, "replace") for encoding in _OLD}
    counts = {encoding: _known_headers(text) for encoding, text in texts.items()}
    best = [encoding for encoding in _OLD if counts[encoding] == max(counts.values())]
    if len(best) == 1:
        return best[0]
    japanese = texts["cp932"]
    if "cp932" in best and _SYLLABLES.search(japanese) and "\ufffd" not in japanese[:-1] and _is_whole(opened, "cp932"):
        return "cp932"
    if "cp1250" in best and _SPLIT_WORDS.search(texts["cp1252"]):
        return "cp1250"
    return next((encoding for encoding, sign in _SIGNS.items() if encoding in best and sign.search(start)), best[0])


def _known_headers(text: str) -> int:
    """How many headers with letters beyond ASCII in some line near the top are known."""
    lines = text.splitlines()[:_HEAD]
    cells = ([normal(cell.strip().strip('"')) for cell in re.split(r"[,;\t|]", line)] for line in lines)
    return max((sum(not cell.isascii() and cell in HEADERS for cell in each) for each in cells), default=0)


def _is_whole(opened: Callable[[], IO[bytes]], encoding: str) -> bool:
    """Whether all of a text is in `encoding`."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with closing(opened()) as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
