"""How tables on disk are named, where the shop’s table is, and which versions of the two belong together.

Nothing here needs pandas, which takes longer to import than a table to read.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from facts.delta.tables import delta_table_at

#: The names of the tables that `python -m datagen` writes, and of those that imports write.
DEMO_NAME: Final = "marketing-dashboard demo"
DEMO_SHOP_NAME: Final = "marketing-dashboard demo business_daily"
FACTS_NAME: Final = "marketing-dashboard facts"
SHOP_NAME: Final = "marketing-dashboard business_daily"

_NOTE: Final = re.compile(rb'\{"facts": (null|\d+), "shop": (null|\d+)(?:, "run": "([0-9a-f]{16})")?\}')


def path_of(facts: Path) -> Path:
    """Where the shop's days stand that belong to the facts at `facts`."""
    return facts.with_name(f"{facts.name}-business")


def under_way_note(facts: Path) -> Path:
    """The note that is kept next to the tables while an import changes both (ingest.write.commit)."""
    return facts.with_name(f".{facts.name}.under-way")


def without_folder(text: str, facts: Path) -> str:
    """A text for readers: files in the folder that holds the facts are left their names, without where they are."""
    hidden = os.path.join(facts.parent, f".{facts.name}")
    text = text.replace(hidden, f".{facts.name}")
    if facts.is_absolute() and facts.parent.name:  # else it is a word or a slash, which other texts have too
        text = text.replace(os.path.join(facts.parent, ""), "")
    return text


@dataclass(frozen=True)
class UnderWay:
    """The versions that both tables had before an import, None for no table, and the `run` that its commits name."""

    facts: int | None
    shop: int | None
    run: str | None


def under_way(facts: Path) -> UnderWay | None:
    """What the note next to the tables says; None where there is none, or none of ours."""
    try:
        found = _NOTE.fullmatch(under_way_note(facts).read_bytes().rstrip())
    except OSError:
        return None
    if found is None:
        return None
    before, shop = (None if each == b"null" else int(each) for each in found.groups()[:2])
    return UnderWay(before, shop, found[3].decode() if found[3] else None)


def version_with(facts: Path) -> int | None:
    """The version of the shop's days that goes with the newest facts, None where there are none.

    While an import changes both, the shop's half is committed first: until the facts have theirs, the version before
    is the right one.
    """
    table = delta_table_at(path_of(facts))
    if table is None:
        return None
    before = under_way(facts)
    if before is None:
        return table.version()
    platforms = delta_table_at(facts)
    half = platforms is None or platforms.version() == before.facts
    return before.shop if half else table.version()
