"""Every layout that a file is compared with; where two fit a header equally well, the one that comes first."""

from typing import Final

from ingest.layouts import (
    amazon,
    business,
    criteo,
    google,
    linkedin,
    meta,
    microsoft,
    own,
    pinterest,
    snapchat,
    tiktok,
    unified,
    x,
)

LAYOUTS: Final = (
    meta.LAYOUT,
    meta.API,
    meta.ACTION_TABLE,
    google.LAYOUT,
    google.API,
    amazon.LAYOUT,
    amazon.API,
    microsoft.LAYOUT,
    tiktok.LAYOUT,
    tiktok.API,
    tiktok.GMV_MAX,
    pinterest.LAYOUT,
    snapchat.LAYOUT,
    linkedin.LAYOUT,
    x.LAYOUT,
    criteo.LAYOUT,
    unified.LAYOUT,
    own.LAYOUT,
    business.LAYOUT,
    *business.SHOPS,
)

#: Every header that some layout knows, in normal form.
HEADERS: Final = frozenset(
    header for layout in LAYOUTS for known in (layout.marks, *layout.columns.values()) for header in known
)
