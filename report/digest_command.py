"""The arguments of `digest`, apart from what makes one, so that the command line starts quickly."""

import argparse
from pathlib import Path
from typing import Any


def add_command(commands: Any) -> None:
    """Add `digest` to the command line."""
    parser = commands.add_parser(
        "digest",
        help="send one screen of figures by mail, to a chat or to a file",
        description="Send what happened in one screen: five figures, three changes, what to decide, what not to trust "
        "yet. Each figure is a link to its page as of the same version of the data (docs/digest.md).",
    )
    parser.add_argument("--to", action="append", default=[], metavar="ADDRESS", help="a recipient; as often as needed")
    parser.add_argument(
        "--webhook", action="append", default=[], metavar="URL", help="a chat, by Apprise's address of it"
    )
    parser.add_argument("--out", type=Path, help="a file to write instead: .html, .txt or .eml")
    parser.add_argument("--role", help="as this role of the policy sees it; needed where there is a policy")
    parser.add_argument(
        "--query", default="last=week-1", help="what its address has behind the “?” (default: last=week-1)"
    )
    parser.add_argument(
        "--require-through",
        metavar="DAY",
        help="yesterday, or YYYY-MM-DD: where a platform or the shop has no such day yet, only --owner is told",
    )
    parser.add_argument("--time-zone", default="UTC", help="of “yesterday”, e.g. Europe/Berlin (default: UTC)")
    parser.add_argument("--owner", metavar="ADDRESS", help="who is told that the data are not there yet")
    parser.add_argument("--again", action="store_true", help="send also what was sent already, or may have been")


def run(asked: argparse.Namespace, settings: Any) -> int:
    """Send the digest; returns the exit status."""
    from report.digest import run

    return run(asked, settings)
