"""The browser path against the peers and against bare plotly.js, with the shared harness, all in one run.

Run by `bench.run` with the harness's own Python (it needs playwright and aiohttp, and nothing of ours):

    python bench/against.py --harness DIR --facts FACTS.parquet --command "marketing-dashboard serve" --out FILE

Ours shows every day of the facts (`last=all`), as the peers do, and each click asks for a selection that nobody asked
for before: ahead of it, and not measured, other campaigns are chosen, so that neither the browser's nor the server's
cache has the answer. `again` is the same click as the harness makes it, where the browser has the answer.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from typing import ClassVar

import playwright.async_api as web

FRESH = """() => {
  const all = dashboard.view.shown().options.campaign;
  const left = new Set();
  while (left.size < 2) left.add(all[Math.floor(Math.random() * all.length)]);
  const device = ["Desktop", "Mobile", "Tablet"].filter(() => Math.random() < 0.8);
  dashboard.view.change({ campaign: all.filter((each) => !left.has(each)), device: device.length === 3 ? [] : device });
}"""


#: The same where campaigns are many: among the short dimensions.
AMONG_OTHERS = """() => {
  const { options } = dashboard.view.shown();
  const some = (values) => {
    const found = values.filter(() => Math.random() < 0.7);
    return found.length ? found : values.slice(0, 1);
  };
  dashboard.view.change({ region: some(options.region), device: some(options.device), segment: some(options.segment) });
}"""


def allow_the_probe() -> None:
    """The stop-watch evaluates text in the page, which our policy forbids: the browser under test puts it aside."""
    plain = web.Browser.new_context

    async def new_context(self, **options):
        context = await plain(self, **{**options, "bypass_csp": True})
        context.set_default_navigation_timeout(180_000)  # a busy machine takes a minute to import a peer
        return context

    web.Browser.new_context = new_context


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--harness", required=True)
    parser.add_argument("--facts", required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("--directory", default=".")
    parser.add_argument("--out", required=True)
    parser.add_argument("--clicks", type=int, default=8)
    parser.add_argument("--loads", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument(
        "--campaigns", nargs="*", default=[], help="folders of facts with as many campaigns as each is called"
    )
    parser.add_argument("--only", default="browser,limit,campaigns,load")
    arguments = parser.parse_args()
    os.environ["FACTS"] = os.path.abspath(arguments.facts)
    sys.path.insert(0, arguments.harness)
    allow_the_probe()
    found: dict = {"not measured": {}}

    def keep() -> None:
        with open(arguments.out, "w") as file:
            json.dump(found, file, indent=1)

    parts = {"browser": browser, "limit": limits, "campaigns": campaigns, "load": load}
    for name in parts:
        if name in arguments.only:
            parts[name](arguments, found, keep)


def noted(found: dict, what: str, problem: BaseException) -> None:
    """That something gave no figures, and why: the rest is measured all the same."""
    found["not measured"][what] = (str(problem).strip().splitlines() or [type(problem).__name__])[0][:300]
    print(f"{what} could not be measured: {problem}", file=sys.stderr, flush=True)


def browser(arguments, found: dict, keep) -> None:
    """Medians by app and page, kept as soon as an app has been measured."""
    import apps
    import measure

    class Ours(apps.Ours):
        name, port = "ours", 8147
        pages: ClassVar = {"executive": "/?last=all", "cmo": "/cmo?last=all", "cfo": "/cfo?last=all"}

        async def prepare(self, page, off):
            await page.evaluate(FRESH)
            await page.wait_for_timeout(150)

    class Usual(Ours):
        """Ours as it opens, 28 days, and clicked as the harness clicks: the browser has seen both answers."""

        name, port = "ours, 28 days, again", 8146
        pages: ClassVar = {"cfo": "/cfo"}

        async def prepare(self, page, off):
            pass

    class Naive(apps.DashNaive):
        pages: ClassVar = {"cfo": "/cfo"}

    class Vizro(apps.Vizro):
        pages: ClassVar = {"cfo": "/cfo"}

    several = []
    for kind in (apps.Streamlit, Naive, Vizro, Ours, Usual):
        ours = issubclass(kind, Ours)
        app = kind(command=arguments.command, cwd=arguments.directory) if ours else kind()
        if ours:
            app.env = {"DASHBOARD_PORT": str(app.port), "DASHBOARD_WORKERS": "2", "PYTHONDONTWRITEBYTECODE": ""}
        app.mode = "click"
        several.append(app)
    results: dict = {}
    began = os.getloadavg()
    for app in several:  # one after the other: no server disturbs another's figures, and one that fails is left out
        with tempfile.TemporaryDirectory() as folder:
            options = argparse.Namespace(
                pages=None, out_dir=folder, ours_pid=None, chromium=measure.CHROME, film=None, profile=None,
                verbose=False, n=arguments.clicks, rounds=1, loads=arguments.loads, warmup=2,
            )  # fmt: skip
            try:
                raw, _ = asyncio.run(measure.measure(options, [app]))
            except Exception as problem:
                noted(found, app.name, problem)
                keep()
                continue
        measured = raw[app.name]
        pages = {
            page: measure.summary(each["recs"], each["cold"], each["warm"]) for page, each in measured["pages"].items()
        }
        for page, each in measured["pages"].items():
            pages[page]["errors"] = each.get("errors", [])[:3]
        results[app.name] = {"pss_mb": measured["pss_mb"], "pages": pages}
        found |= {"when": time.strftime("%F %T"), "load": [began, os.getloadavg()], "apps": results}
        keep()


def campaigns(arguments, found: dict, keep) -> None:
    """Ours with few and with many campaigns: medians by number and page."""
    import apps
    import measure

    class Ours(apps.Ours):
        name, port = "ours", 8148

        async def prepare(self, page, off):
            await page.evaluate(AMONG_OTHERS)
            await page.wait_for_timeout(150)

    found["campaigns"] = {}
    for folder in arguments.campaigns:
        app = Ours(command=arguments.command, cwd=arguments.directory)
        app.env = {"DASHBOARD_PORT": str(app.port), "DASHBOARD_WORKERS": "2", "DASHBOARD_FACTS": folder}
        app.mode = "click"
        with tempfile.TemporaryDirectory() as out:
            options = argparse.Namespace(
                pages=None, out_dir=out, ours_pid=None, chromium=measure.CHROME, film=None, profile=None,
                verbose=False, n=arguments.clicks, rounds=1, loads=1, warmup=2,
            )  # fmt: skip
            try:
                raw, _ = asyncio.run(measure.measure(options, [app]))
            except Exception as problem:
                noted(found, f"{os.path.basename(folder)} campaigns", problem)
                keep()
                continue
        found["campaigns"][os.path.basename(folder)] = {
            page: measure.summary(each["recs"], each["cold"], each["warm"])
            for page, each in raw[app.name]["pages"].items()
        }
        keep()


def limits(arguments, found: dict, keep) -> None:
    """What bare plotly.js takes for each page's charts, with cards and tables as HTML."""
    import limit

    found["limit"] = {}
    frame = limit.m.load()
    for page in ("executive", "cmo", "cfo"):
        states = [
            limit.state(page, frame),
            limit.state(page, limit.m.apply_filters(frame, platform=["Meta", "Google", "Amazon"])),
        ]
        options = argparse.Namespace(page=page, n=max(5, arguments.clicks), chromium=limit.M.CHROME, out_dir=".")
        try:
            measured, _ = asyncio.run(limit.browser_limits(options, states))
        except Exception as problem:
            noted(found, f"bare plotly.js, {page}", problem)
            keep()
            continue
        found["limit"][page] = {
            name: limit.M.q(values, 0.5)
            for name, values in measured.items()
            if name in ("react", "react+page", "event floor")
        }
        keep()


def load(arguments, found: dict, keep) -> None:
    """Changes a second of plain Dash with as many readers."""
    import load as loading

    with tempfile.TemporaryDirectory() as folder:
        options = argparse.Namespace(
            apps="dash_naive", page="cfo", users=[arguments.readers], seconds=arguments.seconds, out_dir=folder,
            chromium=loading.M.CHROME, ours_command=None, ours_dir=None, ours_url=None, ours_pid=None,
        )  # fmt: skip
        try:
            measured = asyncio.run(loading.run(options))
            found["load"] = {name: each["rows"][0] for name, each in measured.items()}
        except Exception as problem:
            noted(found, "dash_naive with many readers", problem)
        keep()


if __name__ == "__main__":
    main()
