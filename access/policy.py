"""The policy: a TOML file that gives roles to groups, and pages, rows and metrics to roles. All else is refused.

```toml
contact = "marketing-analytics@example.com"     # whom a refused reader is sent to

[roles.finance-europe]
groups = ["grp-fin-emea"]                       # who has the role: any of these groups
pages = ["executive", "cfo"]                    # what they may open
rows = { region = ["Europe"] }                  # the rows they see; "all" for every row
hides = ["profit"]                              # metrics they do not see; optional
```

A reader has the first role, in the order of the file, that names one of their groups, and no other: what two roles
allow is never mixed.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kpi.costs import needs_costs
from kpi.derive import withheld
from kpi.metrics import COMPANY_WIDE, METRICS
from kpi.schema import DIMENSIONS
from kpi.selection import Only, only

_MOST_BYTES: Final = 1_000_000

#: The page that changes the data: who opens it sees the figures of every row that it replaces.
IMPORT: Final = "import"


class WrongPolicy(Exception):
    """The policy cannot be used; the message is a sentence that says where and why."""


@dataclass(frozen=True)
class Role:
    """`rows` are those it sees, in the form of `Selection.only` (() is every row).

    `chosen` are the metrics that the file hides; `hides` also holds what would give them away (kpi.derive) and, where a
    role does not see every row or hides what costs are part of, what tells of the whole company.
    """

    name: str
    groups: frozenset[str]
    pages: tuple[str, ...]
    rows: Only
    hides: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Policy:
    """The roles in the file's order, and whom a refused reader is sent to."""

    roles: tuple[Role, ...]
    contact: str

    def role_of(self, groups: Collection[str]) -> Role | None:
        """The first role that one of `groups` has, or None."""
        return next((role for role in self.roles if role.groups & set(groups)), None)


def read_policy(path: str | Path, pages: Collection[str]) -> Policy:
    """The policy in the file at `path`, for a dashboard that has `pages`. Raises WrongPolicy."""
    try:
        with open(path, "rb") as file:
            return policy_of(tomllib.loads(file.read(_MOST_BYTES).decode()), pages)
    except OSError as problem:
        raise WrongPolicy(f"The policy {path} cannot be read: {problem.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise WrongPolicy(f"The policy {path} is not TOML: {problem}.") from None
    except WrongPolicy as problem:
        raise WrongPolicy(f"The policy {path}: {problem}") from None


def empty_rows(policy: Policy, options: Mapping[str, Collection[str]]) -> list[str]:
    """A sentence for each value in a role's rows that the data does not have; `options` are those it has."""
    return [
        f"roles.{role.name}.rows: there is no {dimension} “{value}” in the data."
        for role in policy.roles
        for dimension, values in role.rows
        for value in values
        if value not in options.get(dimension, ())
    ]


def policy_of(content: dict[str, Any], pages: Collection[str]) -> Policy:
    """The policy that a TOML document means. Raises WrongPolicy."""
    _only_keys(content, ("contact", "roles"), "the file")
    contact = content.get("contact")
    if not isinstance(contact, str) or not contact.strip():
        raise WrongPolicy("contact is missing: say whom a refused reader asks.")
    roles = content.get("roles")
    if not isinstance(roles, dict) or not roles:
        raise WrongPolicy("there is no role: nobody could see anything.")
    found = tuple(_role(name, role, pages) for name, role in roles.items())
    return Policy(found, contact.strip())


def _role(name: str, content: Any, pages: Collection[str]) -> Role:
    where = f"roles.{name}"
    if not isinstance(content, dict):
        raise WrongPolicy(f"{where} is not a table.")
    _only_keys(content, ("groups", "pages", "rows", "hides"), where)
    groups = _texts(content, "groups", where)
    opened = _texts(content, "pages", where, pages)
    hides = _texts(content, "hides", where, METRICS) if "hides" in content else ()
    rows = _rows(content.get("rows"), where)
    if IMPORT in opened and (rows or hides):
        raise WrongPolicy(
            f'{where}.pages has “{IMPORT}”, which changes and shows all figures: it needs rows = "all" and no hides.'
        )
    return Role(
        name,
        frozenset(groups),
        tuple(page for page in pages if page in opened),
        rows,
        withheld(hides) | (COMPANY_WIDE if rows or needs_costs(hides) else frozenset()),
        frozenset(hides),
    )


def _rows(content: Any, where: str) -> Only:
    if content == "all":
        return ()
    if not isinstance(content, dict) or not content:
        raise WrongPolicy(f'{where}.rows must be "all" or name dimensions: {{ region = ["Europe"] }}.')
    for name in content:
        if name not in DIMENSIONS:
            raise WrongPolicy(f"{where}.rows has “{name}”, which is no dimension: {', '.join(DIMENSIONS)}.")
    return only({name: _texts(content, name, f"{where}.rows") for name in content})


def _texts(content: dict[str, Any], key: str, where: str, known: Collection[str] | None = None) -> tuple[str, ...]:
    values = content.get(key)
    if not isinstance(values, list) or not values or not all(isinstance(each, str) and each.strip() for each in values):
        raise WrongPolicy(f"{where}.{key} must be a list of one text or more.")
    for each in values:
        if known is not None and each not in known:
            raise WrongPolicy(f"{where}.{key} has “{each}”, which does not exist: {', '.join(known)}.")
    return tuple(values)


def _only_keys(content: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    strange = [key for key in content if key not in known]
    if strange:
        raise WrongPolicy(f"{where} has “{strange[0]}”, which means nothing here: {', '.join(known)}.")
