"""Whose figures are that name no account: told by what campaigns of one name spend on the days that both sides have.

A report that is exported again says the same of most of its days. Where two say other figures of campaigns that are
called alike, they are two accounts' reports, or somebody knows better.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import DeltaTable

from facts.delta.rows import PARTIAL
from facts.delta.tables import dataset
from ingest.results import CUT, PROGRAM, Finding, ImportProblem
from kpi.plain_text import number_of
from kpi.schema import DATE, UNKNOWN

_OWNER: Final = ("platform", PROGRAM)
_PART: Final = ("platform", "account", PROGRAM, CUT)
_CAMPAIGN_DAY: Final = (*_OWNER, "campaign", DATE)
_TEXTS: Final = dict.fromkeys(_OWNER, str)
_COMPARED: Final = ("spend", "impressions", "clicks")

#: With so many of the common campaigns' days the same, two reports are one account's.
_SAME: Final = 0.5


@dataclass(frozen=True)
class Move:
    """Rows that get an account's name: those to store under it, with what stays of their days, and the keys that go."""

    rows: pa.Table
    going: pa.Table
    campaigns: pd.DataFrame
    finding: Finding


def nameless_days(frame: pd.DataFrame) -> pd.DataFrame:
    """The days that `frame` has of platforms without an account's name."""
    return frame.loc[frame["account"] == UNKNOWN, [*_OWNER, DATE]].astype(_TEXTS).drop_duplicates()


def refuse_namesakes(
    table: DeltaTable | None, path: Path, earlier: Sequence[pd.DataFrame], frames: list[pd.DataFrame], new: pd.DataFrame
) -> None:
    """Refuse figures without an account where a file of the same command has others of campaigns that are called alike.

    `earlier` are the days that files before brought, whose figures the `table` has by now; `frames` are those that are
    planned together with the `new` ones. Raises ImportProblem.
    """
    new = _whole_cuts(new[new["account"] == UNKNOWN])
    if new.empty:
        return
    stored = _stored_of(table, path, earlier, new)
    for old in (*frames, stored):
        old = _whole_cuts(old[old["account"] == UNKNOWN])
        share, names = _likeness(old, new)
        if share is None or share >= _SAME:
            continue
        file, other = str(new["file"].iloc[0]), str(old["file"].iloc[0])
        raise ImportProblem(
            f"{file} and {other} have campaigns that are called alike ({_few(names)}) with other figures on the same "
            "days, and neither names an account: they look like two accounts' reports. Import each by itself with "
            "--account, or say --replace where the later one takes the earlier one's place."
        )


def plan_move(table: DeltaTable | None, path: Path, frame: pd.DataFrame, *, replace: bool) -> Move | None:
    """The rows without an account that `frame`, which has one, shows to be its own; None where there are none.

    Those of its own cuts make room for it; those of others get the name. Raises ImportProblem where campaigns are
    called alike but spend otherwise, unless they are to `replace`.
    """
    named = frame[(frame["account"] != UNKNOWN) & (frame["campaign"] != UNKNOWN)]
    if table is None or named.empty:
        return None
    days = pd.MultiIndex.from_frame(named[[*_OWNER, DATE]].astype(_TEXTS).drop_duplicates())
    accounts = sorted(named["account"].astype(str).unique())
    held = _rows_of(table, path, named, ds.field("account").isin([UNKNOWN, *accounts]), days)
    if held is None:
        return None
    old = held.select([*_PART, DATE, "campaign", "file", *_COMPARED]).to_pandas()
    old[DATE] = pd.to_datetime(old[DATE]).astype("datetime64[us]")
    owner = named[[*_OWNER, "campaign", "account"]].astype(str).drop_duplicates()
    owner = owner[~owner.duplicated([*_OWNER, "campaign"], keep=False)].set_index([*_OWNER, "campaign"])["account"]
    nameless = (old["account"] == UNKNOWN).to_numpy()
    of = owner.reindex(pd.MultiIndex.from_frame(old[[*_OWNER, "campaign"]])).to_numpy(dtype=object)
    moved = nameless & np.array([isinstance(each, str) for each in of], dtype=bool)
    if not moved.any():
        return None
    share, names = _likeness(_whole_cuts(old[moved]), named)
    if share is None:
        return None
    if share < _SAME and not replace:
        file, account = str(named["file"].iloc[0]), accounts[0]
        raise ImportProblem(
            f"{file} has campaigns ({_few(names)}) that stand without an account too, with other figures on the same "
            f"days. If those are another account's, import that account's file again first with its --account; if they "
            f"are earlier figures of “{account}”, say --replace where they make room."
        )
    if not (nameless & ~moved & (old["campaign"] != UNKNOWN).to_numpy()).any() and len(set(of[moved])) == 1:
        bare = nameless & (old["campaign"] == UNKNOWN).to_numpy()  # of the same account too, which has nothing else
        of[bare] = of[moved][0]
        moved |= bare
    keys = pd.MultiIndex.from_frame(old[[*_PART, DATE]])
    target = old.assign(account=np.where(moved, of, old["account"]))
    targets = pd.MultiIndex.from_frame(target[[*_PART, DATE]])
    taken = targets.isin(pd.MultiIndex.from_frame(frame[[*_PART, DATE]].astype(dict.fromkeys(_PART, str))))
    going = keys[moved].union(targets[moved & ~taken]).unique()
    stays = keys.isin(going) & ~(moved & taken)
    left = int((stays & nameless & ~moved).sum())
    rows = held.set_column(
        held.schema.get_field_index("account"), "account", pa.array(target["account"].astype(str).tolist(), pa.string())
    ).filter(pa.array(stays))
    return Move(
        rows,
        _as_keys(going),
        old.loc[moved, [*_OWNER, "campaign"]].drop_duplicates(),
        Finding("note", _sentence(old[moved], sorted(set(of[moved])), left)),
    )


def without_moved(campaigns: pd.DataFrame, move: Move | None) -> pd.DataFrame:
    """Stored `campaigns` without those of no account that get one."""
    if move is None:
        return campaigns
    gone = pd.MultiIndex.from_frame(move.campaigns)
    found = pd.MultiIndex.from_frame(campaigns[[*_OWNER, "campaign"]])
    return campaigns[~((campaigns["account"] == UNKNOWN) & found.isin(gone))]


def _sentence(moved: pd.DataFrame, accounts: list[str], left: int) -> str:
    names = sorted(set(moved["campaign"]) - {UNKNOWN})
    whose = " and ".join(f"“{each}”" for each in accounts)
    platforms = ", ".join(sorted(set(moved["platform"])))
    days = moved[DATE].nunique()
    rest = f" {number_of(left, 'row')} of other campaigns on these days stay{'s' if left == 1 else ''} there."
    moves, counts = ("moves", "counts") if len(names) == 1 else ("move", "count")
    return (
        f"{platforms}: {number_of(len(names), 'campaign')} ({_few(names)}) that stood under {UNKNOWN} on "
        f"{number_of(days, 'day')} {moves} to {whose} and {counts} once; `undo` takes that back.{rest if left else ''}"
    )


def _as_keys(index: pd.MultiIndex) -> pa.Table:
    frame = index.to_frame(index=False)
    columns = {name: pa.array(frame[name].astype(str).tolist(), pa.string()) for name in _PART}
    return pa.table(columns | {DATE: pa.array(frame[DATE].to_numpy().astype("datetime64[D]"))})


def _stored_of(
    table: DeltaTable | None, path: Path, earlier: Sequence[pd.DataFrame], new: pd.DataFrame
) -> pd.DataFrame:
    """The stored rows without an account of the days of `new` that `earlier` files brought."""
    columns = [*_PART, DATE, "campaign", "file", *_COMPARED]
    empty = pd.DataFrame({name: pd.Series(dtype="datetime64[us]" if name == DATE else object) for name in columns})
    if table is None or not earlier:
        return empty
    brought = pd.MultiIndex.from_frame(pd.concat(earlier)[[*_OWNER, DATE]].drop_duplicates())
    days = pd.MultiIndex.from_frame(new[[*_OWNER, DATE]].astype(_TEXTS).drop_duplicates())
    days = days[days.isin(brought)]
    if not len(days):
        return empty
    held = _rows_of(table, path, new, ds.field("account") == UNKNOWN, days)
    if held is None:
        return empty
    found = held.select(columns).to_pandas()
    return found.assign(**{DATE: pd.to_datetime(found[DATE]).astype("datetime64[us]")})


def _rows_of(
    table: DeltaTable, path: Path, frame: pd.DataFrame, wanted: ds.Expression, days: pd.MultiIndex
) -> pa.Table | None:
    """The rows of the table at `path`, of the platforms in `frame`, that are `wanted` and of one of `days`."""
    wanted &= ds.field("platform").isin(sorted(frame["platform"].astype(str).unique()))
    wanted &= (ds.field(DATE) >= frame[DATE].min().date()) & (ds.field(DATE) <= frame[DATE].max().date())
    parts = []
    for batch in dataset(table, path).to_batches(filter=wanted, batch_readahead=2, fragment_readahead=1):
        if not batch.num_rows:
            continue
        keys = pa.Table.from_batches([batch]).select([*_OWNER, DATE]).to_pandas()
        keys[DATE] = pd.to_datetime(keys[DATE]).astype("datetime64[us]")
        mask = pd.MultiIndex.from_frame(keys).isin(days)
        parts.append(pa.Table.from_batches([batch]).filter(pa.array(mask)))
    held = pa.concat_tables(parts) if parts else None
    return held if held is not None and held.num_rows else None


def _likeness(old: pd.DataFrame, new: pd.DataFrame) -> tuple[float | None, list[str]]:
    """How many of the days of campaigns that both have say the same, by the cut that agrees best; and the campaigns.

    None where they have no day of a campaign in common.
    """
    best: float | None = None
    names: list[str] = []
    fresh = _by_campaign_day(new)
    for _, cut in old.groupby(CUT, observed=True):
        both = _by_campaign_day(cut).merge(fresh, left_index=True, right_index=True, suffixes=(" old", " new"))
        measure = next((m for m in _COMPARED if (both[f"{m} old"].notna() & both[f"{m} new"].notna()).any()), None)
        if measure is None:
            continue
        left, right = both[f"{measure} old"].fillna(0), both[f"{measure} new"].fillna(0)
        something = (left != 0) | (right != 0)
        if not something.any():
            continue
        same = (left - right).abs() <= 0.005 * np.maximum(left.abs(), right.abs()) + 0.005
        share = float((same & something).sum() / something.sum())
        if best is None or share > best:
            best = share
        names = sorted({*names, *both.index.get_level_values("campaign")[something]})
    return best, names


def _by_campaign_day(frame: pd.DataFrame) -> pd.DataFrame:
    rows = frame[frame["campaign"] != UNKNOWN]
    plain = rows[[*_CAMPAIGN_DAY]].astype(dict.fromkeys((*_OWNER, "campaign"), str))
    figures = rows[list(_COMPARED)].astype(float)
    return pd.concat([plain, figures], axis=1).groupby(list(_CAMPAIGN_DAY))[list(_COMPARED)].sum(min_count=1)


def _whole_cuts(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of cuts that hold all of an account's figures."""
    whole = [not PARTIAL & set(str(cut).split("+")) for cut in frame[CUT]]
    return frame[np.array(whole, dtype=bool)]


def _few(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(f"“{name}”" for name in names[:3]) + (", …" if len(names) > 3 else "")
