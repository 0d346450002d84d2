"""How much memory this process may still use before the system ends it, and how to give memory back."""

import ctypes
import resource
from contextlib import suppress
from pathlib import Path
from typing import Final

#: Where a container's limit, its use, and its copies of files are told: of version 2, and of version 1.
_CGROUPS: Final = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat", ""),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
        "/sys/fs/cgroup/memory/memory.stat",
        "total_",
    ),
)
_MEMINFO: Final = Path("/proc/meminfo")


def free() -> int | None:
    """The bytes that the machine, the container and this process may still take; None where nothing reports it."""
    found = []
    with suppress(OSError, ValueError, IndexError):
        lines = (line.split() for line in _MEMINFO.read_text().splitlines())
        found.append(next(int(each[1]) * 1024 for each in lines if each[0] == "MemAvailable:"))
    for limit, used, stat, prefix in _CGROUPS:
        with suppress(OSError, ValueError):  # "max" where the container has no limit
            rest = int(Path(limit).read_text()) - int(Path(used).read_text())
            lines = (line.split() for line in Path(stat).read_text().splitlines())
            copies = (f"{prefix}active_file", f"{prefix}inactive_file")
            found.append(max(rest + sum(int(each[1]) for each in lines if each[0] in copies), 0))  # these make way
    own = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if own != resource.RLIM_INFINITY:
        found.append(max(own - resident_bytes(), 0))
    return min(found) if found else None


def resident_bytes() -> int:
    """What this process's own limit counts already; 0 where nothing reports it."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    return 0


def give_back() -> None:
    """Return to the system what reading took and is free again; whoever reads takes far more than what is kept."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # glibc's alone
        ctypes.CDLL(None).malloc_trim(0)
