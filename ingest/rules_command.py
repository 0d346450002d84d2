"""The command dimensions, but for what rules catch: its arguments, the history of the rules, and their undo."""

import argparse
from pathlib import Path
from typing import Any

from facts.own_rules import WrongRules
from facts.rules_history import names_in, rules_changes, undo_rules
from ingest.who import who
from kpi.plain_text import printable


def add_command(commands: Any) -> None:
    """Add the command to the command line's parsers."""
    parser = commands.add_parser(
        "dimensions",
        help="show what the rules of your own dimensions catch, and keep them (docs/own-dimensions.md)",
    )
    what = parser.add_mutually_exclusive_group()
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="rules (TOML); without it those kept")
    what.add_argument("--keep", action="store_true", help="keep the rules of FILE next to the facts")
    what.add_argument("--undo", action="store_true", help="return to the rules before the last change, again further")
    what.add_argument("--history", action="store_true", help="list the changes of the rules: when, who, which")


def change_or_list(arguments: argparse.Namespace, path: Path) -> None:
    """Take the last change of the rules at `path` back, or list the changes. Raises WrongRules, or OSError."""
    if arguments.file is not None:
        raise WrongRules("--undo and --history are about the rules that are kept: leave the FILE out.")
    if arguments.undo:
        undo_rules(path, who())
        names = names_in(path.read_bytes())
        there = f"the dimensions {', '.join(names)}" if names else "no dimensions of your own"
        print(printable(f"Undone: there are {there} again; a dashboard that runs has them within five seconds."))
        return
    changes = rules_changes(path)
    for each in reversed(changes):
        what = ", ".join(names_in(each.rules)) or "no rules"
        print(printable(f"{each.at:%Y-%m-%d %H:%M} UTC  {each.by:12}  {'returned to ' if each.undone else ''}{what}"))
    if not changes:
        print("No rules were kept yet.")
