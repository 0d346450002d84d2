"""What a person may specify about a file to import, on the command line or in a mapping file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from babel.numbers import is_currency

from facts.words.headers import normal
from facts.words.platforms import platform_of
from ingest.layouts.business import CHANNELS
from ingest.layouts.business import MEASURES as BUSINESS
from ingest.layouts.headers import EXTRA_CUTS, PERIOD_FIELDS
from ingest.read.texts import text_of
from ingest.read.wide import CHANNEL
from ingest.results import ImportProblem
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES

_FIELDS: Final = {"date", "currency", "program", "gender", "age", *DIMENSIONS, *IDENTIFIERS, *MEASURES, *EXTRA_CUTS}


@dataclass(frozen=True)
class Options:
    """`platform`, `account` and `currency` hold for the whole file; `dates` is "dmy" or "mdy", `decimal` "point" or
    "comma" for columns that leave it open; `columns` says which
    header holds a field, `values` what a dimension's values are called here. `wide` has the pattern of each channel's
    columns, `weeks` says that a row is the sum of seven days (ingest.read.wide), `kind` "business" that it is the
    shop's.
    """

    platform: str | None = None
    account: str | None = None
    currency: str | None = None
    dates: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    wide: Mapping[str, str] = field(default_factory=dict)
    weeks: bool = False
    kind: str = "ads"
    decimal: str | None = None

    @property
    def decimal_sign(self) -> str | None:
        """What stands before decimals where nothing in the file says it; None where nobody does."""
        return {"point": ".", "comma": ","}.get(self.decimal or "")

    def with_mapping(self, path: str | Path) -> "Options":
        """These options completed by a mapping file; what is already said stays. Raises ImportProblem."""
        found = read_mapping(path)
        return replace(
            found,
            platform=self.platform or found.platform,
            account=self.account or found.account,
            currency=self.currency or found.currency,
            dates=self.dates or found.dates,
            decimal=self.decimal or found.decimal,
        )


def platform_named(text: str) -> str:
    """The platform that a person names: any name, a known one as it is shown. Raises ImportProblem for none."""
    if not (name := platform_of(text)):
        raise ImportProblem("The platform has no name: say which it is, such as Meta or Pinterest.")
    return name


def currency_named(text: str) -> str:
    """The code of the currency that a person names. Raises ImportProblem for what is none."""
    if not is_currency(code := text.strip().upper()):
        raise ImportProblem(f"“{text[:40]}” is no currency: write its code in three letters, such as EUR or USD.")
    return code


def read_toml(path: str | Path) -> dict[str, Any]:
    """A TOML file's content. Raises ImportProblem."""
    try:
        return tomllib.loads(text_of(path, "a text in TOML"))
    except ValueError as problem:  # a TOMLDecodeError, or a number of thousands of digits
        raise ImportProblem(f"{path} is not TOML: {problem}.") from None
    except RecursionError:
        raise ImportProblem(f"{path} is nested too deep: write it as docs/import.md shows.") from None


def read_mapping(path: str | Path) -> Options:
    """The options in a mapping file: what holds for the whole file, [columns] with `field = "header"` and
    [values.<dimension>] with `"their value" = "ours"`. Raises ImportProblem.
    """
    content = read_toml(path)
    columns = content.pop("columns", {})
    values = content.pop("values", {})
    wide = content.pop("wide", {})
    weeks = content.pop("weeks", False)
    kind = content.pop("kind", "ads")
    said = ("platform", "account", "currency", "dates", "decimal")
    plain = {name: content.pop(name) for name in said if name in content}
    if content and all(isinstance(each, list) for each in content.values()):
        raise ImportProblem(
            f"{path} has rules of own dimensions ({', '.join(content)}), which go with no report: write them under "
            "“Your own dimensions” on the Import page, or `marketing-dashboard dimensions FILE`."
        )
    if content:
        raise ImportProblem(f"{path}: “{next(iter(content))}” means nothing here; see docs/import.md for what does.")
    if not isinstance(columns, dict) or not all(isinstance(each, str) for each in [*columns.values(), *plain.values()]):
        raise ImportProblem(f'{path}: write texts, as in [columns] spend = "Belopp".')
    if not isinstance(weeks, bool) or kind not in ("ads", "business"):
        raise ImportProblem(f'{path}: weeks is true or false, kind "ads" or "business".')
    if not isinstance(wide, dict) or not all(
        name in MEASURES and isinstance(text, str) and text.count(CHANNEL) == 1 for name, text in wide.items()
    ):
        raise ImportProblem(f'{path}: write [wide] with patterns of columns, as in spend = "{CHANNEL}_spend".')
    fields = {name.replace("_", " ") if name.replace("_", " ") in EXTRA_CUTS else name for name in columns}
    known_fields = {DATE, "currency", CHANNELS, *BUSINESS} if kind == "business" else _FIELDS
    unknown = sorted(fields - known_fields - set(PERIOD_FIELDS))
    if unknown:
        raise ImportProblem(
            f"{path}: “{unknown[0]}” is no column of the facts; they are {', '.join(sorted(known_fields))}."
        )
    for name, known in values.items() if isinstance(values, dict) else [("values", None)]:
        if name not in DIMENSIONS or not isinstance(known, dict) or not all(isinstance(v, str) for v in known.values()):
            raise ImportProblem(
                f'{path}: write [values.device] with "their value" = "ours"; “{name}” is not such a table.'
            )
    if plain.get("dates", "dmy") not in ("dmy", "mdy"):
        raise ImportProblem(f'{path}: dates is “{plain["dates"]}”; it must be "dmy" or "mdy".')
    if plain.get("decimal", "point") not in ("point", "comma"):
        raise ImportProblem(f'{path}: decimal is “{plain["decimal"]}”; it must be "point" or "comma".')
    return Options(
        platform=platform_named(plain["platform"]) if "platform" in plain else None,
        account=plain.get("account"),
        currency=currency_named(plain["currency"]) if "currency" in plain else None,
        dates=plain.get("dates"),
        columns={name: normal(header) for name, header in columns.items()},
        values={name: {key.casefold(): value for key, value in known.items()} for name, known in values.items()},
        wide=wide,
        weeks=weeks,
        kind=kind,
        decimal=plain.get("decimal"),
    )
