"""Names what a file is that somebody took for a text, by its first bytes."""

from typing import Final

_KINDS: Final = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF"),
    (b"PAR1", "a Parquet file"),
    (b"PK\x03\x04", "an Excel workbook or a zip"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind"),
    (b"\x1f\x8b", "a gzip"),
)


def kind_of(content: bytes) -> str:
    """What `content` begins as, "" where it may be a text.

    >>> kind_of(b"%PDF-1.7")
    'a PDF'
    """
    head = content[:64]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP picture"
    return next((name for start, name in _KINDS if head.startswith(start)), "")
