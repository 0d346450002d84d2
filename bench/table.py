"""The tables of docs/performance.md from bench/results/*.json, between the marks that stand there."""

import json
from pathlib import Path
from typing import Any

PAGES = ("executive", "cmo", "cfo")


def write(results: Path, document: Path) -> None:
    """Put what there are results of into `document`."""
    text = document.read_text()
    for name, made in MADE.items():
        found = results / f"{name}.json"
        if found.exists():
            text = between(text, name, "\n".join(made(json.loads(found.read_text()))))
    document.write_text(text)


def between(text: str, name: str, lines: str) -> str:
    """`text` with `lines` between the marks of `name`."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    if begin not in text or end not in text:
        raise SystemExit(f"docs/performance.md has no place for {name}: put its two marks there")
    return text[: text.index(begin) + len(begin)] + lines + text[text.index(end) :]


def path(result: dict[str, Any]) -> list[str]:
    """Click to last paint and first load, ours against the peers and bare plotly.js."""
    apps, limit = result.get("apps", {}), result.get("limit", {})
    ours = apps.get("ours", {}).get("pages", {})

    def of(app: str, measure: str) -> list[float | None]:
        pages = apps.get(app, {}).get("pages", {})
        return [pages.get(page, {}).get(measure) for page in PAGES]

    fresh, floor = of("ours", "ms"), [limit.get(page, {}).get("react+page") for page in PAGES]
    lines = [
        *head(result),
        "",
        "| click to last paint, ms | executive | CMO | CFO |",
        "|---|---|---|---|",
        row("ours, asked for the first time", fresh),
        row("bare plotly.js, cards and tables", floor),
        row("**× the limit** (bar 2, CFO)", [over(*each) for each in zip(fresh, floor, strict=True)], 2),
    ]
    for name in ("streamlit", "dash_naive", "vizro"):
        found = of(name, "ms")
        lines.append(row(name, found))
        times = [over(*each) for each in zip(found, fresh, strict=True)]
        lines.append(
            row(
                f"**{name} ÷ ours** (bar {'5' if name == 'streamlit' else '4' if name == 'dash_naive' else '–'})",
                times,
                1,
            )
        )
    again = apps.get("ours, 28 days, again", {}).get("pages", {}).get("cfo", {}).get("ms")
    lines += [
        row("ours, 28 days, an answer the browser has", [None, None, again]),
        row("ours: bytes of a change, kB (bar 12)", [thousands(each) for each in of("ours", "down")], 1),
        row("ours: server CPU of a change, ms (the kernel counts in tens)", of("ours", "cpu"), 1),
        "",
        "| first load, cold browser, CFO page | ms to every visual | kB | requests |",
        "|---|---|---|---|",
    ]
    for name in ("ours", "vizro", "dash_naive", "streamlit"):
        page = apps.get(name, {}).get("pages", {}).get("cfo")
        if page:
            lines.append(row(name, [page["cold_ms"], thousands(page["cold_down"]), page["cold_requests"]]))
    if ours and "vizro" in apps:
        ratio = over(ours["cfo"]["cold_ms"], apps["vizro"]["pages"]["cfo"]["cold_ms"])
        lines.append(f"| **ours ÷ Vizro** (bar 0.5) | {shown(ratio, 2)} | | |")
    if not result.get("small plotly.js", True):
        lines += ["", "Ours with the whole plotly.js: `make bundle` had not been run, which takes 0.95 MB off."]
    if len(numbers := list(result.get("campaigns", {}))) == 2:
        few, many = (result["campaigns"][number] for number in numbers)
        lines += ["", f"| campaigns: {numbers[0]}, {numbers[1]} | executive | CMO | CFO |", "|---|---|---|---|"]
        for number, pages in zip(numbers, (few, many), strict=True):
            lines.append(row(f"click to last paint, ms, {int(number):,}", [pages[page]["ms"] for page in PAGES]))
        ratios = [over(many[page]["ms"], few[page]["ms"]) for page in PAGES]
        lines.append(row("**ratio** (bar 2)", ratios, 2))
    for name, each in result.get("load", {}).items():
        speed = f"{each['per_s']:.1f} changes a second, p95 {each['p95']:,.0f} ms"
        lines += ["", f"{name} with {each['users']} readers on the CFO page: {speed}."]
    for name, why in result.get("not measured", {}).items():
        lines += ["", f"Not measured: {name} ({why})."]
    return lines


def server(result: dict[str, Any]) -> list[str]:
    """CPU of one change."""
    lines = [*head(result), "", "| CPU of a change, ms | nothing cached (bar 15) | cached (bar 2) |", "|---|---|---|"]
    for name, each in result["milliseconds of CPU"].items():
        lines.append(f"| {name} | {shown(each['not cached'], 1)} | {shown(each['cached'], 2)} |")
    return [
        *lines,
        "",
        f"One numpy sum over the measures of all {result['rows']:,} rows: {result['sum of the measures']} ms.",
    ]


def capacity(result: dict[str, Any]) -> list[str]:
    """Changes a second."""
    lines = [
        *head(result),
        "",
        f"| {result['readers']} readers, {result['page'].upper()} page | changes a second | p50 ms | p95 ms | errors |",
        "|---|---|---|---|---|",
    ]
    for name, label in (
        ("distinct", "each their own selections (bar 80, p95 150)"),
        ("one view", "all the same selections"),
    ):
        each = result[name]
        lines.append(
            f"| {label} | {each['changes a second']} | {each['p50 ms']} | {each['p95 ms']} | {each['errors']} |"
        )
    if "models" in result:
        lines += ["", "| workers | threads of each | changes a second | p50 ms | p95 ms | errors | memory, MB | load |"]
        lines.append("|---|---|---|---|---|---|---|---|")
    for each in result.get("models", []):
        values = (each[name] for name in ("changes a second", "p50 ms", "p95 ms"))
        model = f"| {each['workers']} | {each['threads']} | {' | '.join(shown(value, 0) for value in values)} "
        lines.append(f"{model}| {each['errors']:.0f} | {each['memory mb']:.0f} | {each['load']:.1f} |")
    return lines


def start(result: dict[str, Any]) -> list[str]:
    """Start and memory."""
    return [
        *head(result), "", "| | | bar |", "|---|---|---|",
        f"| start to ready, s | {result['ready s']} | 2 |",
        f"| start to the CFO page's figures, s | {result['figures s']} | |",
        f"| memory of two workers (PSS), MB | {result['memory mb']} | 350 |",
    ]  # fmt: skip


def campaigns(result: dict[str, Any]) -> list[str]:
    """Twenty and twenty thousand."""
    lines = [
        *head(result),
        "",
        f"| {result['rows']:,} rows | CPU of a change, ms: 20 campaigns | 20,000 | kB: 20 | 20,000 |",
        "|---|---|---|---|---|",
    ]
    few, many = result["campaigns"]["20"], result["campaigns"]["20000"]
    for page in PAGES:
        sizes = [each[page]["bytes"] / 1000 for each in (few, many)]
        lines.append(row(page, [few[page]["ms of cpu"], many[page]["ms of cpu"], *sizes], 1))
    return lines


def head(result: dict[str, Any]) -> list[str]:
    """Where and when."""
    on = result["machine"]
    return [f"{on['date']}, {on['cores']} cores ({on['cpu']}), Python {on['python']}, load at the end {on['load']}."]


def row(name: str, values: list[float | None], digits: int = 0) -> str:
    """One line of a table."""
    return f"| {name} | " + " | ".join(shown(value, digits) for value in values) + " |"


def shown(value: float | None, digits: int = 0) -> str:
    """A figure, or a dash."""
    return "–" if value is None else f"{value:,.{digits}f}"


def thousands(value: float | None) -> float | None:
    """Bytes as kilobytes."""
    return None if value is None else value / 1000


def over(value: float | None, by: float | None) -> float | None:
    """A ratio, where there is one."""
    return value / by if value and by else None


MADE = {"path": path, "server": server, "capacity": capacity, "start": start, "campaigns": campaigns}
