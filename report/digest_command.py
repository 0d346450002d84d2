"""The arguments of `digest` and `alerts`, apart from what makes them, so that the command line starts quickly."""

import argparse
from pathlib import Path
from typing import Any


def add_command(commands: Any) -> None:
    """Add `digest` and `alerts` to the command line."""
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
    alerts = commands.add_parser(
        "alerts",
        help="tell what crosses a threshold, once for each cause",
        description="Tell what crosses a threshold, once for each cause. Exit status 3 where something does, 0 where "
        "nothing does (docs/digest.md).",
    )
    alerts.add_argument(
        "--when",
        action="append",
        required=True,
        metavar="RULE",
        help="such as 'roas < 2 by platform', 'profit < 0 by campaign' or 'spend change > 30%%'; as often as needed",
    )
    alerts.add_argument("--query", default="last=7d", help="what its address has behind the “?” (last=7d)")
    alerts.add_argument("--to", action="append", default=[], metavar="ADDRESS", help="a recipient; as often as needed")
    alerts.add_argument("--webhook", action="append", default=[], metavar="URL", help="a chat, by Apprise's address")
    alerts.add_argument("--role", help="as this role of the policy sees it; needed where there is a policy")
    alerts.add_argument("--json", action="store_true", help="print all that crosses as JSON, for other tools")


def run(asked: argparse.Namespace, settings: Any) -> int:
    """Send the digest, or tell of alerts; returns the exit status."""
    if asked.command == "alerts":
        from report import alerts

        return alerts.run(asked, settings)
    from report import digest

    return digest.run(asked, settings)
