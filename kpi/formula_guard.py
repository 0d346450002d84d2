"""Keeps texts in exported files from being run as formulas by the spreadsheet that opens them.

A workbook says of each cell that it is text. A CSV cannot, so in one that is meant for a spreadsheet an apostrophe goes
before whatever would begin a cell like a formula: at the start of a text, and after each sign at which a spreadsheet
may split it, because where Excel separates with “;” it opens a CSV as if there were no quotation marks in a line.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

#: Begins a CSV that is guarded. Excel reads UTF-8 by it, and an import knows by it that apostrophes are to be taken
#: off.
MARK: Final = "\ufeff"

_START: Final = r"(?:^|(?<=[;,|\t\r\n]))"
#: What stands between one such sign and the beginning of a formula has none of these signs: a text is read once.
_FORMULA: Final = r"""(?:(?:["']|[^\S\t\r\n])*[=@＝＠]|["']*[-+－＋|%\t\r\n])"""
_LIKE: Final = re.compile(_FORMULA)
_BARE: Final = re.compile(rf"{_START}(?={_FORMULA})")
_GUARDED: Final = re.compile(rf"{_START}'(?={_FORMULA})")


def like_formula(text: str) -> bool:
    """Whether a spreadsheet may take `text`, as a whole cell, for a formula."""
    return _LIKE.match(text) is not None


def guard_formula(value: Any) -> Any:
    """`value`; a text with an apostrophe wherever a cell of a CSV could begin like a formula."""
    return _BARE.sub("'", value) if isinstance(value, str) else value


def unguard_formula(text: str) -> str:
    """What `guard_formula` was given."""
    return _GUARDED.sub("", text)


def unguarded_row(cells: Sequence[str]) -> Sequence[str]:
    """A row of a guarded CSV as it was."""
    return (
        [unguard_formula(cell) if "'" in cell else cell for cell in cells]
        if any("'" in cell for cell in cells)
        else cells
    )
