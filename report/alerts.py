"""`marketing-dashboard alerts`: tells what crosses a threshold, once for each cause, to people and to other tools."""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from access.policy import WrongPolicy
from app import writing_of
from components.address import Address, write
from facts import DataProblem
from facts.engines.choice import elsewhere, engine_of
from facts.protocol import utc_now
from facts.source import Source
from kpi.plain_text import printable
from machine.file_lock import lock_file
from machine.state_folder import NoStateFolder, make_state_folder, state_folder
from pages import PAGES
from report.alert_rules import Crossing, Group, NotJudged, Threshold, WrongRule, crossings, read_rule
from report.digest import check_recipients
from report.digest_content import NoDigest, shorten, version_of
from report.digest_ledger import LedgerBusy, moment
from report.digest_mail import one_line
from report.digest_send import NotSent, PerhapsSent, hand_over, mail_server, post_to_chat
from report.making import NoReport, rights_for_role
from report.whole_file import write_file
from settings import Settings, WrongSetting
from views.answers import ResolvedQuery, resolve_query
from views.visible import visible_pages
from web.operations import start_logging

#: The exit status where something crosses a threshold: neither success nor a failure of the command.
CROSSED: Final = 3
_FILE: Final = "alerts.json"
_WAIT: Final = 60.0


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Tell of what crosses; 0 where nothing does, 3 where something does, 1 with a sentence on stderr else."""
    start_logging("text")
    try:
        return _run(asked, settings)
    except (
        *(WrongRule, NoDigest, NoReport, NotSent, LedgerBusy, NoStateFolder),
        *(DataProblem, WrongPolicy, WrongSetting),
    ) as problem:
        _complain(str(problem))
        return 1


def _run(asked: argparse.Namespace, settings: Settings) -> int:
    check_recipients(asked, settings)
    rules = [read_rule(text) for text in asked.when]
    rights = rights_for_role(asked.role, settings)
    page = next((each for each in visible_pages(PAGES, rights) if each.visuals), None)
    if page is None:
        raise NoReport(f"The role “{asked.role}” may see no page with figures.")
    for rule in rules:
        if not rights.shows((rule.metric,)):
            raise WrongRule(f"The role “{asked.role}” may not see “{rule.metric}”.")
    source = Source(settings.facts, engine=engine_of(settings))
    try:
        today = source.current()
        if today is None:
            raise NoDigest(source.cause or "There is no data yet.")
        text = asked.query.removeprefix("?")
        version = version_of(source, text)
        address = Address.of(f"{text}&as_of={version}" if version else text)
        facts, found, _ = resolve_query(source, today, address, writing_of(settings), rights, settings.provisional)
        if found.notes:
            raise NoDigest(f"Nothing is judged, because the page would say: {' '.join(found.notes)}")
        crossed, unknown = crossings(rules, facts, found, rights)
    finally:
        source.close()
    base = settings.public_address or f"http://{settings.host}:{settings.port}{settings.prefix}"
    links = [f"{base}{page.path}?{write(found.query.narrow(each.group))}" for each in crossed]
    scope = write(replace(found.query, as_of=""))
    selection = found.selection
    filters = "; ".join(", ".join(map(shorten, values)) for _, values in (*rights.rows, *found.query.only))
    about = f"{f'{filters}; ' if filters else ''}{found.formats.days(selection.start, selection.end)}"
    mails = _Mails(settings, about, tuple(unknown))
    folder = state_folder(settings.state, None if elsewhere(settings.facts) else Path(settings.facts))
    try:
        new, done = _tell(asked, mails, folder, rules, crossed, links, scope)
    except NoStateFolder:
        raise
    except OSError as problem:
        raise NoDigest(
            f"What was told cannot be kept in DASHBOARD_STATE ({problem.strerror}): nothing more was sent."
        ) from None
    _print(asked, found, crossed, unknown, links, new)
    return 1 if not done else CROSSED if crossed else 0


@dataclass(frozen=True)
class _Mails:
    """What all mails of a run share: the `settings`, which rows and days they are `about`, what was not judged."""

    settings: Settings
    about: str
    unknown: tuple[NotJudged, ...]


def _tell(
    asked: argparse.Namespace,
    mails: _Mails,
    folder: Path,
    rules: Sequence[Threshold],
    crossed: Sequence[Crossing],
    links: Sequence[str],
    scope: str,
) -> tuple[set[int], bool]:
    """Send what was not told before to each recipient; gives the places of what is new to one of them or to none, and
    whether everybody has it.

    A cause is told again only after it was over: what these rules told and no longer find is forgotten, unless they
    could not be judged. It is written down before it is handed over, and taken back where it surely did not arrive.
    """
    path = make_state_folder(folder) / _FILE
    busy = LedgerBusy("other alerts are being sent just now; try again when they are done.")
    with lock_file(path.with_suffix(".lock"), _WAIT, busy):
        told = _read(path)
        chats = {f"{address.partition('://')[0]}:{_hash(address)}": address for address in asked.webhook}
        whole = {each.rule for each in mails.unknown if not each.groups}
        partly = {(each.rule, _words(group)) for each in mails.unknown for group in each.groups}
        texts, fresh, done = [rule.text for rule in rules if rule.text not in whole], set(), True
        for to in dict.fromkeys((*asked.to, *chats)) or [""]:
            keys = [_key(to, asked.role, scope, each) for each in crossed]
            mine = {_key(to, asked.role, scope, Crossing(text, (), "", 0.0, None, ""))[:-1] for text in texts}
            new = [place for place, key in enumerate(keys) if key not in told]
            fresh |= set(new)
            told -= {key for key in told if key[:-1] in mine and key[-2:] not in partly} - set(keys)
            _write(path, told | set(keys))
            try:
                if new and to:
                    chosen = [crossed[place] for place in new], [links[place] for place in new]
                    _send(mails, to, chats.get(to), *chosen)
            except NotSent as problem:
                done = False
                if not isinstance(problem, PerhapsSent):
                    _complain(str(problem))
                    _write(path, told)
                    continue
                _complain(f"{problem} Nobody knows whether it arrived, and it is not sent again.")
            told |= set(keys)
    return fresh, done


#: To whom, as which role, of which rows and days, which rule, and for which group.
_Key = tuple[str, str, str, str, str]


def _key(to: str, role: str | None, scope: str, crossing: Crossing) -> _Key:
    return to, role or "", scope, crossing.rule, _words(crossing.group)


def _words(group: Group) -> str:
    return json.dumps(group, ensure_ascii=False)


def _read(path: Path) -> set[_Key]:
    """What was told; a file that cannot be read as that is moved aside, and said."""
    try:
        found: Any = json.loads(path.read_bytes())
        return {(str(to), str(role), str(scope), str(rule), str(group)) for to, role, scope, rule, group in found}
    except FileNotFoundError:
        return set()
    except (ValueError, TypeError, RecursionError):
        aside = path.with_name(f"{path.name}.damaged-{moment().replace(':', '')}")
        os.replace(path, aside)
        _complain(f"{path.name} was damaged and is now {aside.name}: what was told before may be told again.")
        return set()


def _write(path: Path, told: set[_Key]) -> None:
    write_file(path, json.dumps(sorted(told), ensure_ascii=False).encode())
    os.chmod(path, 0o600)


def _send(mails: _Mails, to: str, chat: str | None, crossed: Sequence[Crossing], links: Sequence[str]) -> None:
    settings = mails.settings
    title = one_line(crossed[0].text if len(crossed) == 1 else f"{len(crossed)} alerts: {crossed[0].text}")
    lines = [
        line for each, link in zip(crossed, links, strict=True) for line in (f"- {one_line(each.text)}", f"  {link}")
    ]
    head = [f"What crosses a threshold ({one_line(mails.about)}):", ""]
    text = "\n".join([*head, *lines, *map(_not_judged, mails.unknown)]) + "\n"
    if chat:
        post_to_chat(chat, title, text)
        return
    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["From"], mail["To"] = title, settings.mail_from, to
    mail["Date"] = format_datetime(utc_now())
    host = urlsplit(settings.public_address).hostname or "localhost"
    mail["Message-ID"] = f"<{_hash(text + to + moment())}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    with mail_server(settings.smtp) as server:
        hand_over(server, mail)


def _not_judged(each: NotJudged) -> str:
    return f"Not judged: “{one_line(each.rule)}”: {one_line(each.reason)}."


def _print(
    asked: argparse.Namespace,
    found: ResolvedQuery,
    crossed: Sequence[Crossing],
    unknown: Sequence[NotJudged],
    links: Sequence[str],
    new: set[int],
) -> None:
    if asked.json:
        alerts = [
            {**asdict(each), "group": dict(each.group), "address": link, "new": place in new}
            for place, (each, link) in enumerate(zip(crossed, links, strict=True))
        ]
        selection = found.selection
        days = {"start": selection.start.isoformat(), "end": selection.end.isoformat()}
        said = {
            "query": write(found.query),
            "alerts": alerts,
            "not_judged": [{"rule": each.rule, "reason": each.reason} for each in unknown],
        }
        print(json.dumps({**days, **said}, ensure_ascii=False))
        return
    for place, each in enumerate(crossed):
        print(one_line(each.text) + ("" if place in new else " (told before)"))
    if not crossed:
        print("Nothing that could be judged crosses a threshold." if unknown else "Nothing crosses a threshold.")
    for rule in unknown:
        print(_not_judged(rule))


def _complain(sentence: str) -> None:
    print(f"marketing-dashboard: {printable(sentence)}", file=sys.stderr)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
