"""Where the shop's days stand, how tables are called, and which versions of two tables belong together.

Nothing here needs pandas, which takes longer to import than a table to read.
"""

import json
from pathlib import Path
from typing import Final

from facts.disk import opened

#: The names of the tables that `python -m datagen` writes; whatever is called otherwise is somebody's own.
DEMO_NAME: Final = "marketing-dashboard demo"
DEMO_SHOP_NAME: Final = "marketing-dashboard demo business_daily"
SHOP_NAME: Final = "marketing-dashboard business_daily"


def path_of(facts: Path) -> Path:
    """Where the shop's days stand that belong to the facts at `facts`."""
    return facts.with_name(f"{facts.name}-business")


def under_way_note(facts: Path) -> Path:
    """The note that stands beside the tables while an import changes both (facts.committing)."""
    return facts.with_name(f".{facts.name}.under-way")


def version_with(facts: Path) -> int | None:
    """The version of the shop's days that goes with the newest facts, None where there are none.

    While an import changes both, the shop's half is committed first: until the facts have theirs, the version before
    is the right one.
    """
    table = opened(path_of(facts))
    if table is None:
        return None
    try:
        before = json.loads(under_way_note(facts).read_text())
    except (FileNotFoundError, ValueError):
        return table.version()
    platforms = opened(facts)
    half = platforms is None or platforms.version() == before["facts"]
    return before["shop"] if half else table.version()
