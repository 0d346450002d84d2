"""`marketing-dashboard digest`: sends one screen of figures, in a scheduled job.

Whoever may read the table may send it. Each recipient gets a digest of some days once: the ledger knows
(report/digest_ledger.py).
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from access.policy import WrongPolicy
from access.rights import Rights
from app import writing_of
from components.address import Address, read
from facts import DataProblem, Facts
from facts.engines.choice import elsewhere, engine_of
from facts.protocol import utc_now
from facts.source import Source
from kpi.plain_text import date_of, printable, sentence_of
from machine.state_folder import NoStateFolder, state_folder
from pages import PAGES
from report.digest_content import Digest, NoDigest, digest_of
from report.digest_corrections import Earlier
from report.digest_ledger import Entry, Ledger, LedgerBusy, entry_of, ledger_in, moment
from report.digest_mail import html_of, message_of, one_line, text_of
from report.digest_send import NotSent, PerhapsSent, hand_over, mail_server, post_to_chat
from report.making import NoReport, rights_for_role
from report.whole_file import write_file
from settings import Settings, WrongSetting
from views.visible import visible_page
from web.operations import start_logging

_PAGE: Final = "executive"
_FORMS: Final = (".html", ".txt", ".eml")


#: Makes the digest, given what was sent before.
_Make = Callable[[Earlier], Digest]


class NotYetThere(Exception):
    """Data that were required are not there yet; the message says which."""


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Send the digest; 0 where every recipient has it, else 1 with a sentence on stderr."""
    start_logging("text")
    try:
        return 0 if _send_all(asked, settings) else 1
    except (
        *(NoDigest, NoReport, NotSent, LedgerBusy, NoStateFolder),
        *(DataProblem, WrongPolicy, WrongSetting),
    ) as problem:
        _complain(str(problem))
    except OSError as problem:
        _complain(sentence_of(problem))
    return 1


def _send_all(asked: argparse.Namespace, settings: Settings) -> bool:
    _check(asked, settings)
    rights = rights_for_role(asked.role, settings)
    page = visible_page(PAGES, rights, _PAGE)
    if page is None:
        raise NoReport(f"The role “{asked.role}” may not see the page “{_PAGE}”, which a digest is of.")
    source = Source(settings.facts, engine=engine_of(settings))
    try:
        facts = source.current()
        if facts is None:
            raise NoDigest(source.cause or "There is no data yet.")
        if asked.require_through is not None:
            try:
                _require(facts, rights, asked)
            except NotYetThere as problem:
                _complain(str(problem))
                _tell_owner(str(problem), asked, settings)
                return False
        public = settings.public_address or f"http://{settings.host}:{settings.port}{settings.prefix}"
        role, query = asked.role or "", asked.query.removeprefix("?")
        folder = state_folder(settings.state, None if elsewhere(settings.facts) else Path(settings.facts))

        def digest(earlier: Earlier = lambda query, end: ()) -> Digest:
            return digest_of(page, query, source, writing_of(settings), rights, settings.provisional, public, earlier)

        if asked.out:
            try:
                _write(asked.out, digest(), settings)
            except OSError as problem:
                raise NoDigest(f"{asked.out} could not be written: {problem.strerror}.") from None
        done = True
        if asked.to or asked.webhook:
            try:
                with ledger_in(folder) as ledger:
                    done = all([*_deliver(asked, settings, ledger, digest, role)])
            except NoStateFolder:
                raise
            except OSError as problem:
                raise NoDigest(
                    f"The ledger in DASHBOARD_STATE cannot be used ({problem.strerror}): nothing more was sent."
                ) from None
        return done
    finally:
        source.close()


def _check(asked: argparse.Namespace, settings: Settings) -> None:
    """Raise NoDigest for arguments that cannot be, before anything is read."""
    if not (asked.to or asked.webhook or asked.out):
        raise NoDigest("name who gets the digest: --to ADDRESS, --webhook URL or --out FILE.")
    if asked.out and asked.out.suffix.lower() not in _FORMS:
        raise NoDigest(f"{asked.out} must end in .html, .txt or .eml.")
    if asked.out and not asked.out.parent.is_dir():
        raise NoDigest(f"There is no folder {asked.out.parent}.")
    check_recipients(asked, settings, asked.owner)
    if asked.owner and asked.require_through is None:
        raise NoDigest("--owner is told that data are late, so --require-through must say which day they must reach.")


def check_recipients(asked: argparse.Namespace, settings: Settings, owner: str | None = None) -> None:
    """Raise NoDigest where what is sent could not reach somebody, or where nobody says as which role it is made."""
    if settings.policy and asked.role is None:
        raise NoDigest("there is a policy, so --role must say as whom this is made.")
    for address in (*asked.to, *filter(None, [owner])):
        if not _is_mail_address(address):
            raise NoDigest(f"“{one_line(address)}” is no mail address.")
    if (asked.to or owner) and not (settings.smtp and settings.mail_from):
        raise NoDigest("mail needs DASHBOARD_SMTP, the server it goes through, and DASHBOARD_MAIL_FROM, its sender.")
    if (asked.to or asked.webhook) and not settings.public_address:
        raise NoDigest("links in mail need DASHBOARD_PUBLIC_ADDRESS, where readers open the dashboard.")


def _is_mail_address(text: str) -> bool:
    """Whether a text is one address that a header can hold, without a name."""
    if not text.isprintable() or any(sign in text for sign in ',;<>()[]"\\ '):
        return False
    try:
        return MailAddress(addr_spec=text).addr_spec == text and "@" in text[1:-1]
    except (ValueError, IndexError, MessageError):
        return False


def _deliver(asked: argparse.Namespace, settings: Settings, ledger: Ledger, make: _Make, role: str) -> Iterator[bool]:
    """Send to each recipient and chat what they do not have yet; yields whether each has it.

    The ledger knows a chat by a hash: its address is a secret.
    """
    host = urlsplit(settings.public_address).hostname or "localhost"
    chats = {f"{address.partition('://')[0]}:{_hash(address)}": address for address in asked.webhook}
    for to in dict.fromkeys((*asked.to, *chats)):
        digest = make(lambda query, end, to=to: ledger.earlier(to, role, query, end))  # type: ignore[misc]
        entry = entry_of(digest, to, role, host)
        before = ledger.last_step(entry)
        if before and before.step != "refused" and not asked.again:
            yield _say_before(before)
            continue
        ledger.write(entry)
        try:
            if to in chats:
                post_to_chat(chats[to], one_line(digest.subject), text_of(digest))
            else:
                with mail_server(settings.smtp) as server:
                    hand_over(server, message_of(digest, settings.mail_from, to, entry.message_id))
        except NotSent as problem:
            if not isinstance(problem, PerhapsSent):
                ledger.write(replace(entry, step="refused", when=moment()))
            _complain(str(problem))
            yield False
            continue
        ledger.write(replace(entry, step="sent", when=moment()))
        print(f"sent to {one_line(to)}: {one_line(digest.subject)}")
        yield True


def _say_before(before: Entry) -> bool:
    """Say why a digest is not sent that was; whether that went well then."""
    if before.step == "sent":
        print(
            f"{before.to} has the digest of {before.start} to {before.end} since {before.when}: --again sends it again."
        )
        return True
    _complain(
        f"{before.to}: a digest of {before.start} to {before.end} was being sent at {before.when} and nobody knows "
        "whether it arrived: --again sends it, with the same Message-ID."
    )
    return False


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(out: Path, digest: Digest, settings: Settings) -> None:
    form = out.suffix.lower()
    if form == ".eml":
        sender = settings.mail_from or "dashboard@localhost"
        body = message_of(digest, sender, "undisclosed@localhost", entry_of(digest, "", "", "localhost").message_id)
        write_file(out, body.as_bytes())
    else:
        write_file(out, (html_of(digest) if form == ".html" else text_of(digest)).encode())
    print(printable(str(out)))


def _require(facts: Facts, rights: Rights, asked: argparse.Namespace) -> None:
    """Raise NotYetThere where a chosen platform, or the shop, has no rows of the day that is required."""
    wanted: str = asked.require_through
    try:
        today = utc_now().astimezone(ZoneInfo(asked.time_zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last for a folder of zones, such as Europe
        raise NoDigest(f"--time-zone “{asked.time_zone}” is no time zone such as Europe/Berlin.") from None
    day = today - timedelta(days=1) if wanted == "yesterday" else date_of(wanted)
    if day is None:
        raise NoDigest(f"--require-through “{wanted}” is neither yesterday nor YYYY-MM-DD.")
    options = facts.options(rights.rows)
    chosen = dict(read(Address.of(asked.query.removeprefix("?")), options, facts.extent(), ("profit",))[0].only)
    platforms = chosen.get("platform", options["platform"])
    reported = [each for each in facts.side.reported if each.platform in platforms]
    late = [f"{each.platform} ends on {each.through}" for each in reported if each.through < day]
    store = facts.side.store
    if store is not None and not rights.rows and (last := store.index.max().date()) < day:
        late.append(f"the shop ends on {last}")
    if late:
        raise NotYetThere(f"No digest was sent: the data must reach {day}, and {', '.join(late)}.")


def _tell_owner(sentence: str, asked: argparse.Namespace, settings: Settings) -> None:
    if not asked.owner:
        return
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "The marketing digest waits for data"
    mail["From"], mail["To"] = settings.mail_from, asked.owner
    mail["Date"] = format_datetime(utc_now())
    mail["Message-ID"] = f"<{_hash(sentence + moment())}@{urlsplit(settings.public_address).hostname or 'localhost'}>"
    mail.set_content(f"{one_line(sentence)}\n\nImport the missing days, then run the same command again.\n")
    with mail_server(settings.smtp) as server:
        hand_over(server, mail)


def _complain(sentence: str) -> None:
    print(f"marketing-dashboard: {printable(sentence)}", file=sys.stderr)
