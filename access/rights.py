"""What a reader may see. The only module that decides it; requests, callbacks, data and drawing all ask it.

Nothing is allowed that a role does not give: no role, no page. `Rights` is a value, so it is also what caches keep
answers apart by.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from access.identity import Reader, SignIn
from access.own_key import OwnKey
from access.policy import Policy, Role
from kpi.selection import Only


@dataclass(frozen=True)
class Rights:
    """The pages that may be opened, the rows that are seen (() is every row), the metrics that are not."""

    pages: tuple[str, ...] = ()
    rows: Only = ()
    hides: frozenset[str] = frozenset()
    role: str = ""

    def opens(self, page: str) -> bool:
        """Whether `page` may be opened."""
        return page in self.pages

    def shows(self, metrics: Iterable[str]) -> bool:
        """Whether every one of `metrics` may be seen."""
        return self.hides.isdisjoint(metrics)


NOTHING = Rights()

#: The one role behind the own key.
OWNER: Final = "owner"

#: Every row: said, never left out.
WHOLE: Final[Only] = ()


def rights_of(role: Role, pages: Collection[str]) -> Rights:
    """What a role may see of a dashboard that has `pages`."""
    return Rights(tuple(page for page in role.pages if page in pages), role.rows, role.hides, role.name)


@dataclass(frozen=True)
class Admission:
    """How a request becomes rights: by a token and the policy, by the own key, or, without either, the demo's `pages`.

    The own `key` has one role, which sees all. With `open_demo` everybody sees the demo for as long as that is shown.
    """

    pages: tuple[str, ...]
    sign_in: SignIn | None = None
    policy: Policy | None = None
    #: What every request gets, where who asks has been settled beforehand (report/making.py).
    given: Rights | None = None
    key: OwnKey | None = None
    open_demo: bool = False

    @property
    def demo(self) -> bool:
        """Whether everybody sees everything, whatever comes, which only made-up data allows."""
        return self.sign_in is None and self.given is None and self.key is None

    def reader(self, header: str | None) -> Reader | None:
        """Who the header's token proves; nobody without a sign-in. Raises NotSignedIn and NoKeys (access.identity)."""
        return None if self.sign_in is None else self.sign_in.reader(header)

    def rights(self, reader: Reader | None) -> Rights:
        """What `reader` may see: the rights of their first role, or none."""
        if self.given is not None:
            return self.given
        if self.key is not None and reader is not None:
            return Rights(self.pages, WHOLE, role=OWNER)
        if self.demo or self.open_demo:
            return Rights(self.pages, WHOLE, role="demo")
        if reader is None or self.policy is None:
            return NOTHING
        role = self.policy.role_of(reader.groups)
        return NOTHING if role is None else rights_of(role, self.pages)
