"""Pictures of the pages: `python -m docs.screenshots [--facts …] [--all | --questions] [--out …]`.

Starts the real server and a Chromium. Without --all only what the README shows, one screen high; with it every page in
both themes at 1440, 1024, 768 and 390 px, whole, into docs/screenshots/whole; with --questions the answers to
docs/questions.md. Pictures keep 256 colours, to stay small.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from pages import PAGES

#: The questions of docs/questions.md: a picture's name, and the address that answers it within one screen.
QUESTIONS = {
    "growing": "/",
    "look-first": "/#insights",
    "lost-on-the-way": "/cmo?rolling=7d#funnel",
    "audiences": "/cmo#segment-table",
    "banked": "/cfo#reconciliation",
    "losing-pairs": "/cfo#profit-heatmap",
}
_FEW = [("cfo", 1440, "light"), ("executive", 1440, "dark"), ("cmo", 390, "light")]
_ALL = [(page.key, width, theme) for page in PAGES for width in (1440, 1024, 768, 390) for theme in ("light", "dark")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", default="data/facts")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--questions", action="store_true")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "screenshots")
    arguments = parser.parse_args()
    out = arguments.out / ("whole" if arguments.all else "questions" if arguments.questions else "")
    out.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": arguments.facts}
    server = subprocess.Popen([sys.executable, "-m", "cli", "serve"], env=environment)
    try:
        _until_ready(f"http://127.0.0.1:{port}/readyz")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome"),
                args=["--no-sandbox"] if os.geteuid() == 0 else [],
            )
            for name, address in QUESTIONS.items() if arguments.questions else ():
                _take(browser, f"http://127.0.0.1:{port}{address}", 1440, "light", out / f"{name}.png", whole=False)
            for key, width, theme in _ALL if arguments.all else () if arguments.questions else _FEW:
                path = next(page.path for page in PAGES if page.key == key)
                file = out / f"{key}-{width}-{theme}.png"
                _take(browser, f"http://127.0.0.1:{port}/{path}", width, theme, file, whole=arguments.all)
                print(file)
            browser.close()
    finally:
        server.terminate()
        server.wait()


def _until_ready(address: str) -> None:
    for _ in range(900):
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def _take(browser: Browser, address: str, width: int, theme: str, file: Path, *, whole: bool) -> None:
    height = 844 if width < 500 else 900
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light"
    )
    page.goto(address)
    page.wait_for_selector("[data-visual][data-state=ready]")
    page.wait_for_selector("[data-visual][data-state=loading]", state="detached")
    page.wait_for_timeout(600)
    if whole:  # as high as it is, so that what sticks to the window is as long as the page
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": tall})
        page.wait_for_timeout(600)
    page.screenshot(path=file)
    page.close()
    Image.open(file).convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, kmeans=1).save(file, optimize=True)


if __name__ == "__main__":
    main()
