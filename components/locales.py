"""A locale and a currency as `Formats`, from Babel's CLDR data, read once at start."""

from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, get_currency_symbol

from kpi.formats import Compact, Formats

_THIN: Final = str.maketrans({"\u2009": " "})


class NoSuchLocale(ValueError):
    """Neither CLDR nor we know how it writes figures."""


def formats_of(locale: str = "en-US", currency: str = "USD") -> Formats:
    """How `locale` (``de-DE``) writes figures and days, and money in `currency` (ISO 4217).

    Figures have the digits 0 to 9 everywhere, and always separators: columns of figures would not align otherwise.
    Raises NoSuchLocale.
    """
    try:
        known = Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError) as problem:
        raise NoSuchLocale(str(problem)) from None
    signs = known.number_symbols["latn"]
    symbol = get_currency_symbol(currency, known)
    grouping = known.decimal_formats[None].grouping
    skeletons, intervals = known.datetime_skeletons, known.interval_formats["yMMMd"]
    names = known.months["format"]["abbreviated"]
    return Formats(
        locale,
        currency,
        decimal=signs["decimal"],
        group=signs["group"],
        groups=(grouping[0], grouping[1]),
        money=_around(known.currency_formats["standard"].pattern, symbol),
        minor=get_currency_precision(currency),
        percent=_around(known.percent_formats[None].pattern, signs["percentSign"], "%"),
        compact=_steps(known.compact_decimal_formats, "", locale),
        compact_money=_steps(known.compact_currency_formats, symbol, locale),
        months=tuple(names[month] for month in range(1, 13)),
        day=skeletons["yMMMd"].pattern,
        day_month=skeletons["MMMd"].pattern,
        month_year=skeletons["yMMM"].pattern,
        within_month="".join(intervals["d"]).translate(_THIN),
        within_year="".join(intervals["M"]).translate(_THIN),
        across="".join(intervals["y"]).translate(_THIN),
    )


def _around(pattern: str, sign: str, place: str = "¤") -> tuple[str, str]:
    """The texts before and after the figure of a pattern like ``¤#,##0.00``."""
    pattern = pattern.partition(";")[0]
    digits = [at for at, letter in enumerate(pattern) if letter in "#0"]
    before, after = pattern[: digits[0]], pattern[digits[-1] + 1 :]
    return _put(before, sign, place, 0), _put(after, sign, place, 1)


def _put(text: str, sign: str, place: str, side: int) -> str:
    """`sign` in its place, with a space where its letters would touch figures or other letters."""
    text = text.replace("'", "")
    if place not in text or not sign:
        return text.replace(place, "")
    before, after = text.split(place, 1)
    if side == 0 and not after and sign[-1].isalpha():
        after = "\u00a0"
    if side == 1 and sign[0].isalpha() and not before.endswith(("\u00a0", "\u202f", " ")):
        before += "\u00a0"
    return f"{before}{sign}{after}"


def _steps(formats: Any, symbol: str, locale: str) -> Compact:
    """From which amount on which divisor and which words; neighbours with the same are one step."""
    found: list[tuple[float, float, str, str]] = []
    patterns = formats["short"]["other"]
    for size in sorted(patterns, key=int):
        pattern = patterns[size].pattern
        digits = pattern.count("0")
        if pattern.strip("0") == "":
            continue  # the locale writes numbers of this size in full
        before, after = _around(pattern, symbol)
        if locale.startswith("en"):
            after = after.replace("K", "k")  # as on the axes of charts
        step = (float(size), float(size) / 10 ** (digits - 1), before, after)
        if not found or found[-1][1:] != step[1:]:
            found.append(step)
    return tuple(found)
