"""Companies that know less than the demo, imported from files as theirs would be."""

import random
import shutil
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from deltalake import DeltaTable, write_deltalake

from facts.delta.table_names import DEMO_NAME, DEMO_SHOP_NAME
from ingest.one_file import How, import_file
from ingest.read.options import Options
from ingest.read.rates import read_rates
from ingest.write.shop import path_of

FIRST: Final = date(2025, 6, 1)
DAYS: Final = 120
_META: Final = ("Prospecting", "Retargeting 30d", "Advantage+ Shopping")
_GOOGLE: Final = ("Brand", "PMax All", "Shopping DE")
_LONG: Final = tuple(
    f"Spring Collection {number:03} | Prospecting – Lookalike 3 % of purchasers, excluding buyers of the last 180 days"
    for number in range(300)
)


def _rows(campaigns: Sequence[str], seed: int, conversions: bool = True) -> list[tuple[str | int | float, ...]]:
    chance, found = random.Random(seed), []
    for day in range(DAYS):
        for name in campaigns:
            spend = round(chance.uniform(40, 160), 2)
            seen = int(spend * chance.uniform(70, 120))
            clicks = int(seen * chance.uniform(0.01, 0.02))
            orders = int(clicks * chance.uniform(0.02, 0.06))
            of_orders = (orders, round(orders * chance.uniform(50, 90), 2)) if conversions else ()
            found.append((f"{FIRST + timedelta(day)}", name, spend, seen, clicks, *of_orders))
    return found


def _write(path: Path, header: str, rows: Sequence[tuple[str | int | float, ...]]) -> Path:
    path.write_text("\n".join([header, *(",".join(f'"{cell}"' for cell in row) for row in rows)]) + "\n")
    return path


def _meta(folder: Path, campaigns: Sequence[str] = _META, currency: str = "EUR", name: str = "meta.csv") -> Path:
    header = f"Day,Campaign name,Amount spent ({currency}),Impressions,Link clicks,Purchases,Purchases conversion value"
    return _write(folder / name, header, _rows(campaigns, len(campaigns) + len(name)))


def _google(folder: Path) -> Path:
    header = "Day,Campaign,Cost,Impr.,Clicks,Conversions,Conv. value,Currency code"
    return _write(folder / "google.csv", header, [(*row, "EUR") for row in _rows(_GOOGLE, 2)])


def _without_conversions(folder: Path) -> Path:
    header = "Day,Campaign name,Amount spent (EUR),Impressions,Link clicks"
    return _write(folder / "meta.csv", header, _rows(_META, 3, conversions=False))


def _shop(folder: Path) -> Path:
    chance = random.Random(4)
    days = [(f"{FIRST + timedelta(day)}", chance.randint(30, 60), chance.randint(3000, 6000)) for day in range(DAYS)]
    return _write(folder / "shop.csv", "Day,Orders,Total sales", days)


def _of_accounts(folder: Path) -> Path:
    header = "date,platform,account,campaign,spend,impressions,clicks,conversions,revenue,currency"
    accounts = (("Acme DE", "Meta", "EUR"), ("Acme US", "Meta", "USD"), ("Acme", "Google", "EUR"))
    rows = [
        (day, platform, account, f"{account} {name}", *figures, currency)
        for seed, (account, platform, currency) in enumerate(accounts)
        for day, name, *figures in _rows(_META, seed)
    ]
    return _write(folder / "all.csv", header, rows)


def _of_six_platforms(folder: Path) -> Path:
    header = "date,platform,campaign,spend,impressions,clicks,conversions,revenue,currency"
    platforms = ("Meta", "Google", "Microsoft Advertising", "Pinterest", "LinkedIn", "Taboola")
    rows = [
        (day, platform, f"{platform} {name}", *figures, "EUR")
        for seed, platform in enumerate(platforms)
        for day, name, *figures in _rows(_META[:2], seed)
    ]
    return _write(folder / "all.csv", header, rows)


#: By name what makes a company's files.
COMPANIES: Final[dict[str, Callable[[Path], list[Path]]]] = {
    "ads only": lambda folder: [_meta(folder), _google(folder)],
    "ads and shop": lambda folder: [_meta(folder), _google(folder), _shop(folder)],
    "one platform": lambda folder: [_meta(folder)],
    "no conversions": lambda folder: [_without_conversions(folder)],
    "300 long names": lambda folder: [_meta(folder, _LONG), _google(folder)],
    "two currencies": lambda folder: [_of_accounts(folder)],
    "six platforms": lambda folder: [_of_six_platforms(folder)],
}


def company(name: str, folder: Path, *, unguarded: bool = False) -> Path:
    """The table of the company called `name`, made in `folder`; `unguarded` under the demo's name, to look at it."""
    table, rates = folder / "facts", folder / "rates.csv"
    weeks = [FIRST + timedelta(day) for day in range(0, DAYS, 7)]
    rates.write_text("date,currency,rate\n" + "".join(f"{day},USD,0.9\n" for day in weeks))
    for file in COMPANIES[name](folder):
        import_file(file, How(table, Options(), read_rates(rates), into="EUR"), lambda _: None)
    for path, demo in ((table, DEMO_NAME), (path_of(table), DEMO_SHOP_NAME)):
        if unguarded and path.exists():
            rows = DeltaTable(str(path)).to_pyarrow_table()
            shutil.rmtree(path)
            write_deltalake(str(path), rows, name=demo)
    return table
