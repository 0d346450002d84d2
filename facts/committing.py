"""One file into two tables: the platforms' figures and the shop's own days change together or not at all.

A Delta table commits by itself. So a note beside the tables says what is under way: whoever writes next finds it and
takes the half that was committed back.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deltalake import CommitProperties

from facts.imported import Plan, note_of, opened, plan, store, writing
from facts.importers import Import
from facts.importers.margins import Margin
from facts.importers.rates import Rates
from facts.leftovers import sweep
from facts.past import SHOP_BEFORE
from facts.places import DEMO_NAME, under_way_note
from facts.shop import ShopPlan, path_of, plan_shop, store_shop
from facts.summary import of_plan, of_shop


@dataclass(frozen=True)
class Planned:
    """What storing imports would do to the table of the platforms' figures and to the shop's, None where to neither."""

    facts: Path
    ads: Plan | None
    shop: ShopPlan | None

    def told(self) -> Iterator[str]:
        """The changes, line by line."""
        if self.ads:
            yield from of_plan(self.ads)
        if self.shop:
            yield of_shop(self.shop)
            if not self.ads and is_demo(self.facts):
                yield "warning: The dashboard goes on showing the demo: import the platforms' figures too."


def planned(
    facts: Path,
    imports: Iterable[Import],
    *,
    rates: Rates | None = None,
    margins: tuple[Margin, ...] = (),
    into: str | None = None,
) -> Planned:
    """What storing `imports` would change; writes nothing. Raises ImportProblem."""
    imports = list(imports)
    ads = [each for each in imports if each.kind == "ads"]
    found = plan(facts, ads, rates=rates, margins=margins, into=into) if ads else None
    return Planned(facts, found, plan_shop(facts, imports, found.currency if found else None, rates))


def carry_out(
    wanted: Planned, imports: Iterable[Import], by: str, digests: dict[str, str]
) -> list[tuple[Path, int | None]]:
    """Make what is planned each table's next version; gives their paths and versions, None where one is the same.

    Within `alone`. `by` is who does it, `digests` the files' SHA-256 by name. Raises ImportProblem with both tables as
    they were.
    """
    imports = list(imports)
    done: list[tuple[Path, int | None]] = []
    ads, shop = wanted.ads, wanted.shop
    both = ads and shop and not shop.same and (ads.replaces_demo or not ads.same)
    try:
        if both and ads and shop:
            _write(under_way_note(wanted.facts), {"facts": ads.version, "shop": shop.version})
        if shop:
            note = note_of([each for each in imports if each.kind == "business"], (), by, digests)
            done.append((shop.path, store_shop(shop, note)))
        if ads:
            note = note_of([each for each in imports if each.kind == "ads"], ads.changes, by, digests)
            if both and shop:
                note[SHOP_BEFORE] = str(-1 if shop.version is None else shop.version)
            done.append((wanted.facts, store(ads, note)))
    except BaseException:  # a full disk leaves half a file that no version names
        for path in (path_of(wanted.facts), wanted.facts):
            sweep(path)
        raise
    finally:
        if both:
            settle(wanted.facts)
    return done


@contextmanager
def alone(facts: Path) -> Iterator[None]:
    """While no other import writes to the tables at `facts`, with nothing half done in them. Raises ImportProblem."""
    with writing(facts):
        settle(facts)
        for path in (facts, path_of(facts)):
            sweep(path)
        yield


def settle(facts: Path) -> None:
    """Where an import of both tables ended between them, take the shop's half back."""
    note = under_way_note(facts)
    try:
        before = json.loads(note.read_text())
    except FileNotFoundError:
        return
    except ValueError:  # the note itself was cut short, before anything was committed
        note.unlink()
        return
    shop = path_of(facts)
    table = opened(shop)
    if table is not None and _version(facts) == before["facts"] and table.version() != before["shop"]:
        if before["shop"] is None:
            shutil.rmtree(shop)
        else:
            table.restore(
                before["shop"],
                commit_properties=CommitProperties(
                    custom_metadata={"import.by": "an import that ended half way", "import.undo": str(before["shop"])}
                ),
            )
    note.unlink()


def is_demo(facts: Path) -> bool:
    """Whether the table at `facts` is the demo company's."""
    table = opened(facts)
    return table is not None and table.metadata().name == DEMO_NAME


def _version(path: Path) -> int | None:
    table = opened(path)
    return None if table is None else table.version()


def _write(note: Path, content: dict[str, int | None]) -> None:
    with note.open("w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
