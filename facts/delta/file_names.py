"""How the data files of our tables are named. Imports nothing: starts need it."""

import re
from typing import Final

#: A table that does not exist yet has no id.
NEW: Final = "new"
_NAME: Final = re.compile(rf"dashboard-({NEW}|[0-9a-f]{{32}})-[0-9a-f]{{16}}\.parquet")


def id_of(name: str) -> str | None:
    """The id of the table that a file of ours was written for, `NEW` where there was none; None for another's file."""
    found = _NAME.fullmatch(name)
    return found[1] if found else None


def is_own_name(name: str) -> bool:
    """Whether a file is called as ours are."""
    return id_of(name) is not None
