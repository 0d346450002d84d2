"""Addresses of engines: what goes to the driver, what may be shown, and what is refused in a sentence."""

import pytest

from facts import DataProblem
from facts.engines.address import label, parse
from facts.engines.choice import elsewhere
from facts.source import Source


def test_a_password_goes_to_the_driver_and_nowhere_else() -> None:
    found = parse("postgres://reader:p%40ss@db.example.com:5433/shop?table=mart.facts&currency=EUR&sslmode=require")

    assert found.url == "postgres://reader:p%40ss@db.example.com:5433/shop?sslmode=require"
    assert (found.table, found.currency) == ("mart.facts", "EUR")
    assert found.label == "postgres://db.example.com:5433/shop, table mart.facts"
    assert found.without_secrets('could not connect: "p@ss" or p%40ss') == 'could not connect: "…" or …'
    assert "p%40ss" not in repr(found)


def test_a_token_of_spark_is_a_secret() -> None:
    found = parse("sc://spark.example.com:15002/;table=main.mart.facts;token=dapi123;use_ssl=true")

    assert found.url == "sc://spark.example.com:15002/;token=dapi123;use_ssl=true"
    assert found.label == "sc://spark.example.com:15002, table main.mart.facts"
    assert "dapi123" not in repr(found) + found.without_secrets("token dapi123 is expired")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgres://reader:secret@host/db", "but not a table in it: add ?table=NAME"),
        ("sc://host:15002/;token=secret", "but not a table in it: add ;table=NAME"),
        ("ftp://reader:secret@host/x?table=y", "ftp://, which is no engine"),
        ("postgres://reader:secret@host:port/db?table=y", "host and port cannot be read"),
    ],
)
def test_what_is_no_address_is_a_sentence_without_secrets(address: str, says: str) -> None:
    for act in (parse, Source):
        with pytest.raises(DataProblem) as problem:
            act(address)
        assert says in str(problem.value)
        assert "secret" not in str(problem.value)
    assert "secret" not in label(address)


def test_a_path_is_a_path() -> None:
    assert not elsewhere("data/facts")
    assert not elsewhere("/data/sc:x")
    assert label("/data/facts") == "/data/facts"
