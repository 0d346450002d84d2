"""What is wrong with a mapped warehouse is said by the mapping's file and key, without a driver's words or a secret."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from facts import DataProblem
from facts.engines.choice import Engine
from facts.engines.faults import cause_of
from facts.source import load
from tests.engines import free_port, postgres

TABLE = pa.table(
    {
        "tag": ["03.10.2025", "03.10.2025"],
        "iso": ["2025-10-03", ""],
        "us": ["10/03/2025", ""],
        "feb": ["2025-02-30", "2025-10-04"],
        "stamp": [20251003, 20251004],
        "kosten": ["1.234,56", "1.234,56"],
        "us_cost": ["1,234.56", "7"],
        "text_cost": [" 12.50 ", ""],
        "kanal": ["google", "google"],
    }
)
#: What a driver says, which names its insides, and what an address must not give away.
RAW = ("Conversion Error", "invalid input syntax", "Catalog Error", "specifier", "FATAL", "IO Error", "out of range")
SECRETS = ("p@ss", "p%40ss", "reader:", "hunter2")

#: By what [columns] says, how the refusal begins and what else it has.
WRONG = [
    ('date = "iso"\nspend = "belopp"', "spend = “belopp”, a column that the table ", "does not have. It has: tag, iso"),
    ('date = "iso"\nspend = "kanal"', "spend = “kanal”: ", "holds “google”, which is no number"),
    ('date = "iso"\nspend = "kosten"', "spend = “kosten”: ", "holds “1.234,56”, which is no number as 1234.56 is"),
    ('date = "iso"\nspend = "us_cost"', "spend = “us_cost”: ", "holds “1,234.56”, which is no number"),
    ('date = "iso"\nspend = "stamp"\nrevenue = "kosten"', "revenue = “kosten”: ", "as in [columns] revenue = "),
    ('date = "Tag"\nspend = "stamp"', "date = “Tag”: ", "holds “03.10.2025”, which is no day as 2025-10-03 is"),
    ('date = "us"\nspend = "stamp"', "date = “us”: ", "holds “10/03/2025”, which is no day"),
    ('date = "feb"\nspend = "stamp"', "date = “feb”: ", "holds “2025-02-30”, which is no day"),
    ('date = "stamp"\nspend = "stamp"', "date = “stamp”: ", "holds whole numbers, and must hold days"),
    ('date = "day"\nspend = "stamp"', "date = “day”, a column that the table ", "Say in m.toml"),
]

Refusal = Callable[..., str]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """Why facts at an address cannot be read, with a mapping whose [columns] are given."""

    def read(address: str, columns: str = "", mapping: Path | None = None) -> str:
        if columns:
            mapping = tmp_path / "m.toml"
            mapping.write_text(f"[columns]\n{columns}\n")
        with pytest.raises(DataProblem) as problem:
            load(address, engine=Engine(mapping=str(mapping or ""), refresh=0)).close()
        said = str(problem.value)
        assert not [word for word in (*RAW, *SECRETS) if word in said], said
        assert not [word for word in SECRETS if word in problem.value.reader]
        return said

    return read


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as database:
        database.register("given", TABLE)
        database.sql("create schema mart")
        database.sql("create table mart.figures as select * from given")
        database.sql("create view plain as select * from given")
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("postgres")) as fill:
        yield fill(TABLE)


@pytest.mark.parametrize(("columns", "begins", "more"), WRONG)
def test_a_wrong_mapping_of_a_duckdb_file(
    warehouse: Path, refusal: Refusal, columns: str, begins: str, more: str
) -> None:
    said = refusal(f"duckdb://{warehouse}?table=mart.figures", columns)
    assert said.startswith(f"m.toml says [columns] {begins}")
    assert more in said


@pytest.mark.long
@pytest.mark.parametrize(("columns", "begins", "more"), WRONG)
def test_a_wrong_mapping_of_postgres(server: str, refusal: Refusal, columns: str, begins: str, more: str) -> None:
    said = refusal(server, columns)
    assert said.startswith(f"m.toml says [columns] {begins}")
    assert more in said


def test_a_mapping_without_the_spend_says_where_to_add_it(warehouse: Path, refusal: Refusal) -> None:
    said = refusal(f"duckdb://{warehouse}?table=mart.figures", 'date = "iso"')
    assert "has no column for the spend. It has: tag, iso" in said
    assert "Say in m.toml which it is" in said


def test_texts_of_numbers_and_days_may_be_empty(warehouse: Path, tmp_path: Path) -> None:
    (mapping := tmp_path / "m.toml").write_text('[columns]\ndate = "iso"\nspend = "text_cost"\n')
    facts = load(f"duckdb://{warehouse}?table=mart.figures", engine=Engine(mapping=str(mapping)))
    assert facts.extent().first == facts.extent().last
    facts.close()


@pytest.mark.parametrize("name", ["mart.figurs", "nomart.figures", "figures"])
def test_a_table_that_is_not_there_is_said_with_those_that_are(warehouse: Path, refusal: Refusal, name: str) -> None:
    said = refusal(f"duckdb://{warehouse}?table={name}")
    assert f"There is no table {name} in duckdb://{warehouse}. It has: mart.figures, main.plain." in said
    assert "Name the table in DASHBOARD_FACTS" in said


def test_a_file_that_is_not_there_or_no_database(warehouse: Path, tmp_path: Path, refusal: Refusal) -> None:
    said = refusal(f"duckdb://{warehouse.parent}/none.duckdb?table=t")
    assert f"In {warehouse.parent} there is warehouse.duckdb: name one in DASHBOARD_FACTS" in said
    (tmp_path / "junk.duckdb").write_text("junk" * 5000)
    assert "the file is none of DuckDB's" in refusal(f"duckdb://{tmp_path}/junk.duckdb?table=t")


def test_a_mapping_that_is_not_there_or_no_text(warehouse: Path, tmp_path: Path, refusal: Refusal) -> None:
    address = f"duckdb://{warehouse}?table=mart.figures"
    (tmp_path / "other.toml").write_text("")
    said = refusal(address, mapping=tmp_path / "none.toml")
    assert said.startswith(f"DASHBOARD_FACTS_MAPPING names {tmp_path}/none.toml, a file that is not there.")
    assert "Beside it is other.toml" in said
    (tmp_path / "p.toml").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    assert "which is a PNG picture and no TOML" in refusal(address, mapping=tmp_path / "p.toml")


@pytest.mark.long
def test_what_postgres_refuses(server: str, refusal: Refusal) -> None:
    base, _, table = server.partition("?table=")
    missing = refusal(f"{base}?table=public.figurs")
    assert "There is no table public.figurs in postgres://127.0.0.1:" in missing
    assert f"It has: {table}." in missing
    for name in (table.upper(), table.replace("facts", "Facts")):
        assert f"There is no table {name} in" in refusal(f"{base}?table={name}"), (
            "names in Postgres have their capitals"
        )
    for wrong in (server.replace("p%40ss%2Fword", "hunter2"), server.replace("reader:", "somebody:")):
        assert "did not accept the user and password" in refusal(wrong)
    assert "has no database of that name" in refusal(server.replace("/postgres?", "/nodb?"))
    port = base.rpartition(":")[2].partition("/")[0]
    assert "nothing answers there. Check host and port" in refusal(server.replace(port, str(free_port())))
    assert "there is no machine of that name" in refusal(server.replace("127.0.0.1", "no-such-host.invalid"))


def test_a_table_that_may_not_be_read_and_a_server_that_keeps_out(tmp_path: Path) -> None:
    for words, means in (
        ("permission denied for table figures", "may not read it. Give that user the right to select"),
        ('FATAL: no pg_hba.conf entry for host "10.0.0.1", user "x"', "does not let this machine in"),
        ("fe_sendauth: no password supplied", "did not accept the user and password"),
        ("server does not support SSL, but SSL was required", "no encrypted connection could be made"),
        ("received invalid response to SSL negotiation: H", "what answers there is no Postgres"),
        ('invalid connection option "password2"', "an option that the driver does not know"),
        ("canceling statement due to statement timeout", None),
    ):
        said = cause_of("postgres://h/d, table t", words)
        assert (said is None) if means is None else (said is not None and means in said)
