"""Tells figures of another account or source from a restatement or another cut of the same: by their campaigns.

An account's report that is exported again, whole or by device, has campaigns in common with the one before. Where it
has none, its rows are other money: they must neither take the place of what is there nor be hidden by it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable

from facts.delta.tables import dataset
from ingest.results import CUT, PROGRAM, ImportProblem
from kpi.schema import DATE, UNKNOWN

#: Several platforms may go by this name, with nothing in common.
OTHER: Final = "Other"

_OWNER: Final = ("platform", "account", PROGRAM)
_CAMPAIGN: Final = ("campaign", "campaign_id")
COLUMNS: Final = (*_OWNER, CUT, *_CAMPAIGN)


def as_stored(table: DeltaTable | None, path: Path, earlier: list[pd.DataFrame], frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with platforms and accounts as the table or `earlier` frames spell them, where only the case differs."""
    for name in ("platform", "account"):
        spellings: dict[str, str] = {}
        if table is not None:
            batches = dataset(table, path).to_batches(columns=[name], batch_readahead=2)
            for each in batches:
                spellings |= {text.casefold(): text for text in pc.unique(each[name].cast(pa.string())).to_pylist()}
        for each in (*earlier, frame):
            for text in each[name].astype(str).unique():
                spellings.setdefault(text.casefold(), text)
        texts = frame[name].astype(str)
        renamed = texts.map({text: spellings[text.casefold()] for text in texts.unique()})
        if not renamed.equals(texts):
            frame = frame.assign(**{name: renamed.astype("category")})
    return frame


def campaigns_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The campaigns that rows name, by owner and cut: distinct rows of `COLUMNS`, as texts."""
    return frame[list(COLUMNS)].drop_duplicates().astype(str)


def _stored_campaigns(table: DeltaTable | None, path: Path, frame: pd.DataFrame, *, all_days: bool) -> pd.DataFrame:
    """The campaigns that the table at `path` has of the platforms in `frame`, on its days or on all."""
    empty = pd.DataFrame({name: pd.Series(dtype=str) for name in COLUMNS})
    if table is None or frame.empty:
        return empty
    wanted = ds.field("platform").isin(sorted(frame["platform"].astype(str).unique()))
    if not all_days:
        days = frame[DATE]
        wanted &= (ds.field(DATE) >= days.min().date()) & (ds.field(DATE) <= days.max().date())
    # One by one, as the whole may be large.
    batches = dataset(table, path).to_batches(filter=wanted, columns=list(COLUMNS), batch_readahead=2)
    parts = [pa.Table.from_batches([each]).group_by(list(COLUMNS)).aggregate([]) for each in batches if each.num_rows]
    if not parts:
        return empty
    found = pa.concat_tables(parts).group_by(list(COLUMNS)).aggregate([]).to_pandas()
    return found[list(COLUMNS)].fillna("").astype(str)


def known_campaigns(
    table: DeltaTable | None, path: Path, earlier: list[pd.DataFrame], frame: pd.DataFrame, *, all_days: bool
) -> pd.DataFrame:
    """The campaigns that are stored or come in `earlier` frames, of the platforms in `frame`, on its days or on all."""
    if all_days and not (frame["platform"] == OTHER).any():  # nobody asks
        return campaigns_of(frame.head(0))
    days = set(frame[DATE].unique())
    others = [each if all_days else each[each[DATE].isin(days)] for each in earlier]
    stored = _stored_campaigns(table, path, frame, all_days=all_days)
    return pd.concat([stored, *(campaigns_of(each) for each in others)], ignore_index=True).drop_duplicates()


def refuse_second_account(owners: pd.DataFrame, stored: pd.DataFrame, new: pd.DataFrame) -> None:
    """Refuse figures without an account for days on which the platform has an account, and the other way round.

    Those whose campaigns differ altogether are other money, and add up. Raises ImportProblem.
    """
    days = owners[["platform", "account", PROGRAM, DATE]].drop_duplicates()
    nameless = days[days["account"] == UNKNOWN]
    both = nameless.merge(days[days["account"] != UNKNOWN], on=["platform", PROGRAM, DATE])
    campaigns = pd.concat([stored, new]).drop_duplicates()
    for _, row in both.drop_duplicates(["platform", PROGRAM, "account_y"]).iterrows():
        of = campaigns[(campaigns["platform"] == row["platform"]) & (campaigns[PROGRAM] == row[PROGRAM])]
        if not have_common(of[of["account"] == UNKNOWN], of[of["account"] == row["account_y"]]):
            continue
        raise ImportProblem(
            f"{row['platform']}'s figures of {row[DATE]:%Y-%m-%d} would count twice: once without an account, once for "
            f"the account “{row['account_y']}”. Say --account for the file that names none."
        )


def have_common(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two sets of campaigns share one: by its identifier where all have one, else by its name too.

    Rows that name none may be of any.
    """
    if (one["campaign"] == UNKNOWN).any() or (other["campaign"] == UNKNOWN).any():
        return True
    ids = set(one["campaign_id"]) & set(other["campaign_id"]) - {""}
    known = bool((one["campaign_id"] != "").all() and (other["campaign_id"] != "").all() and len(one) and len(other))
    return bool(ids) or (not known and not set(one["campaign"]).isdisjoint(other["campaign"]))


def refuse_other_campaigns(stored: pd.DataFrame, frame: pd.DataFrame) -> None:
    """Refuse figures that have no campaign in common with those of the same owner on their days.

    Raises ImportProblem.
    """
    held = dict(list(stored.groupby(list(_OWNER))))
    for owner, new in campaigns_of(frame).groupby(list(_OWNER)):
        old = held.get(owner)
        if old is None or have_common(old, new):
            continue
        platform, account = owner[:2]
        names = sorted(set(old["campaign"]))
        few = ", ".join(f"“{name}”" for name in names[:3]) + (", …" if len(names) > 3 else "")
        whose = platform if account == UNKNOWN else f"{platform} · {account}"
        file = str(frame["file"].iloc[0])
        raise ImportProblem(
            f"{file} has none of the {len(names)} campaigns that are there for {whose} on these days ({few}): it looks "
            "like another account's report, or one that was filtered otherwise. Name its account with --account, or "
            "say --replace where it takes their place."
        )


def with_own_program(stored: pd.DataFrame, days: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with a program for each source that is called Other, so that two of them add up.

    Its program is that of the stored campaigns it continues; a new one is called by its file. `stored` are the
    campaigns of all days, `days` those of the frame's own.
    """
    rows = frame["platform"] == OTHER
    if not rows.any():
        return frame
    new = campaigns_of(frame[rows])
    programs = [(name, old) for name, old in _by_program(stored)]
    if not programs:
        return frame
    same = [name for name, old in programs if have_common(old, new)]
    taken = {name for name, _ in _by_program(days)}
    free = "" not in {name for name, _ in programs}
    program = same[0] if same else "" if free and not taken else str(frame.loc[rows, "file"].iloc[0])
    return frame.assign(**{PROGRAM: frame[PROGRAM].astype(object).where(~rows, program)})


def _by_program(campaigns: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    others = campaigns[campaigns["platform"] == OTHER]
    return [(str(name), rows) for name, rows in others.groupby(PROGRAM)]
