"""How much memory this process may still take, before somebody ends it."""

import resource
from contextlib import suppress
from pathlib import Path
from typing import Final

_CGROUP: Final = Path("/sys/fs/cgroup")
_MEMINFO: Final = Path("/proc/meminfo")


def free() -> int | None:
    """The bytes that the machine, the container and this process's own limit still give; None where nothing tells."""
    found = []
    with suppress(OSError, ValueError, IndexError):
        lines = (line.split() for line in _MEMINFO.read_text().splitlines())
        found.append(next(int(each[1]) * 1024 for each in lines if each[0] == "MemAvailable:"))
    with suppress(OSError, ValueError):  # "max" where the container has no limit
        limit, used = (int((_CGROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        found.append(max(limit - used, 0))
    own = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if own != resource.RLIM_INFINITY:
        found.append(own)
    return min(found) if found else None
