"""Ways out for a digest: a mail server (SMTP, always with TLS but on the loopback device), chat webhooks, a file."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from machine.loopback import is_loopback

_SECONDS: Final = 30
_PORTS: Final = {"smtp": 587, "smtps": 465}


class NotSent(Exception):
    """A digest could not be handed over; the message says why and what to do, without a password."""


class PerhapsSent(NotSent):
    """The connection was lost while a mail was handed over: nobody knows whether it arrived."""


class _Marking:
    """A connection that knows whether a mail may have reached the server."""

    handed = False

    def data(self, msg: Any) -> Any:
        """Hand over the mail itself, after sender and recipient."""
        self.handed = True
        return super().data(msg)  # type: ignore[misc]


class _Server(_Marking, smtplib.SMTP):
    """A mail server."""


class _SecureServer(_Marking, smtplib.SMTP_SSL):
    """A mail server that is spoken to by TLS from the beginning."""


@contextmanager
def mail_server(address: str) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server at ``smtp://USER:PASSWORD@HOST:PORT`` or ``smtps://…``. Raises NotSent."""
    parts = urlsplit(address)
    try:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    except ValueError:
        raise NotSent("DASHBOARD_SMTP has a port that is no number from 1 to 65535.") from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not f"{user}{password}".isascii():
        raise NotSent("DASHBOARD_SMTP has a user or a password with letters beyond ASCII, which mail servers refuse.")
    name = f"the mail server {host}:{port} (DASHBOARD_SMTP)"
    secure = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = _SecureServer(host, port, timeout=_SECONDS, context=secure)
        else:
            server = _Server(host, port, timeout=_SECONDS)
    except ssl.SSLError as problem:
        raise NotSent(f"{name} has no certificate that this machine trusts: {problem.reason}.") from None
    except (OSError, UnicodeError, smtplib.SMTPException) as problem:  # UnicodeError: of a host's name
        raise NotSent(f"{name} cannot be reached: {getattr(problem, 'strerror', None) or problem}.") from None
    try:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=secure)
            server.ehlo()
        elif parts.scheme == "smtp" and not is_loopback(host):
            raise NotSent(
                f"{name} offers no TLS, and figures do not cross a network in the clear: use smtps:// or another."
            )
        if parts.username:
            server.login(user, password)
        yield server
    except smtplib.SMTPAuthenticationError:
        raise NotSent(f"{name} refused the user or the password.") from None
    except ssl.SSLError as problem:
        raise NotSent(f"{name} has no certificate that this machine trusts: {problem.reason}.") from None
    except (smtplib.SMTPException, OSError) as problem:
        raise NotSent(f"{name} did not take the mail: {_reason(problem)}.") from None
    finally:
        server.close()


def hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    """Give a mail to a server. Raises NotSent where it refuses the recipient or the mail, PerhapsSent where the
    connection was lost on the way.
    """
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as problem:
        ((code, why),) = problem.recipients.values()
        reason = _reason(smtplib.SMTPResponseException(code, why))
        raise NotSent(f"the mail server refused the recipient {mail['To']}: {reason}.") from None
    except smtplib.SMTPResponseException as problem:
        raise NotSent(f"the mail server did not take the mail to {mail['To']}: {_reason(problem)}.") from None
    except (smtplib.SMTPException, OSError) as problem:
        kind = PerhapsSent if getattr(server, "handed", True) else NotSent
        raise kind(f"the mail server did not take the mail to {mail['To']}: {_reason(problem)}.") from None


def post_to_chat(address: str, title: str, text: str) -> None:
    """Post to a chat by Apprise's address of it (``slack://…``, ``workflows://…`` for Teams, ``json://…``).

    Raises NotSent.
    """
    try:
        import apprise
    except ImportError:
        raise NotSent("webhooks need one more package: pip install 'marketing-dashboard[chat]'.") from None
    chat = apprise.Apprise()
    if not chat.add(address):
        raise NotSent("--webhook is no address that Apprise knows, such as slack://… or workflows://….")
    if not chat.notify(body=text, title=title, body_format=apprise.NotifyFormat.TEXT):
        raise NotSent(f"the webhook {address.partition('://')[0]}://… did not take the digest: see the log above.")


def _reason(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        error = problem.smtp_error
        return f"{problem.smtp_code} {error.decode(errors='replace') if isinstance(error, bytes) else error}"
    return str(problem) or type(problem).__name__
