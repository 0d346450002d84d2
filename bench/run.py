"""Measure everything, write bench/results/*.json and the tables of docs/performance.md.

    python -m bench.run --harness DIR [--facts data/facts] [--quick] [--only path,server,capacity,start,campaigns]

DIR is a copy of the shared harness with its environments (its README says how to make one). About ten minutes on two
cores; run it on a machine that does nothing else, and read the load that each result notes. `--quick` only tries it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from bench import table
from bench.campaigns import made
from bench.machine import machine
from facts.delta.table_names import DEMO_NAME

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
PARTS = ("server", "start", "capacity", "campaigns", "path")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--harness", default=os.environ.get("BENCH_HARNESS"))
    parser.add_argument("--facts", default="data/facts")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default=",".join(PARTS))
    arguments = parser.parse_args()
    facts = str(Path(arguments.facts).resolve())
    wanted = arguments.only.split(",")
    RESULTS.mkdir(exist_ok=True)
    few = arguments.quick
    if "path" in wanted and not arguments.harness:
        raise SystemExit("Name a copy of the shared harness: --harness DIR, or BENCH_HARNESS. Or leave `path` out.")
    measures = {
        "server": lambda: ours("server_cost", "--facts", facts, "--rounds", "8" if few else "60"),
        "start": lambda: ours("start", "--facts", facts, "--starts", "1" if few else "5"),
        "capacity": lambda: ours("capacity", "--facts", facts, "--models", "--seconds", "2" if few else "10"),
        "campaigns": lambda: ours("campaigns", "--rounds", "4" if few else "20"),
        "path": lambda: path(Path(arguments.harness).resolve(), facts, few),
    }
    for name in wanted:
        try:
            keep(name, measures[name]())
        except subprocess.CalledProcessError as problem:
            print(f"{name} was not measured: {problem}", file=sys.stderr, flush=True)
    table.write(RESULTS, ROOT / "docs" / "performance.md")


def ours(module: str, *options: str) -> dict[str, Any]:
    """What a benchmark of ours prints."""
    print(module, *options, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *options], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout[done.stdout.index("{\n") :])


def path(harness: Path, facts: str, few: bool) -> dict[str, Any]:
    """Browser, limit and plain Dash's capacity, measured by the harness on the same facts."""
    python = harness / ".venvs" / "pw" / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        for_peers(facts, Path(folder) / "facts.parquet")
        out = Path(folder) / "out.json"
        folders = [str(Path(folder) / str(campaigns)) for campaigns in (20, 20_000)]
        for each in folders:
            rows = pa.Table.from_pandas(made(int(Path(each).name)), preserve_index=False)
            write_deltalake(each, text_columns(rows), name=DEMO_NAME)
        command = [
            str(python) if python.exists() else sys.executable, str(ROOT / "bench" / "against.py"),
            "--harness", str(harness), "--facts", f"{folder}/facts.parquet", "--out", str(out),
            "--command", f"{sys.executable} -m cli serve", "--directory", str(ROOT), "--campaigns", *folders,
        ]  # fmt: skip
        if few:
            command += ["--clicks", "2", "--loads", "1", "--seconds", "2"]
        print("against the peers", flush=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
        done = subprocess.run(command, env=kept | {"DASHBOARD_FACTS": facts})
        if not out.exists():
            raise subprocess.CalledProcessError(done.returncode, "bench/against.py")
        small = (ROOT / "bundles" / "built" / "plotly.min.js").exists()
        return {
            "machine": machine(),
            "small plotly.js": small,
            **json.loads(out.read_text()),
        }  # all that was measured before it ended


def text_columns(rows: pa.Table) -> pa.Table:
    """Without categories."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_dictionary(field.type):
            rows = rows.set_column(place, field.name, rows[field.name].cast(pa.string()))
    return rows


def for_peers(facts: str, out: Path) -> None:
    """The facts with the columns that the peers read, whose profit takes only `cogs` off."""
    frame = DeltaTable(facts).to_pandas()
    whole = ["impressions", "reach", "clicks", "engagements", "conversions", "new_customers"]
    made = pd.DataFrame({"date": frame["date"].astype("datetime64[us]")})
    for name in ("platform", "campaign", "objective", "region", "device", "segment"):
        made[name] = frame[name].astype("category")
    for name in whole:
        made[name] = frame[name].fillna(0).round().astype("int64")
    made["spend"], made["revenue"] = frame["spend"], frame["revenue"]
    made["cogs"] = frame["cogs"].fillna(0) + frame["variable_costs"].fillna(0)
    made["lifetime_value"] = frame["lifetime_margin"].fillna(0)
    made.to_parquet(out, index=False)


def keep(name: str, result: dict[str, Any]) -> None:
    """Write one result."""
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
