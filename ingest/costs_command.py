"""The command costs: states gross margin and fees, so that the platforms' profit can be worked out, and shows them."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from deltalake.exceptions import DeltaError

from facts import ALL_ROWS
from facts.costs import costs_in_lines
from facts.engines.choice import Engine, costs_log, elsewhere
from facts.protocol import DataProblem
from facts.source import load
from facts.words.platforms import platform_of
from facts.words.vocabulary import country
from ingest.costs import CostsStore
from ingest.results import ImportProblem
from ingest.who import who
from kpi.costs import (
    Cost,
    WrongCost,
    beyond_revenue,
    costs_in_words,
    known_names,
    read_cost,
    read_day,
    with_cost,
    without_cost,
)
from kpi.plain_text import printable, sentence_of
from kpi.units import USUAL
from machine.complaint import complain


def add_command(commands: Any) -> None:
    """Add the command to the command line's parsers."""
    parser = commands.add_parser(
        "costs",
        help="state your gross margin and fees, so that profit can be worked out",
        description="State gross margin and fees in percent of revenue, for all or by platform and region, from a day "
        "on. They count where a platform's rows report no costs. What is stated for one platform or region leaves the "
        "rest as it is stated for all. Without options: show what is stated, with what is taken over in brackets.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--margin", metavar="PERCENT", help="what is left of revenue after the goods, such as 62")
    what.add_argument("--remove", action="store_true", help="state no costs any more for this platform, region and day")
    what.add_argument("--clear", action="store_true", help="state no costs any more")
    what.add_argument(
        "--undo", action="store_true", help="return to the costs before the last change, then to those before that"
    )
    what.add_argument("--history", action="store_true", help="list the changes: when, who, what held from then on")
    parser.add_argument(
        "--fees", metavar="PERCENT", help="payment, fulfilment and marketplaces (default: those of all)"
    )
    parser.add_argument("--platform", default="", help="for this platform alone")
    parser.add_argument("--region", default="", help="for this region alone")
    parser.add_argument("--from", dest="since", default="", metavar="DAY", help="from this day on (YYYY-MM-DD)")


def run(arguments: argparse.Namespace, facts: str, state: str, engine: Engine) -> int:
    """Change or show the costs of `facts`; `state` is the folder that is set. Returns the exit status."""
    store = CostsStore(facts, costs_log(facts, state))
    try:
        if arguments.history:
            return _list_changes(store)
        costs = _carry_out(arguments, store, engine)
    except (ImportProblem, DataProblem, WrongCost) as problem:
        return complain(sentence_of(problem))
    except (OSError, DeltaError, ValueError):
        return complain("The costs could not be read or written: try again.")
    for line in costs_in_lines(costs):
        print(printable(line))
    if warning := beyond_revenue(costs):
        print(printable(f"warning: {warning}"))
    if not costs:
        print("No costs are stated: profit shows only where a platform's rows report costs.")
    return 0


def _list_changes(store: CostsStore) -> int:
    """Print the changes of costs that are kept in a log, newest first. Raises ImportProblem."""
    if store.in_table:
        raise ImportProblem("`marketing-dashboard history` lists the changes of these data, costs included.")
    changes = store.changes()
    for each in reversed(changes):
        what = costs_in_words(each.costs, USUAL) if each.costs else "no costs any more"
        undone = "returned to: " if each.undone else ""
        print(printable(f"{each.at:%Y-%m-%d %H:%M} UTC  {each.by:12}  {undone}{what}"))
    if not changes:
        print("No costs were stated for these data yet.")
    return 0


def are_stated(facts: str, state: str) -> bool:
    """Whether somebody stated costs of `facts`."""
    try:
        return bool(CostsStore(facts, costs_log(facts, state)).now())
    except ImportProblem:
        return False


def _carry_out(arguments: argparse.Namespace, store: CostsStore, engine: Engine) -> tuple[Cost, ...]:
    place = (arguments.platform, arguments.region, arguments.since)
    states = arguments.margin is not None or arguments.fees is not None
    if not states and not arguments.remove and any(place):
        raise WrongCost("Say what it is: --margin PERCENT or --fees PERCENT states costs, --remove takes them back.")
    if arguments.undo:
        if store.in_table:
            raise ImportProblem("`marketing-dashboard undo` takes the last change of these data back, costs included.")
        return store.undo(who())
    if arguments.clear:
        return store.change(lambda costs: (), who())
    if not states and not arguments.remove:
        return store.now()
    since = read_day(arguments.since)
    if arguments.remove:
        gone = _with_names(Cost(None, None, arguments.platform, arguments.region, since), store, engine)
        return store.change(lambda costs: without_cost(costs, gone.place), who())
    margin, fees = arguments.margin or "", arguments.fees or ""
    stated = read_cost(margin, fees, arguments.platform, arguments.region, arguments.since)
    store.in_table  # noqa: B018 - refuses the demo before its rows are read
    one = _with_names(stated, store, engine)
    return store.change(lambda costs: with_cost(costs, one), who())


def _with_names(one: Cost, store: CostsStore, engine: Engine) -> Cost:
    """`one` with platform and region as the data write them. Raises WrongCost and DataProblem."""
    if not (one.platform or one.region):
        return one
    path = store.facts if elsewhere(store.facts) else Path(store.facts)
    options = load(path, engine=engine).options(ALL_ROWS)
    region = country(one.region) if one.region not in options["region"] else one.region
    return known_names(replace(one, platform=platform_of(one.platform), region=region), options)
