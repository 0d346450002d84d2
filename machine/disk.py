"""How many bytes may still be written to a disk that others need too."""

import os
from pathlib import Path
from typing import Final

#: What is left free for others, as in a container the only disk may be 64 MB of shared memory.
RESERVE: Final = 16 << 20


def room(folder: str | Path) -> int:
    """The bytes that may be written to the disk of `folder`; 0 where nothing may."""
    disk = os.statvfs(folder)
    return max(disk.f_bavail * disk.f_frsize - RESERVE, 0)
