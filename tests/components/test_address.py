"""The codec's two directions are opposites, and nothing in an address raises."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.address import PRESETS, RANKS, Address, Query, as_of, read, write
from kpi.selection import Extent, only

EXTENT = Extent(date(2023, 9, 29), date(2025, 9, 28))
OPTIONS = {
    "platform": ("Meta", "Google", "Amazon", "TikTok"),
    "region": ("North America", "Europe"),
    "objective": ("Awareness", "Conversion"),
    "device": ("Mobile", "Desktop", "Tablet"),
    "segment": ("Prospecting", "Retargeting"),
    "campaign": ("Spring, Summer & more", "100% off", "%2C", "a=b&c", "خصم", "<script>", "plain", "Spring", "a+b c"),
}


@st.composite
def queries(draw: st.DrawFn) -> Query:
    chosen = {
        name: draw(st.lists(st.sampled_from(values), min_size=1, max_size=len(values) - 1, unique=True))
        for name, values in OPTIONS.items()
        if draw(st.booleans())
    }
    last = draw(st.sampled_from([*PRESETS, "3d", "6m", "1y", None]))
    start, end = sorted(draw(st.tuples(*[st.dates(EXTENT.first, EXTENT.last)] * 2))) if last is None else (None, None)
    return Query(
        only(chosen),
        last,
        start,
        end,
        draw(st.sampled_from(["previous", "year", "none"])),
        draw(st.sampled_from(["day", "week", "month"])),
        draw(st.sampled_from(["", "7d"])),
        draw(st.sampled_from(RANKS)),
    )


@given(queries())
def test_reading_what_was_written_gives_it_back(query: Query) -> None:
    assert read(Address.of(write(query)), OPTIONS, EXTENT, RANKS) == (query, ())


def test_the_default_is_left_out() -> None:
    assert write(Query()) == ""
    assert read(Address.of("platform=Meta,Google,Amazon,TikTok&last=28d&compare=previous"), OPTIONS, EXTENT, RANKS) == (
        Query(),
        (),
    )


def test_one_selection_has_one_address() -> None:
    orders = ["device=Tablet,Mobile&platform=Meta", "platform=Meta&device=Mobile,Tablet&utm_source=mail"]
    assert {write(read(Address.of(each), OPTIONS, EXTENT, RANKS)[0]) for each in orders} == {
        "platform=Meta&device=Mobile,Tablet"
    }


def test_of_two_versions_the_last_is_shown_and_written() -> None:
    address = "as_of=7&as_of=0"
    assert as_of(Address.of(address)) == "0"
    assert write(read(Address.of(address), OPTIONS, EXTENT, RANKS)[0]) == "as_of=0"


@pytest.mark.parametrize(
    "written",
    [
        "campaign=Spring%252C Summer %26 more",
        "campaign=Spring%2C%20Summer%20%26%20more",
        "campaign=Spring,+Summer+%26+more",
    ],
)
def test_a_comma_in_a_value_survives_however_it_was_quoted(written: str) -> None:
    assert read(Address.of(written), OPTIONS, EXTENT, RANKS)[0].only == (("campaign", ("Spring, Summer & more",)),)


@pytest.mark.parametrize(
    ("address", "note"),
    [
        ("platform=Foo", "There is no platform “Foo” in the data; it was left out."),
        ("platform=A,B,C,D,E", "The data has no platform called “A”, “B”, “C” and 2 more; they were left out."),
        ("from=2025-09-28&to=2025-09-01", "The dates run backwards (2025-09-28 to 2025-09-01); they were left out."),
        ("from=2025-02-30", "“2025-02-30” is no date of the form YYYY-MM-DD; it was left out."),
        ("last=soon", "There is no period “soon”; it was left out."),
        ("compare=mars", "There is no comparison “mars”; it was left out."),
        ("grain=hour", "There is no grain “hour”; it was left out."),
        ("rank=beauty", "There is no ranking metric “beauty”; it was left out."),
        ("platfrom=Meta", "“platfrom” is no filter here and was left out."),
        (
            "from=9999-01-01&to=9999-12-31",
            "The data covers 2023-09-29 to 2025-09-28: nothing lies between 9999-01-01 and 9999-12-31; "
            "they were left out.",
        ),
    ],
)
def test_what_does_not_exist_is_dropped_and_said(address: str, note: str) -> None:
    assert read(Address.of(address), OPTIONS, EXTENT, RANKS) == (Query(), (note,))


def test_dates_are_cut_to_the_data() -> None:
    query, notes = read(Address.of("from=2001-01-01&to=2023-10-05"), OPTIONS, EXTENT, RANKS)
    assert (query.start, query.end, len(notes)) == (EXTENT.first, date(2023, 10, 5), 1)


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("7d", date(2025, 9, 22)),
        ("12w", date(2025, 7, 7)),
        ("6m", date(2025, 3, 29)),
        ("1y", date(2024, 9, 29)),
        ("month", date(2025, 9, 1)),
        ("ytd", date(2025, 1, 1)),
        ("all", date(2023, 9, 29)),
        ("9999y", date(2023, 9, 29)),
        ("9999w", date(2023, 9, 29)),
    ],
)
def test_relative_days_end_with_the_newest(last: str, first: date) -> None:
    selection = read(Address.of(f"last={last}"), OPTIONS, EXTENT, RANKS)[0].selection(EXTENT)
    assert (selection.start, selection.end) == (first, EXTENT.last)


@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.tuples(
                st.sampled_from([*OPTIONS, "from", "to", "last", "compare", "grain", "rank", "x"]),
                st.one_of(
                    st.text(max_size=40), st.sampled_from(["0001-01-01", "9999-12-31", ",,,", "%", "%2", "Meta,"])
                ),
            ),
            max_size=8,
        ).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)),
    )
)
def test_nothing_in_an_address_raises_and_what_is_read_is_canonical(address: str) -> None:
    query, notes = read(Address.of(address), OPTIONS, EXTENT, RANKS)
    selection = query.selection(EXTENT)

    assert EXTENT.first <= selection.start <= selection.end <= EXTENT.last
    assert all(note.endswith(".") and len(note) < 400 for note in notes)
    assert read(Address.of(write(query)), OPTIONS, EXTENT, RANKS) == (query, ())


def test_a_long_address_is_read_quickly_and_cut_in_the_note() -> None:
    notes = read(Address.of("campaign=" + "x," * 5000 + "y" * 10_000), OPTIONS, EXTENT, RANKS)[1]
    assert len(notes) == 1
    assert len(notes[0]) < 300
