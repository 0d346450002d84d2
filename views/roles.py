"""Warns of a valid policy that cannot work: roles nobody has, and roles that see none of the pages or data."""

from collections.abc import Collection, Iterator, Sequence

from access.policy import Policy, empty_rows
from access.rights import rights_of
from components.visuals import Page
from facts import ALL_ROWS, Facts
from views.visible import visible_pages


def role_faults(policy: Policy, facts: Facts, pages: Sequence[Page], given: Collection[str]) -> Iterator[str]:
    """A sentence for each role that cannot work; `pages` are all there are, `given` those that a role can open here."""
    yield from empty_rows(policy, facts.options(ALL_ROWS))
    taken: dict[str, str] = {}
    for role in policy.roles:
        where, rights = f"roles.{role.name}", rights_of(role, given)
        if all(group in taken for group in role.groups):
            earlier = " and ".join(dict.fromkeys(taken[group] for group in sorted(role.groups)))
            yield f"{where}.groups: nobody has this role, because {earlier} comes first with the same groups."
        taken.update(dict.fromkeys(role.groups - taken.keys(), role.name))
        if not rights.pages:
            yield f"{where}.pages: there is no {' and no '.join(role.pages)} page here, and it opens no other."
        for page, left in zip(
            (page for page in pages if rights.opens(page.key)), visible_pages(pages, rights), strict=True
        ):
            if page.visuals and not left.visuals:
                yield f"{where}.hides leaves nothing of the page “{page.key}”: take the page away."
        if _in_data(role.rows, facts) and not any(facts.options(role.rows).values()):
            yield f"{where}.rows: each value is in the data, but no row has them all."


def _in_data(rows: Collection[tuple[str, tuple[str, ...]]], facts: Facts) -> bool:
    """Whether the data has each value; the others have a sentence of their own."""
    options = facts.options(ALL_ROWS)
    return all(value in options.get(name, ()) for name, values in rows for value in values)
