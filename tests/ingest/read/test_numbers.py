"""Numbers as people and platforms write them, read back exactly."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.read.numbers import bare, clean_texts, numbers
from ingest.read.report_file import read_file

#: Signs between groups of digits: plain, no-break, narrow no-break and thin spaces, and both apostrophes.
SEPARATORS = (" ", "\u00a0", "\u202f", "\u2009", "'", "’")


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(SEPARATORS),
    st.sampled_from((",", ".")),
    st.none() | st.integers(0, 99),
    st.sampled_from(("{}", "{} kr", "€ {}")),
)
@example(1_234_567, " ", ",", None, "{}")
@example(10**12, "'", ".", 50, "{}")
def test_a_number_of_any_size_reads_back(
    whole: int, separator: str, sign: str, cents: int | None, written: str
) -> None:
    text = f"{whole:,}".replace(",", separator) + ("" if cents is None else f"{sign}{cents:02}")
    values, wrong = numbers(bare(clean_texts(pa.array([written.format(text)]))), sign)
    assert not len(wrong)
    assert values[0] == float(f"{whole}.{cents or 0:02}")


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_french_export_with_millions(file: Callable[..., Path], separator: str) -> None:
    header = "Jour;Campagne;Code de la devise;Coût;Impressions;Clics;Conversions;Valeur de conv.\n"
    row = "2025-03-01;c1;EUR;1 234 567,50;12 345 678;1 234;2;1 000 000 000,25\n"
    (found,) = read_file(file(header + row.replace(" ", separator)))
    assert found.frame.loc[0, ["spend", "impressions", "clicks", "revenue"]].tolist() == [
        1_234_567.5,
        12_345_678,
        1_234,
        1_000_000_000.25,
    ]
