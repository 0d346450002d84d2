"""A second, independent computation of every figure: DuckDB's SQL over the same Parquet files, formulas by hand."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from deltalake import DeltaTable

from kpi.selection import Selection

Sums = dict[Any, float | None]

MEASURES = [
    "impressions",
    "clicks",
    "engagements",
    "reach",
    "conversions",
    "new_customers",
    "spend",
    "revenue",
    "cogs",
    "variable_costs",
    "lifetime_margin",
]


#: Rows of existing customers, whose spend buys no first order: written down from docs/decisions/0027, not from kpi.
RETENTION = "(objective = 'Retention' or segment = 'Loyal customers')"
OF_NEW_CUSTOMERS = ["new_customers", "lifetime_margin", "acquisition_spend"]


SUMS = [*MEASURES, "acquisition_spend"]

#: What the shop's days have, by the name it has in sums: its column.
STORE = {
    "store_revenue": "revenue",
    "store_orders": "orders",
    "store_new_customers": "new_customers",
    "store_new_revenue": "new_revenue",
    "store_returns": "returns",
    "store_discounts": "discounts",
    "store_cogs": "cogs",
    "store_fees": "fees",
    "other_marketing": "other_marketing",
}


def _sum_of(name: str, among: str = "true") -> str:
    """The SQL of one sum of the rows `among`: NULL where none reports it, or none that can win a customer."""
    column = "spend" if name == "acquisition_spend" else name
    wins = f" and not {RETENTION}" if name in OF_NEW_CUSTOMERS else ""
    return f"(sum(f.{column}) filter (where {among}{wins}))::double"


def _of_new(name: str) -> str:
    """The same of rows of facts that stand beside the shop's days as `f`."""
    column = "spend" if name == "acquisition_spend" else name
    return f"(sum(f.{column}) filter (where not {RETENTION}))::double"


def _profit(s: Mapping[str, float]) -> float:
    return s["revenue"] - s["cogs"] - s["variable_costs"] - s["spend"]


def _after_marketing(s: Mapping[str, float]) -> float:
    return s["store_revenue"] - s["store_cogs"] - s["store_fees"] - s["spend"] - s["other_marketing"]


#: Numerator and denominator of every metric, written down from the field's definitions, not from the catalogue.
FORMULAS: dict[str, tuple[Callable[[Any], float], Callable[[Any], float] | None]] = {
    **{name: ((lambda s, name=name: s[name]), None) for name in MEASURES[:8]},
    "ctr": (lambda s: s["clicks"], lambda s: s["impressions"]),
    "cvr": (lambda s: s["conversions"], lambda s: s["clicks"]),
    "engagement_rate": (lambda s: s["engagements"], lambda s: s["impressions"]),
    "frequency": (lambda s: s["impressions"], lambda s: s["reach"]),
    "cpc": (lambda s: s["spend"], lambda s: s["clicks"]),
    "cpm": (lambda s: 1000 * s["spend"], lambda s: s["impressions"]),
    "cpa": (lambda s: s["spend"], lambda s: s["conversions"]),
    "cac": (lambda s: s["acquisition_spend"], lambda s: s["new_customers"]),
    "aov": (lambda s: s["revenue"], lambda s: s["conversions"]),
    "roas": (lambda s: s["revenue"], lambda s: s["spend"]),
    "gross_profit": (lambda s: s["revenue"] - s["cogs"], None),
    "contribution": (lambda s: s["revenue"] - s["cogs"] - s["variable_costs"], None),
    "profit": (_profit, None),
    "margin": (_profit, lambda s: s["revenue"]),
    "roi": (_profit, lambda s: s["spend"]),
    "profit_per_conversion": (_profit, lambda s: s["conversions"]),
    "breakeven_roas": (lambda s: s["revenue"], lambda s: s["revenue"] - s["cogs"] - s["variable_costs"]),
    "ltv": (lambda s: s["lifetime_margin"], lambda s: s["new_customers"]),
    "ltv_cac": (lambda s: s["lifetime_margin"], lambda s: s["acquisition_spend"]),
    **{name: ((lambda s, name=name: s[name]), None) for name in STORE},
    "contribution_after_marketing": (_after_marketing, None),
    "cam_margin": (_after_marketing, lambda s: s["store_revenue"]),
    "blended_cac": (lambda s: s["spend"], lambda s: s["store_new_customers"]),
    "new_roas": (lambda s: s["store_new_revenue"], lambda s: s["spend"]),
    "mer": (lambda s: s["store_revenue"], lambda s: s["spend"]),
    "overclaim": (lambda s: s["revenue"], lambda s: s["store_revenue"]),
    "payback_months": (lambda s: 12 * s["acquisition_spend"], lambda s: s["lifetime_margin"]),
}

SHARES: dict[str, Callable[[Any], float]] = {
    "spend_share": lambda s: s["spend"],
    "revenue_share": lambda s: s["revenue"],
    "conversion_share": lambda s: s["conversions"],
    "profit_share": _profit,
}


class _Recorder(dict[str, float]):
    """Which sums a formula reads."""

    def __missing__(self, name: str) -> float:
        self[name] = 1.0
        return 1.0


def _needs_of(key: str) -> tuple[str, ...]:
    """The sums that a metric is made of, by its formula."""
    read = _Recorder()
    for formula in (SHARES[key],) if key in SHARES else FORMULAS[key]:
        if formula is not None:
            formula(read)
    return tuple(sorted(read))


NEEDS: dict[str, tuple[str, ...]] = {key: _needs_of(key) for key in (*FORMULAS, *SHARES)}


class Oracle:
    """Sums by SQL, metrics by `FORMULAS`, of the platforms that report all that a formula reads (docs/decisions/0032)
    and of their rows that report the costs of what they sold.
    """

    def __init__(self, path: Path) -> None:
        self._db = duckdb.connect()
        self._db.read_parquet(DeltaTable(str(path)).file_uris()).create_view("facts")
        counts = self._db.execute(
            f"select platform, {', '.join(f'count({name})' for name in MEASURES)} from facts group by 1"
        )
        reports = {
            row[0]: {name for name, count in zip(MEASURES, row[1:], strict=True) if count} for row in counts.fetchall()
        }
        self._among: dict[tuple[str, ...], str] = {}
        for needs in {each for each in NEEDS.values() if len(each) > 1 and not {*each} & {*STORE}}:
            columns = {"spend" if name == "acquisition_spend" else name for name in needs}
            named = ", ".join(f"'{name}'" for name, known in reports.items() if columns <= known) or "null"
            whole = [
                f"(f.{name} is not null or coalesce(f.revenue, 0) = 0)" for name in columns & {"cogs", "variable_costs"}
            ]
            self._among[needs] = " and ".join([f"f.platform in ({named})", *whole])
        shop = path.with_name(f"{path.name}-business")
        if shop.exists():
            self._db.read_parquet(DeltaTable(str(shop)).file_uris()).create_view("shop")

    def sums(self, selection: Selection, by: Sequence[str] = ()) -> dict[tuple[Any, ...], Sums]:
        """The measures of each group of a selection, NULL where no row reports one."""
        keys = [f"date_trunc('{selection.grain}', date)::date as date" if name == "date" else name for name in by]
        where, values = ["date between ? and ?"], [selection.start, selection.end]
        for name, chosen in selection.only:
            where.append(f"{name} in ({','.join('?' * len(chosen))})")
            values += chosen
        places = ", ".join(str(place + 1) for place in range(len(by)))
        given = [(needs, name) for needs in self._among for name in needs]
        of_needs = [_sum_of(name, self._among[needs]) for needs, name in given]
        found = self._db.execute(
            f"select {', '.join([*keys, *map(_sum_of, SUMS), *of_needs, 'count(*)'])} from facts f "
            f"where {' and '.join(where)} {f'group by {places}' if by else ''}",
            values,
        ).fetchall()
        names: list[Any] = [*SUMS, *given]
        return {row[: len(by)]: dict(zip(names, row[len(by) : -1], strict=True)) for row in found if row[-1]}

    def company(self, start: date, end: date, by: Sequence[str] = ()) -> dict[tuple[Any, ...], Sums]:
        """What all platforms claim and the shop sold on the days that both tell of; `by` month, or month and platform.

        A platform's part has no sums of the shop: its sales cannot be split. Amazon's rows are of it on days whose
        channels name it. A column of the shop that lacks one day has no sum; a day without other marketing has none.
        """
        split = "platform" in by
        keys = {"month": "strftime(f.date, '%Y-%m') as month", "platform": "f.platform"}
        places = ", ".join(str(place + 1) for place in range(len(by)))
        taken = (
            "facts f join shop s on s.date = f.date where f.date between ? and ? and s.revenue is not null "
            "and (f.platform not ilike 'amazon%' or s.channels ilike '%amazon%')"
        )
        grouped = f"group by {places}" if by else ""
        words = [keys[name] for name in by]
        of_facts = [_of_new(name) if name in OF_NEW_CUSTOMERS else f"sum(f.{name})::double" for name in SUMS]
        given = [(needs, name) for needs in self._among for name in needs]
        of_facts += [_sum_of(name, self._among[needs]) for needs, name in given]
        claims = self._db.execute(
            f"select {', '.join([*words, *of_facts, 'count(*)'])} from {taken} {grouped}", [start, end]
        ).fetchall()
        names: list[Any] = [*SUMS, *given]
        found = {row[: len(by)]: dict(zip(names, row[len(by) : -1], strict=True)) for row in claims if row[-1]}
        if split:
            return {key: sums | dict.fromkeys(STORE) for key, sums in found.items()}
        of_shop = [
            "sum(coalesce(other_marketing, 0))::double"
            if column == "other_marketing"
            else f"(case when count(*) = count({column}) then sum({column}) end)::double"
            for column in STORE.values()
        ]
        sold = self._db.execute(
            f"select {', '.join([*words, *of_shop, 'count(*)'])} from shop f where f.date between ? and ? "
            f"and f.revenue is not null and f.date in (select date from facts) {grouped}",
            [start, end],
        ).fetchall()
        for row in sold:
            if row[-1]:
                found.setdefault(row[: len(by)], {}).update(zip(STORE, row[len(by) : -1], strict=True))
        return found

    def metric(self, key: str, sums: Sums, parts: Mapping[Any, Sums], whole: Sums) -> float | None:
        """The value of a metric on sums, None where there is none; shares are of `whole`, split into `parts`."""
        needs = NEEDS[key]

        def mine(each: Sums) -> Sums:
            return {name: each.get((needs, name), each.get(name)) for name in needs}

        sums, whole = mine(sums), mine(whole)
        try:
            if key in SHARES:
                of = SHARES[key]
                every = [mine(part) for part in parts.values()]
                known = [of(part) for part in every if None not in part.values()]
                if key == "profit_share" and any(profit < 0 for profit in known):
                    return None
                return of(sums) / of(whole)
            over, by = FORMULAS[key]
            return over(sums) / by(sums) if by else over(sums)
        except (TypeError, ZeroDivisionError):
            return None


def same(found: float | None, wanted: float | None, scale: float = 0.0) -> bool:
    """Equal to 1e-9, relative to the value or, where it is a small difference of large sums, to `scale`."""
    if found is None or wanted is None:
        return found is None and wanted is None
    return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9 * scale + 1e-12)
