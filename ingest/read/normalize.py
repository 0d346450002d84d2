"""Turns raw columns into the facts’ own days, texts, numbers and currencies, and notes what was left out."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facts.words import vocabulary
from facts.words.headers import currency_of, scale_of
from ingest.layouts.headers import WITH_POINT, language
from ingest.read import dates, numbers
from ingest.read.gather import SHOWN, TOTAL, Raw, RawColumn
from ingest.read.numbers import Floats
from ingest.read.options import Options
from ingest.read.recognize import RecognizedTable
from ingest.results import MOST_FAULTS, Dropped, Fault, Finding, ImportProblem, WrongRows
from kpi.schema import UNKNOWN

#: Texts that name nothing. "None" and "null" are not among them: a campaign may be called so.
_NAMELESS: Final = pa.array(["", "-", "--", "—", "–", "(not set)", "not set"])
_NOBODY: Final = pa.array(
    ["unknown", "unbekannt", "inconnu", "desconocido", "none", "null", "undetermined", "(unknown)"]
)
_MIDNIGHT: Final = re.compile(r"\d[T ]0{1,2}:00")
_DESTROYED: Final = r"^\d([.,]\d+)?[eE]\+\d+$"


class Table:
    """One gathered table, field by field. `findings` and `dropped` grow while it is read."""

    def __init__(self, name: str, known: RecognizedTable, raw: Raw, options: Options) -> None:
        self.name, self.known, self.options = name, known, options
        self.findings: list[Finding] = []
        self.dropped: list[Dropped] = list(raw.dropped)
        self.faults: list[Fault] = list(raw.faults)
        self._raw = raw
        held = {field: self._column(field, places) for field, places in known.positions.items()}
        self._columns: dict[str, RawColumn] = {field: column for field, column in held.items() if column is not None}

    def __len__(self) -> int:
        return len(self._raw.rows)

    def has(self, field: str) -> bool:
        """Whether the file has the field, with anything in it."""
        return field in self._columns

    def where(self, place: int) -> str:
        """A row's name in a sentence."""
        return f"{self.name}, row {int(self._raw.rows[place])}"

    def fault(self, place: int, column: str, value: str, what: str) -> None:
        """Remember a cell that must be repaired."""
        self._blame(place, column, value, f"{what}; repair the cell or export again.")

    def _blame(self, place: int, column: str, value: str, problem: str) -> None:
        self.faults.append(Fault(self.name, int(self._raw.rows[place]), column, value, problem))
        if len(self.faults) >= MOST_FAULTS:
            raise WrongRows(self.faults)

    def refuse_faults(self) -> None:
        """Raises WrongRows where a row must be repaired."""
        if self.faults:
            raise WrongRows(self.faults)

    def note(self, text: str, kind: str = "note") -> None:
        """Remember something to tell."""
        if Finding(kind, text) not in self.findings:
            self.findings.append(Finding(kind, text))

    def keep(self, mask: pd.Series | np.ndarray, reason: str) -> None:
        """Go on with the rows that `mask` admits; the others are dropped for `reason`."""
        mask = np.asarray(mask, dtype=bool)
        gone = self._raw.rows[~mask]
        if not len(gone):
            return
        same = next((each for each in self.dropped if each.reason == reason), Dropped(reason, 0, ()))
        self.dropped = [each for each in self.dropped if each is not same]
        first = sorted([*same.first, *(int(row) for row in gone[:SHOWN])])[:SHOWN]
        self.dropped.append(Dropped(reason, same.rows + len(gone), tuple(first)))
        chosen = pa.array(mask)
        self._columns = {
            field: RawColumn(column.texts.filter(chosen), None if column.floats is None else column.floats[mask])
            for field, column in self._columns.items()
        }
        columns = {
            place: RawColumn(column.texts.filter(chosen), None if column.floats is None else column.floats[mask])
            for place, column in self._raw.columns.items()
        }
        self._raw = Raw(columns, self._raw.rows[mask], self._raw.dropped, self._raw.faults)
        if not len(self._raw.rows):
            raise ImportProblem(f"{self.name} holds only totals: export the rows by day and campaign.")

    def adopt(self, field: str, other: str) -> None:
        """Let `field` be what is in `other`."""
        self._columns[field] = self._columns[other]

    def _column(self, field: str, positions: tuple[int, ...]) -> RawColumn | None:
        """The column of a field; of several with one name the one that holds something, refused where they differ."""
        if field in self.known.layout.added:
            return self._raw.columns[positions[0]]
        held = []
        for place in positions:
            column = self._raw.columns[place]
            empty = column.floats is None and not pc.any(_has_text(column.texts), min_count=0).as_py()
            if not empty:
                held.append(column)
        for other in held[1:]:
            same = other.texts.equals(held[0].texts) and (
                (other.floats is None and held[0].floats is None)
                or (
                    other.floats is not None
                    and held[0].floats is not None
                    and np.array_equal(other.floats, held[0].floats, equal_nan=True)
                )
            )
            if not same:
                self._refuse_currencies(positions)
                raise ImportProblem(
                    f"{self.name} has the column “{self.known.header(field)}” more than once with different values: "
                    "remove all but one."
                )
        return held[0] if held else None

    def _refuse_currencies(self, positions: tuple[int, ...]) -> None:
        """Raise ImportProblem where the columns at `positions` are one figure in several currencies."""
        headers = [" ".join(self.known.headers[place].split()) for place in positions]
        if len({currency_of(header) for header in headers}) > 1:
            raise ImportProblem(
                f"{self.name} has {' and '.join(f'“{header}”' for header in headers)}: columns in several currencies "
                "for one figure. Remove all but the one of your account's currency."
            )

    def totals_by_label(self) -> None:
        """Drop rows whose first cell says that they are totals, where that cell is no campaign's name."""
        if 0 in self.known.positions.get("campaign", ()) or 0 in self.known.positions.get("date", ()):
            return
        first = self._raw.columns[0].texts
        labels = [text for text in pc.unique(first).to_pylist() if text and TOTAL.match(text.strip())]
        if labels:
            self.keep(~pc.fill_null(pc.is_in(first, pa.array(labels)), False).to_numpy(zero_copy_only=False), "totals")

    def days(self, field: str, newest: date | None = None) -> np.ndarray:
        """The days of a field as datetime64[D]; those after `newest` are faults. Raises ImportProblem."""
        column = self._columns[field]
        texts = column.texts
        if column.floats is not None:
            serial = [None if np.isnan(number) else _serial(number) for number in column.floats]
            texts = pc.coalesce(texts, pa.array(serial, pa.string()))
        coded = pc.dictionary_encode(numbers.clean_texts(texts))
        codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
        known = coded.dictionary.to_pylist()
        found = dates.days(
            self.known.header(field), known, self.options.dates, lambda code: self.where(int(np.argmax(codes == code)))
        )
        header = self.known.header(field)
        for code, day in enumerate(found):
            if day is not None and (newest is None or day <= newest):
                continue
            problem = (dates.no_day if day is None else dates.to_come)(header, known[code])
            for at in np.flatnonzero(codes == code):
                self._blame(int(at), header, known[code], problem)
        return np.array(found, dtype="datetime64[D]")[codes]

    def texts(self, field: str, default: str = UNKNOWN) -> pd.Categorical:
        """The texts of a field, `default` where a cell names nothing."""
        if field not in self._columns:
            return constant(default, len(self))
        column = self._columns[field]
        texts = column.texts
        if column.floats is not None:
            whole = [None if np.isnan(n) else f"{n:.0f}" if float(n).is_integer() else repr(n) for n in column.floats]
            texts = pc.coalesce(texts, pa.array(whole, pa.string()))
        coded = pc.dictionary_encode(pc.fill_null(texts, ""))
        named = pc.utf8_trim_whitespace(pc.replace_substring_regex(coded.dictionary, r'^="([^"]*)"$', r"\1"))
        named = pc.replace_substring_regex(named, r"\s+", " ")
        named = pc.if_else(pc.is_in(pc.utf8_lower(named), _NAMELESS), default, named)
        return recode(coded.indices, named.to_pylist())

    def dimension(self, field: str) -> pd.Categorical:
        """The texts of a dimension in the words used here; what a mapping file says of them comes first."""
        found = self.texts(field)
        told = self.options.values.get(field, {})
        word = self._word(field)
        nobody = set(_NOBODY.to_pylist())
        renamed = [
            told.get(each.casefold(), UNKNOWN if each.casefold() in nobody else word(each)) for each in found.categories
        ]
        return recode(pa.array(found.codes), renamed)

    def _word(self, field: str) -> Callable[[str], str]:
        """What renames a field's values: a platform's in any language; a region's where it is a country."""
        if field == "region":
            said = self.known.normal[self.known.positions[field][0]] if self.has(field) else ""
            return vocabulary.country if re.search(r"countr|\bland\b|pays|país", said) else str
        return vocabulary.WORDS.get(field, str) if self.known.layout.platform else str

    def ids(self, field: str) -> pd.Categorical:
        """A field of identifiers, empty where Excel has destroyed them."""
        found = self.texts(field, "")
        column = self._columns.get(field)
        spoilt = [bool(re.match(_DESTROYED, each)) for each in found.categories]
        if column is not None and column.floats is not None:
            spoilt = [
                bad or (each.isdigit() and len(each) > 15) for bad, each in zip(spoilt, found.categories, strict=True)
            ]
        if any(spoilt):
            example = found.categories[spoilt.index(True)]
            self.note(
                f"“{self.known.header(field)}” was spoilt by Excel ({example}): "
                "campaigns are told apart by their names.",
                "warning",
            )
        return recode(
            pa.array(found.codes), ["" if bad else each for bad, each in zip(spoilt, found.categories, strict=True)]
        )

    def numbers(
        self, fields: Sequence[str], counts: Sequence[str], money: Sequence[str], *, quiet: bool = False
    ) -> dict[str, Floats]:
        """The numbers of each field that the file has, NaN where missing. Raises ImportProblem at any other text.

        `quiet`: without a note of what the texts leave open.
        """
        bare: dict[tuple[str, int], tuple[str, pa.Array, RawColumn]] = {}
        for field in fields:
            if not self.has(field):
                continue
            chosen = (
                self.known.positions[field] if field in self.known.layout.added else self.known.positions[field][:1]
            )
            for place in chosen:
                column = self._raw.columns[place] if field in self.known.layout.added else self._columns[field]
                header = " ".join(self.known.headers[place].split())
                bare[field, place] = header, numbers.bare(numbers.clean_texts(column.texts)), column
        proofs = {key: numbers.evidence(header, texts, self.where) for key, (header, texts, _) in bare.items()}
        signs = [proof.sign for proof in proofs.values() if proof.sign]
        usual = max(sorted(set(signs)), key=signs.count) if signs else None
        usual = (
            usual
            or self.options.decimal_sign
            or _sign_beside_counts(texts for (f, _), (_, texts, _) in bare.items() if f in counts)
        )
        proven = usual is not None
        usual = usual or ("." if language(self.known.normal) in WITH_POINT else ",")
        result: dict[str, Floats] = {}
        for key, (header, texts, column) in bare.items():
            sign = proofs[key].sign or (_thousands(texts, usual) if key[0] in counts else usual)
            if not (quiet or proven or proofs[key].sign or key[0] in counts):
                self._note_open_decimals(header, texts, sign)
            values, wrong = numbers.numbers(texts, sign)
            for at in wrong:
                written = str(column.texts[int(at)].as_py()).strip()[:60]
                self.fault(int(at), header, written, f"“{header}” is “{written}”, which is no number")
            masked = self._count_masked(header, column.texts) if key[0] in (*counts, *money) else 0
            if masked:
                self.note(
                    f"“{header}” is hidden by the platform in {masked:,} rows (such as <5): missing there, not 0.",
                    "warning",
                )
            if column.floats is not None:
                values = np.where(np.isnan(column.floats), values, column.floats)
                if np.isinf(values).any():
                    raise ImportProblem(f"{self.name}: “{header}” holds a number that is not finite; repair it.")
            scale = scale_of(self.known.normal[key[1]])
            if scale != 1 and key[0] in money:
                values = values * scale
                self.note(f"“{header}” holds millionths, and is read as such.")
            for at in np.flatnonzero(np.abs(values) > numbers.LARGEST):
                written = str(column.texts[int(at)].as_py() or f"{values[at]:g}").strip()[:60]
                what = f"“{header}” is “{written}”, which is beyond any account (at most {numbers.LARGEST:,.0f})"
                self.fault(int(at), header, written, what)
            before = result.get(key[0])
            result[key[0]] = values if before is None else _sum(before, values)
        for field in counts:
            if field in result:
                result[field] = self._whole_counts(field, result[field])
        return result

    def _note_open_decimals(self, header: str, texts: pa.Array, sign: str) -> None:
        """Tell of a column that is read with decimals where its signs may as well part thousands."""
        open_ = pc.and_(numbers.ambiguous(texts), pc.match_substring(texts, sign))
        if not pc.any(open_, min_count=0).as_py():
            return
        written = str(texts[int(pc.index(open_, pa.scalar(True)).as_py())].as_py())
        word, other = ("point", "comma") if sign == "." else ("comma", "point")
        self.note(
            f"“{header}” is written as {written}, and nothing in the file says whether its {word} begins decimals or "
            f"parts thousands: it is read as {float(written.replace(',', '.')):.3f}. Where it is "
            f"{re.sub('[.,]', '', written)}, import the file again with --decimal {other}.",
            "warning",
        )

    def _whole_counts(self, field: str, values: Floats) -> Floats:
        header = self.known.header(field)
        for at in np.flatnonzero(values < 0):
            self.fault(int(at), header, f"{values[at]:g}", f"“{header}” is below zero")
        whole = np.round(values)
        if (np.abs(whole - values) > 1e-6).any():
            self.note(
                f"“{self.known.header(field)}” holds fractions, which are rounded: people and clicks are whole.",
                "warning",
            )
        return whole

    def _count_masked(self, header: str, texts: pa.Array) -> int:
        return int(pc.sum(pc.match_substring_regex(texts, r"^\s*[<>≤≥]\s*\d")).as_py() or 0)

    def money_signs(self, fields: Sequence[str]) -> set[str]:
        """The currencies that signs in the cells of `fields` name."""
        found: set[str] = set()
        for field in fields:
            if self.has(field):
                found |= numbers.currencies(numbers.clean_texts(self._columns[field].texts))
        return found

    def same(self, field: str, other: str) -> np.ndarray:
        """Where two fields hold the same day; the midnight after a day ends it."""
        first, last = self.days(field), self.days(other)
        ends = self.texts(other, "")
        midnight = np.array([bool(_MIDNIGHT.search(each)) for each in ends.categories])[ends.codes]
        return np.asarray((first == last) | (midnight & (first + np.timedelta64(1, "D") == last)))


def _has_text(texts: pa.Array) -> pa.Array:
    return pc.not_equal(pc.utf8_length(pc.utf8_trim_whitespace(texts)), 0)


def _thousands(texts: pa.Array, usual: str) -> str:
    """The decimal sign of a column of whole numbers that proves none: whatever sign occurs is one of thousands."""
    point = pc.any(pc.match_substring(texts, "."), min_count=0).as_py()
    comma = pc.any(pc.match_substring(texts, ","), min_count=0).as_py()
    return usual if point == comma else "," if point else "."


def _sign_beside_counts(columns: Iterable[pa.Array]) -> str | None:
    """The decimal sign of a file whose whole numbers have the other one between thousands; None where none has."""
    found = set()
    for texts in columns:
        groups = texts.filter(pc.fill_null(numbers.ambiguous(texts), False))
        found |= {_thousands(groups, "")} if len(groups) else set()
    return found.pop() or None if len(found) == 1 else None


def _serial(number: float) -> str | None:
    found = dates.of_serial(number)
    return found.isoformat() if found else str(int(number))


def constant(text: str, size: int) -> pd.Categorical:
    """The same text for every row."""
    return pd.Categorical.from_codes(np.zeros(size, dtype=np.int8), categories=[text])


def recode(codes: pa.Array, values: Sequence[str]) -> pd.Categorical:
    """A categorical whose categories may have become equal."""
    distinct = list(dict.fromkeys(values))
    place = {value: at for at, value in enumerate(distinct)}
    table = np.array([place[value] for value in values], dtype=np.int32)
    return pd.Categorical.from_codes(table[codes.to_numpy(zero_copy_only=False)], categories=distinct)


def _sum(left: Floats, right: Floats) -> Floats:
    both = np.isnan(left) & np.isnan(right)
    return np.where(both, np.nan, np.nan_to_num(left) + np.nan_to_num(right))
