"""What is shown against what is chosen, in a real browser: random changes, outages, restarts and newer data.

    python -m bench.agreement [--facts data/facts] [--sequences 50] [--actions 200] [--browsers 3]

After every action the figures are those of what is ticked, or they are dimmed and the page says whose they are; when
the server is back they agree by themselves. Prints one JSON object. Needs a Chromium (CHROMIUM names one).
"""

import argparse
import datetime as dt
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from bench.faults import Server
from bench.line import MODES, Line, open_line
from bench.machine import machine
from facts.source import DEMO_NAME

_SCRIPT: Final = Path(__file__).with_suffix(".js")
#: What a reader does, and how often.
_ACTS: Final = {"tick": 8, "only": 3, "campaign": 4, "unpick": 2, "dates": 3, "days": 1, "compare": 2, "grain": 1} | {
    **{"turn": 5, "back": 4, "forward": 2, "reset": 1, "view": 3, "row": 3, "callout": 2, "mark": 3},
    **{"newer": 1, "itself": 1, "stop": 1, "retry": 1},
}
#: What happens to the line and the server meanwhile.
_FAULTS: Final = {**dict.fromkeys(MODES, 2), "up": 14, "restart": 2, "newer data": 2}
_A_FAULT_EVERY: Final = 6


@dataclass
class Report:
    """What was done, and every state in which figures were not those chosen and the page did not say so."""

    done: Counter[str] = field(default_factory=Counter)
    wrong: list[dict[str, Any]] = field(default_factory=list)

    def blame(self, why: str, done: list[str], state: Any) -> None:
        self.wrong.append({"why": why, "seed": done[0], "done": done[-12:], "state": state})


class World:
    """A server over a table of its own, behind a line, and a page that looks at it."""

    def __init__(self, page: Page, table: Path, line: Line, server: Server) -> None:
        self.page, self.table, self.line, self.server = page, table, line, server
        self.stopped = False
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, path: str = "/") -> None:
        """The page, with two saved views and the code of all that is pressed here."""
        self.page.goto(self.line.address + path)
        self.page.wait_for_function(
            "window.dashboard?.view?.shown() && document.querySelector('[data-filter] .options input')"
        )
        self.page.evaluate(_SCRIPT.read_text())
        name = self.page.locator("#views input:not([type=file])")
        for each in ("one", "two"):
            self.page.locator("#views summary").click()
            name.fill(each)
            name.press("Enter")
            self.page.locator("#views .views-list a", has_text=each).wait_for()
            self.page.evaluate("document.querySelector('[data-filter=region] .options input').click()")
            self.settle()
        self.page.wait_for_function("window.Plotly")

    def change_line(self, fault: str) -> None:
        """The line fails or is whole, the server is stopped or started again, or its data are newer."""
        if fault == "restart":
            if self.stopped:
                self.start()
            else:
                self.server.stop()
                self.stopped = True
        elif fault == "newer data":
            append_day(self.table)
        else:
            self.line.mode = fault

    def start(self) -> None:
        self.server = Server(str(self.table))
        self.line.target = self.server.port
        self.stopped = False

    def settle(self, seconds: float = 60) -> dict[str, Any]:
        """What is shown once it is what is chosen, without anybody doing anything."""
        return self.wait("(test) => test.state().agrees", seconds)

    def honest(self) -> dict[str, Any]:
        """What is shown once it is what is chosen, or the page says that it is not."""
        return self.wait("(test) => { const { agrees, says } = test.state(); return agrees || says; }", 20)

    def wait(self, condition: str, seconds: float) -> dict[str, Any]:
        self.page.wait_for_function(f"({condition})(window.agreementTest)", timeout=seconds * 1000)
        state: dict[str, Any] = self.page.evaluate("agreementTest.state()")
        return state

    def figures_are_those_of(self, state: dict[str, Any]) -> bool:
        """Whether the server ever sent these figures for what is chosen."""
        known = self.line.answers.get((state["page"], state["query"]), [])
        shown = {metric: repr(float(value)) if value else "" for metric, value in state["values"].items()}
        return shown in known

    def play(self, seed: int, actions: int, report: Report) -> None:
        """One sequence of changes and faults; at its end everything works again."""
        rng, done = random.Random(seed), [f"seed {seed}"]
        for place in range(actions):
            if place % _A_FAULT_EVERY == 0:
                name = pick(rng, _FAULTS)
                self.change_line(name)
                report.done[name] += 1
            else:
                name = pick(rng, _ACTS)
                self.page.evaluate("([name, at]) => agreementTest.act(name, at)", [name, rng.random()])
                report.done["changes"] += 1
            done.append(name)
            try:
                self.check(self.honest(), report, done)
            except TooLate:
                report.blame("silent", done, self.page.evaluate("agreementTest.state()"))
            for state in self.page.evaluate("agreementTest.silent()"):
                report.blame("silent for a second", done, state)
        self.line.mode = "up"
        if self.stopped:
            self.start()
        try:
            self.check(self.settle(), report, [*done, "up"])
        except TooLate:
            report.blame("never agreed again", done, self.page.evaluate("agreementTest.state()"))
        for error in self.errors:
            report.blame("error", done, error)
        self.errors.clear()

    def check(self, state: dict[str, Any], report: Report, done: list[str]) -> None:
        """Figures that the page does not excuse are those that the server sent for what is chosen."""
        report.done["states"] += 1
        report.done["states that say so"] += not state["agrees"]
        if state["agrees"] and not self.figures_are_those_of(state):
            report.blame("other figures", done, state)


def pick(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def append_day(table: Path) -> None:
    """One more day of data, as the last one was."""
    rows = pa.table(DeltaTable(table).to_pyarrow_table())
    day = rows["date"]
    last = rows.filter(pc.equal(day, pc.max(day)))
    moved = pa.array([value + dt.timedelta(days=1) for value in last["date"].to_pylist()], day.type)
    write_deltalake(table, last.set_column(rows.column_names.index("date"), "date", moved), mode="append")


@contextmanager
def world(browser: Browser, facts: Path, seed: int) -> Iterator[World]:
    """A world over the last 120 days of `facts`."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "facts"
        rows = pa.table(DeltaTable(facts).to_pyarrow_table())
        first = pc.max(rows["date"]).as_py() - dt.timedelta(days=120)
        recent = rows.filter(pc.greater(rows["date"], pa.scalar(first).cast(rows["date"].type)))
        write_deltalake(table, recent, name=DEMO_NAME)
        server = Server(str(table))
        server.ready()
        context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
        with open_line(server.port, seed) as line:
            found = World(context.new_page(), table, line, server)
            try:
                found.open()
                yield found
            finally:
                context.close()
                found.server.stop()


def chromium() -> dict[str, Any]:
    """How Playwright starts the installed Chromium, or its own."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {**({"executable_path": found} if found else {}), "args": arguments}


def play_all(facts: Path, seeds: list[int], actions: int) -> Report:
    """A sequence for each seed, each in a world of its own."""
    report = Report()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium())
        for seed in seeds:
            with world(browser, facts, seed) as found:
                found.play(seed, actions, report)
            print(f"seed {seed}: {len(report.wrong)} wrong", file=sys.stderr)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, default=Path("data/facts"))
    parser.add_argument("--sequences", type=int, default=50)
    parser.add_argument("--actions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the first sequence")
    parser.add_argument("--browsers", type=int, default=1, help="how many play side by side")
    asked = parser.parse_args()
    seeds, began = list(range(asked.seed, asked.seed + asked.sequences)), time.monotonic()
    with ProcessPoolExecutor(asked.browsers, get_context("spawn")) as pool:
        parts = [
            pool.submit(play_all, asked.facts, seeds[place :: asked.browsers], asked.actions)
            for place in range(asked.browsers)
        ]
        reports = [part.result() for part in parts]
    done = sum((report.done for report in reports), Counter[str]())
    wrong = [each for report in reports for each in report.wrong]
    found = {
        "machine": machine(),
        **{name: value for name, value in vars(asked).items() if name != "facts"},
        "minutes": round((time.monotonic() - began) / 60, 1),
        "done": dict(sorted(done.items())),
        "shown and chosen differ in silence": len(wrong),
        "wrong": wrong,
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
