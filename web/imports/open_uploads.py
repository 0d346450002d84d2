"""Which uploads are open, whose they are, and which one is dropped for a new one.

Nobody can close the Import page to others with uploads they gave up: each person has a few, and a new one takes the
place of their oldest. Where nobody signs in, an address stands for a person. That may be a whole office, so it has
more; and whoever changes addresses can have all places, but not from those who hold fewer than others do, and none of
them for ever.
"""

import fcntl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final

from web.imports.refusals import busy

MOST_UPLOADS: Final = 20
MOST_OF_A_PERSON: Final = 3
MOST_OF_AN_ADDRESS: Final = 10
#: An upload in which nothing happened for so many seconds goes where all places are taken.
IDLE_SECONDS: Final = 600
#: One that is open for so many seconds goes then too, however often something happened in it: no place is for ever.
OPEN_SECONDS: Final = 1800
#: One without a file goes after these seconds: its server was killed while the first was on its way.
EMPTY_SECONDS: Final = 60


@dataclass(frozen=True)
class Person:
    """Whose uploads count together: `key` says no address and no name, `most` is how many may be open."""

    key: str
    most: int


def person_of(subject: str, address: str | None = None) -> Person:
    """The person who signed in as `subject`; where nobody did, whoever is at an `address`."""
    if subject:
        return Person(_key("subject", subject), MOST_OF_A_PERSON)
    return Person(_key("address", _network(address or "")), MOST_OF_AN_ADDRESS)


def _key(kind: str, name: str) -> str:
    return sha256(f"{kind}\0{name}".encode()).hexdigest()[:32]


def _network(address: str) -> str:
    """An IPv6 address' network of 64 bits, which is one customer's; any other address as it is."""
    with suppress(ValueError):
        ip = ip_address(address.partition("%")[0])
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
            return ip.exploded[:19]
    return address


@dataclass(frozen=True)
class OpenUpload:
    """One that is open: the key of its person, for how many seconds nothing happened (`age`) and since it began
    (`open_for`), what happens now.
    """

    place: Path
    person: str = ""
    age: float = 0.0
    open_for: float = 0.0
    empty: bool = False
    sending: bool = False
    reading: bool = False

    @property
    def idle(self) -> bool:
        """Whether nobody would miss it just now."""
        return not (self.sending or self.reading)

    @property
    def never_arrived(self) -> bool:
        """Whether its first file was on its way in a server that was killed."""
        return self.empty and self.idle and self.age > EMPTY_SECONDS


def list_open(folder: Path) -> Iterator[OpenUpload]:
    """All uploads in `folder`."""
    for place in folder.glob("u-*"):
        with suppress(OSError):
            yield OpenUpload(
                place,
                person=_text_of(place / "person"),
                age=time.time() - place.stat().st_mtime,
                open_for=_open_for(place),
                empty=not any(place.glob("f-*")),
                sending=_is_sending(place / ".turn"),
                reading=any((place / scratch).exists() for scratch in ("scratch", "job/scratch")),
            )


def _open_for(place: Path) -> float:
    """Since when it is open: whose it is was written when it began, and never again."""
    with suppress(FileNotFoundError):
        return time.time() - (place / "person").stat().st_mtime
    return 0.0


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:  # it begins, or its server was killed when it did
        return ""


def _is_sending(lock: Path) -> bool:
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def to_forget(open_now: Sequence[OpenUpload], person: Person) -> OpenUpload | None:
    """The upload that goes for a new one of `person`'s; None where there is room. Raises NotTaken where none can go."""
    own = [each for each in open_now if each.person == person.key]
    if len(own) >= person.most:
        return _oldest(own, busy("Your other files are still being read", 60))
    if len(open_now) < MOST_UPLOADS:
        return None
    counts = Counter(each.person for each in open_now)
    most = max(counts.values())
    full = busy("Too many imports are open at once", 60)
    if most > len(own) + 1:
        with suppress(type(full)):
            return _oldest([each for each in open_now if counts[each.person] == most], full)
    with suppress(type(full)):
        return _oldest([each for each in open_now if each.age > IDLE_SECONDS], full)
    return _oldest([each for each in open_now if each.open_for > OPEN_SECONDS], full, lambda each: each.open_for)


def _oldest(
    candidates: Sequence[OpenUpload], none: Exception, age: Callable[[OpenUpload], float] = lambda each: each.age
) -> OpenUpload:
    idle = [each for each in candidates if each.idle]
    if not idle:
        raise none
    return max(idle, key=age)
