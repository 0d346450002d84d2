"""Engines that tests put rows into: each gives `Facts` over an Arrow table with the schema's columns.

Spark and Postgres are real servers, started once a session; where their parts are missing, a sentence says which.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from facts import Facts
from facts.costs import CostsChange, costs_of_rows, line_of
from facts.engines.duckdb_table import DuckTable
from facts.engines.lazy import LazyFacts
from facts.engines.mapping import NO_MAPPING, TableMapping
from facts.engines.remote import Remote
from facts.engines.table import Sessions
from facts.memory.frame import FrameFacts
from facts.own_rules import rules_in
from facts.protocol import utc_now
from facts.side_facts import SideFacts
from kpi.costs import Cost

QUICK = ["pandas", "polars", "duckdb"]
SERVERS = [pytest.param(name, marks=pytest.mark.long) for name in ("spark", "postgres")]
ENGINES = [*QUICK, *SERVERS]


class Fill(Protocol):
    """Makes facts of rows, with costs that somebody stated; `rules` are those of own dimensions (facts.own_rules),
    `mapping` explains columns that are not the schema's.
    """

    def __call__(
        self, rows: pa.Table, costs: Sequence[Cost] = (), mapping: TableMapping = NO_MAPPING, rules: bytes = b""
    ) -> Facts: ...


class PolarsTable:
    """A lazy Polars frame: what the expressions mean, by their own authors."""

    label, most = "polars", 1_000

    def __init__(self, rows: pa.Table) -> None:
        import polars as pl

        self._frame = pl.from_arrow(rows).lazy()

    def connect(self) -> "PolarsTable":
        return self

    def frame(self) -> nw.LazyFrame[Any]:
        return nw.from_native(self._frame)

    def collect(self, asked: nw.LazyFrame[Any]) -> pa.Table:
        return asked.collect("pyarrow").to_native()

    def without_secrets(self, text: str) -> str:
        return text

    def cancel(self) -> None: ...

    def close(self) -> None: ...


def text_columns(rows: pa.Table) -> pa.Table:
    """Without dictionaries, which not every engine reads."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_dictionary(field.type) or pa.types.is_large_string(field.type):
            rows = rows.set_column(place, field.name, rows[field.name].cast(pa.string()))
    return rows


@contextmanager
def engine(name: str, folder: Path) -> Iterator[Fill]:
    """How to make facts of rows in the engine called `name`; its files lie in `folder`."""
    made: list[LazyFacts | Remote] = []

    def kept(one: Any) -> Any:
        made.append(one)
        return one

    def pandas(
        rows: pa.Table, costs: Sequence[Cost] = (), mapping: TableMapping = NO_MAPPING, rules: bytes = b""
    ) -> Facts:
        frame = rows.set_column(0, "date", rows["date"].cast(pa.timestamp("us"))).to_pandas()
        frame, stated = costs_of_rows(frame, tuple(costs))
        return FrameFacts(frame, "v", demo=True, side=SideFacts(costs=stated), own=rules_in(rules))

    def polars(
        rows: pa.Table, costs: Sequence[Cost] = (), mapping: TableMapping = NO_MAPPING, rules: bytes = b""
    ) -> Facts:
        sessions = Sessions(PolarsTable(rows), mapping)
        return kept(LazyFacts(sessions, "v", demo=True, own=rules_in(rules), costs=costs))

    def duckdb(
        rows: pa.Table, costs: Sequence[Cost] = (), mapping: TableMapping = NO_MAPPING, rules: bytes = b""
    ) -> Facts:
        file = folder / f"{uuid4().hex}.parquet"
        pq.write_table(rows, file, row_group_size=10_000)
        sessions = Sessions(DuckTable([str(file)], str(file)), mapping)
        return kept(LazyFacts(sessions, "v", demo=True, own=rules_in(rules), costs=costs))

    with ExitStack() as servers:  # which outlive what was made in them
        try:
            if name in ("spark", "postgres"):
                fill = servers.enter_context((spark if name == "spark" else postgres)(folder))

                def remote(
                    rows: pa.Table, costs: Sequence[Cost] = (), mapping: TableMapping = NO_MAPPING, rules: bytes = b""
                ) -> Facts:
                    file, log = (folder / f"{uuid4().hex}.{kind}" for kind in ("toml", "jsonl"))
                    file.write_bytes(rules)
                    log.write_text(line_of(CostsChange(utc_now(), "Ann", tuple(costs))))
                    table = fill(text_columns(rows))
                    facts = kept(Remote(table, 0.0, rules=file, mapping=mapping, costs=log)).facts()
                    facts.demo = True
                    return facts

                yield remote
            else:
                yield {"pandas": pandas, "polars": polars, "duckdb": duckdb}[name]
        finally:
            for each in made:
                each.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 180) -> None:
    """Wait until somebody listens at `port`."""
    for _ in range(int(seconds * 5)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    pytest.fail(f"The server did not start:\n{log.read_text()[-2000:]}")


@contextmanager
def spark(folder: Path) -> Iterator[Callable[[pa.Table], str]]:
    """A Spark Connect server of this machine's own; gives a function that makes a table and returns its address."""
    pytest.importorskip("pyspark.sql.connect.session", reason="needs the client of Spark: scripts/setup engines")
    home = Path(os.environ.get("SPARK_HOME", Path(__file__).parent.parent / ".spark" / "pyspark")).absolute()
    if not (home / "bin" / "spark-submit").exists() or not shutil.which("java"):
        pytest.skip("needs Apache Spark and Java: scripts/setup engines installs them (or set SPARK_HOME)")
    port, log = free_port(), folder / "spark.log"
    settings = {
        "spark.connect.grpc.binding.port": port,
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": 1,
        "spark.sql.warehouse.dir": folder / "warehouse",
    }
    command = [home / "bin" / "spark-submit", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command += ["--master", "local[2]", "--driver-memory", "1g"]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*map(str, command), "spark-internal"],
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"},
        )
    try:
        answers(port, process, log)
        from pyspark.sql.connect.session import SparkSession

        session = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").create()

        def fill(rows: pa.Table) -> str:
            table = f"facts_{uuid4().hex}"
            pq.write_table(rows, folder / f"{table}.parquet")
            session.sql(f"create table {table} using parquet location '{folder}/{table}.parquet'").collect()
            return f"sc://127.0.0.1:{port}/;table={table}"

        yield fill
        session.stop()
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def postgres(folder: Path) -> Iterator[Callable[[pa.Table], str]]:
    """A Postgres of this machine's own, started as a user who is not root; as `spark`."""
    psycopg = pytest.importorskip("psycopg", reason="needs the driver of Postgres: scripts/setup engines")
    pytest.importorskip("ibis", reason="needs Ibis: scripts/setup engines")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    where = os.pathsep.join([*map(str, reversed(found)), os.environ["PATH"]])
    initdb, server = (shutil.which(name, path=where) for name in ("initdb", "postgres"))
    if not initdb or not server:
        pytest.skip("needs Postgres: scripts/setup engines installs it")
    home = Path(tempfile.mkdtemp(prefix="postgres-"))  # pytest's own folders are closed to anybody but their owner
    data, log, port = home / "data", folder / "postgres.log", free_port()
    owner: dict[str, Any] = {}
    if os.getuid() == 0:  # Postgres refuses to run as root
        owner = {"user": "nobody", "extra_groups": []}
        shutil.chown(home, "nobody")
    password = home / "password"
    password.write_text("p@ss/word")
    password.chmod(0o644)
    made = [initdb, "-D", data, "-U", "reader", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "-N"]
    subprocess.run([*map(str, made), "--locale=C"], check=True, stdout=subprocess.DEVNULL, cwd="/", **owner)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [server, "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(home), "-F"],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd="/",
            **owner,
        )
    try:
        answers(port, process, log)

        def kind(type: pa.DataType) -> str:
            if pa.types.is_timestamp(type):
                return "timestamp"
            if pa.types.is_decimal(type):
                return "numeric"
            return {"date32[day]": "date", "string": "text", "int64": "bigint"}.get(str(type), "float8")

        def connect() -> Any:
            for _ in range(100):
                try:
                    return psycopg.connect(
                        host="127.0.0.1", port=port, user="reader", password="p@ss/word", dbname="postgres"
                    )
                except psycopg.OperationalError:  # it listens before it lets anybody in
                    time.sleep(0.1)
            raise AssertionError(log.read_text())

        def fill(rows: pa.Table) -> str:
            table = f"facts_{uuid4().hex}"
            columns = ", ".join(f'"{field.name}" {kind(field.type)}' for field in rows.schema)
            with connect() as connection, connection.cursor() as cursor:
                cursor.execute(f"create table {table} ({columns})")
                with cursor.copy(f"copy {table} from stdin") as copy:
                    for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
                        copy.write_row(row)
            return f"postgres://reader:p%40ss%2Fword@127.0.0.1:{port}/postgres?table=public.{table}"

        yield fill
    finally:
        process.send_signal(signal.SIGINT)  # without waiting for who is still connected
        process.wait(60)
        shutil.rmtree(home)
