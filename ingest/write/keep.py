"""Finds out whether an import that ended without an answer had changed the table."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facts.delta.log import whole_versions
from facts.delta.table_names import path_of
from facts.delta.tables import delta_table_at
from ingest.write.commit import ImportPlan


def record_of(wanted: ImportPlan, by: str, digests: Mapping[str, str]) -> dict[str, Any]:
    """What is about to be written: the table whose commit decides, its version before, who writes and which files.

    Of an import into both tables the facts' commit decides: without it, ingest.write.commit takes the shop's back.
    """
    ads, shop = wanted.ads, wanted.shop
    table, version = None, None
    if ads and (ads.replaces_demo or not ads.same):
        table, version = "facts", ads.version
    elif shop and not shop.same:
        table, version = "shop", shop.version
    return {"table": table, "version": version, "by": by, "digests": dict(digests)}


def is_kept(facts: Path, record: Mapping[str, Any]) -> bool:
    """Whether the tables at `facts` hold what was about to be written, with nothing half done.

    The caller is alone at them (ingest.write.commit.alone). A later import of the same files by the same
    person counts, too: then they are kept.
    """
    if record["table"] is None:  # the table held these figures already
        return True
    path = facts if record["table"] == "facts" else path_of(facts)
    before = -1 if record["version"] is None else record["version"]
    return delta_table_at(path) is not None and any(
        commit.number > before
        and commit.said.get("import.by") == record["by"]
        and json.loads(commit.said.get("import.sha256", "null")) == record["digests"]
        for commit in whole_versions(path)
    )
