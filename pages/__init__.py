"""One file a page: a `Page` value with its visuals in reading order. Adding a visual is one entry there."""

from pages.cfo import CFO
from pages.cmo import CMO
from pages.executive import EXECUTIVE

PAGES = (EXECUTIVE, CMO, CFO)

__all__ = ["CFO", "CMO", "EXECUTIVE", "PAGES"]
