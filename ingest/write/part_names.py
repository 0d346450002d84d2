"""Names of files by which programs call the parts of their tables and data sets, and what people call their files.

Three kinds of names: nobody but a program gives them (`is_part`); a program does and a person might (`may_be_part`);
they have an id in them (`has_id`). A name of the second kind is a program's for certain where another file has the
same but for its number (`numbered_like`). Names of series that both might give (`series_of`), and those next to which
a program keeps a file of its own (`companion_of`), are told by the files around them.
"""

import re
from collections.abc import Collection
from typing import Final

from facts.delta.file_names import is_own_name

_UUID: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: What no person calls a file: an id, or a digest.
_ID: Final = re.compile(
    rf"(?<![0-9a-z])({_UUID}|[0-9a-f]{{32}}|[0-9a-f]{{40}}|[0-9a-f]{{64}})(?![0-9a-z])", re.IGNORECASE
)
_STORED: Final = r"\.(parquet|orc|avro|lance)(\.\w+)?"
_TEXT: Final = r"\.(csv|tsv|txt|psv|dat|json|jsonl|ndjson|xml)(\.\w+)?"
#: A number as programs write it that do not pad: days and months of people begin with a zero, or have more digits.
_PLAIN: Final = r"(0|[1-9]\d{0,2})"
_WITH_ZERO: Final = r"(?=.*_0(?!\d))"  # no day or month is 0

#: What an ended `python -m datagen` leaves, which it removes itself.
_DEMO_FILE: Final = re.compile(r"demo-[\d-]{21}-[0-9a-f]{12}\.parquet")

#: Nobody but a program calls a file so.
_PART: Final = re.compile(
    "|".join(
        (
            rf"part(-.+|\.\d+){_STORED}|part-([rm]-)?\d{{5}}\b.*",  # Spark, Hadoop, dask, Databricks, delta-rs
            rf"part-0+{_TEXT}",  # pyarrow
            rf"part-{_UUID}.*|part-(0-\d+|\d+-0)({_TEXT})?",  # Flink
            r".+-[rm]-\d{5}(\.\w+)*|run-\d+-part-.+",  # Hadoop with names of its own, Glue
            r".+-\d{5}-of-\d{5}(\D.*)?",  # Beam, Dataflow
            r".+\+\d+\+\d{10}(\.\w+)*",  # Kafka Connect
            r"_(started|committed)_\d+",  # Databricks
            r"00\d{4}_\d+(_copy_\d+)?(\.\w+)*",  # Hive
            rf"\d{{8}}_\d{{6}}_\d{{5}}_\w{{5}}_{_UUID}.*",  # Trino, Athena
            rf"(0000[0-9a-f]{{4,}}|[0-9a-f]{{9,}}){_STORED}",  # BigQuery, Polars; 20250701 is a person's
            rf"0{{6}}\d{{6}}({_TEXT})?",  # BigQuery
            rf"data(_\d{{1,3}})+(\.\w+)?{_STORED}",  # DuckDB, Snowflake
            rf"{_WITH_ZERO}data(_{_PLAIN}){{1,3}}{_TEXT}",
            r"0\d{3}_part_\d+.*|.*manifest(\.json)?",  # Redshift
            rf".+_\d+-\d+-\d+_\d{{14,}}{_STORED}",  # Hudi
            rf"ducklake-.+{_STORED}",
        )
    ),
    re.IGNORECASE,
)

#: A program calls a file so, and a person might.
_MAYBE: Final = re.compile(
    "|".join(
        (
            rf"part(-\d+)+({_TEXT})?",
            rf"data(_{_PLAIN})+{_TEXT}",
            rf"(.*\D)?0{{4}}\d{{8}}({_TEXT})?",  # BigQuery: export-000000000000.csv
            rf"0{{4}}\d{{4}}{_TEXT}",  # Polars
            r".*0\d{3}_part_\d{2,}(\D.*)?|.*[a-z_-]000(\.\w+)*",  # Redshift with a prefix, in parallel or not
            rf"{_WITH_ZERO}.+(_{_PLAIN}){{3}}{_TEXT}",  # Snowflake with a prefix
            rf"(.*(\D\.|[-_]))?0+{_TEXT}",  # dask and DuckDB with a prefix: export-0.csv; a loop: 0.csv
        )
    ),
    re.IGNORECASE,
)

#: What only some program's copy of a whole database has, together.
_DUCKDB_EXPORT: Final = frozenset({"schema.sql", "load.sql"})


#: A number without zeros before it at the end of a name, as programs and people number what belongs together.
_NUMBERED: Final = re.compile(
    rf"(?P<before>(.*([-_ .]|part|chunk))?)(?P<number>[1-9]\d{{0,2}})({_TEXT})?", re.IGNORECASE
)
#: What is before a number that is a month, a day, a week, a quarter or a version.
_CALENDAR: Final = re.compile(
    r".*(?<!\d)((19|20)\d\d[-_ .]?|((19|20)\d\d|[23]\d)[-_ .](0?[1-9]|1[0-2])[-_ .])"
    r"|(.*[^a-z])?(week|wk|kw|cw|woche|semaine|semana|q|quarter|day|tag|jour|month|monat|mois|mes|v|version)[-_ .]?",
    re.IGNORECASE,
)
#: What `split` calls the first pieces of a file.
_PIECE: Final = re.compile(rf"(?P<before>x|.*[-_.])(?P<letters>a[a-z])(?P<after>({_TEXT})?)", re.IGNORECASE)


#: What is added to a file's name while it comes: to its own, or to that of a file that says how far it is.
_DOWNLOADS: Final = (
    *(".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload"),
    *(".aria2", ".aspera-ckpt", ".!ut", ".!qb"),
)
#: What an editor or a program keeps while it works, and at times for good.
_DRAFTS: Final = (".tmp", ".swp", "~")


def has_id(name: str) -> bool:
    """Whether a file's name has an id in it, as programs call what they will look for again."""
    return _ID.search(name) is not None


def is_stored(name: str) -> bool:
    """Whether a file's ending is of those that tables are stored in, or it has none, as Athena's."""
    return "." not in name[1:] or re.search(f"{_STORED}$", name, re.IGNORECASE) is not None


def is_part(name: str) -> bool:
    """Whether nobody but a program calls a file so that is part of a table."""
    return bool(_PART.fullmatch(name) or is_own_name(name) or is_demo_file(name))


def may_be_part(name: str) -> bool:
    """Whether a program might call a part of a table so, or the first or only file of a series."""
    return is_part(name) or _MAYBE.fullmatch(name) is not None


def is_demo_file(name: str) -> bool:
    """Whether a file is called as the demo's are."""
    return _DEMO_FILE.fullmatch(name) is not None


def numbered_like(names: Collection[str]) -> tuple[str, str] | None:
    """Two of `names` that differ in their numbers alone and may be parts of one table; None where no two do."""
    kinds: dict[str, list[str]] = {}
    for name in sorted(names):
        kinds.setdefault(re.sub(r"\d+", _width, name.casefold()), []).append(name)
    for alike in kinds.values():
        if len(alike) > 1 and any(map(may_be_part, alike)):
            return alike[0], alike[1]
    return None


def series_of(name: str, names: Collection[str]) -> tuple[str, str] | None:
    """Two of `names` of the series that `name` is one of: numbered from 1, or pieces of a file; None where it is none.

    Days, weeks and the like in a row are no series: people call their files so.
    """
    if found := _NUMBERED.fullmatch(name):
        before, after = found["before"], name[found.end("number") :]
        others = (_NUMBERED.fullmatch(each) for each in sorted(names) if each != name)
        for other in others if not _CALENDAR.fullmatch(before) else ():
            if other and other["before"] == before and other.string[other.end("number") :] == after:
                first, second = sorted((found, other), key=lambda each: int(each["number"]))
                return first.string, second.string
    if piece := _PIECE.fullmatch(name):
        first_two = tuple(f"{piece['before']}{letters}{piece['after']}" for letters in ("aa", "ab"))
        if {*first_two} <= {*names}:
            return first_two[0], first_two[1]
    return None


def companion_of(name: str, names: Collection[str]) -> str | None:
    """The file among `names` that only a program puts next to its own file `name`; None where there is none.

    It is Hadoop's check sum, DVC's or Athena's note, or MySQL's of a table that it keeps as CSV.
    """
    stem = name.rpartition(".")[0]
    known = {f".{name}.crc", f"{name}.crc", f"{name}.dvc", f"{name}.metadata", f"{stem}.CSM"}
    return next((each for each in sorted(names) if each != name and each in known), None)


def is_unfinished(name: str, names: Collection[str]) -> bool:
    """Whether a file is on its way: it is called so, or one of `names` says it of the file beside it."""
    return name.lower().endswith((*_DOWNLOADS, *_DRAFTS)) or any(f"{name}{each}" in names for each in _DOWNLOADS)


def is_export(names: Collection[str]) -> bool:
    """Whether files of these names together are the copy that DuckDB makes of a database."""
    return {*names} >= _DUCKDB_EXPORT


def _width(number: re.Match[str]) -> str:
    """Stands for a number: long ones have leading zeros, and are as long as their series'."""
    return "#" if len(number[0]) < 3 else "0" * len(number[0])
