"""The arguments of `report`, apart from what makes one, so that the command line starts quickly."""

import argparse
from pathlib import Path
from typing import Any


def add_command(commands: Any) -> None:
    """Add `report` to the command line."""
    parser = commands.add_parser(
        "report",
        help="write a page as .pdf, .xlsx or .html",
        description="Write a page as it is seen for a query: .pdf and .html through an installed Chromium, .xlsx by "
        "itself. For whoever may read the data; --role narrows it to what a role of DASHBOARD_POLICY sees.",
    )
    parser.add_argument("--page", required=True, help="the page: executive, cmo or cfo")
    parser.add_argument(
        "--query", default="", help="what its address has behind the “?”, e.g. 'last=12w&region=Europe'"
    )
    parser.add_argument("--out", required=True, type=Path, help="the file to write; its ending says what it is")
    parser.add_argument(
        "--paper", choices=("A4", "Letter"), help="of a PDF (default: Letter where the locale uses it, else A4)"
    )
    parser.add_argument("--role", help="make it as this role of the policy sees it")


def run(asked: argparse.Namespace, settings: Any) -> int:
    """Write the report; returns the exit status."""
    from report.making import run

    return run(asked, settings)
