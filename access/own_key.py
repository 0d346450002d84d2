"""The key by which a machine's own user looks at their data: a secret on disk, one-time addresses and a cookie.

Whoever can read the secret can read the data, which are the same user's files. Nothing else is needed to make an
address that works once, so every command of that user's can print one; whoever opens it gets a cookie. Both are signed
with the secret: once that is removed, neither is worth anything.
"""

import hmac
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from machine.state_folder import NoStateFolder, make_state_folder

#: The field of an address that holds the key.
FIELD: Final = "key"
#: Seconds for which a printed address may be opened, and for which a cookie lasts: no browser keeps one longer.
ADDRESS_SECONDS: Final = 86_400
COOKIE_SECONDS: Final = 400 * 86_400

#: A time, a number used once, and a signature, all in hex, so that a terminal's link holds it whole.
_TOKEN: Final = re.compile(r"([0-9a-f]{8})([0-9a-f]{24})([0-9a-f]{40})", re.ASCII)
_SECRET: Final = re.compile(rb"[0-9a-f]{64}\n", re.ASCII)
_MOST_COOKIES: Final = 8
_PROGRAM: Final = "marketing-dashboard"


class NoEntry(Exception):
    """A key opens nothing; the message says in a word or two why, for the log."""


class NoSecret(Exception):
    """The secret cannot be used or kept; the message is a sentence that says what to do."""


class OwnKey:
    """The key of who owns the state folder at `folder`. Any number of processes may hold it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / "key"
        self._read: tuple[object, bytes] | None = None

    def prepare(self) -> None:
        """Make the secret where there is none. Raises NoSecret where there is one that cannot be used."""
        if self._secret() is None:
            self._make_secret()

    def new_key(self) -> str:
        """A key for one address, to be used once within a day. Makes the secret where there is none.

        Raises NoSecret.
        """
        secret = self._secret() or self._make_secret()
        self._sweep()
        return _sign(secret, "address", int(time.time()) + ADDRESS_SECONDS)

    def use(self, key: str) -> None:
        """Accept `key` and write down that it was used, so that no process ever accepts it again.

        Raises NoEntry, or NoSecret where that cannot be written down.
        """
        secret = self._secret()
        if secret is None or not _is_signed(secret, "address", key):
            raise NoEntry("forged key")
        if int(key[:8], 16) < time.time():
            raise NoEntry("expired key")
        try:
            used = os.open(
                self.folder / f"used-{key[:32]}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600
            )
            os.fsync(used)
            os.close(used)
        except FileExistsError:
            raise NoEntry("used key") from None
        except OSError as problem:
            raise NoSecret(f"A key cannot be used, because that cannot be noted: {problem.strerror}.") from None

    def new_cookie(self, port: int) -> str:
        """The value of a cookie for the address with `port`. Raises NoEntry where the secret is gone."""
        secret = self._secret()
        if secret is None:
            raise NoEntry("no secret")
        return _sign(secret, f"cookie {port}", int(time.time()))

    def admits(self, cookies: Iterable[str], port: int) -> bool:
        """Whether one of `cookies` was made by this key for the address with `port`."""
        secret = self._secret()
        return secret is not None and any(
            _is_signed(secret, f"cookie {port}", each) and time.time() - int(each[:8], 16) < COOKIE_SECONDS
            for each in list(cookies)[:_MOST_COOKIES]
        )

    def _secret(self) -> bytes | None:
        """The secret, None where there is none. It is looked at each time, so that removing it ends every cookie.

        Raises NoSecret where others could know it.
        """
        try:
            status = os.lstat(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise NoSecret(f"The key {self._path} cannot be read: {problem.strerror}.") from None
        known = self._read
        mark = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_mode, status.st_uid)
        if known is None or known[0] != mark:
            self._read = known = (mark, self._read_secret())
        return known[1]

    def _read_secret(self) -> bytes:
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            raise _unusable(self._path, "it is a link, or may not be read") from None
        with os.fdopen(file, "rb") as opened:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                raise _unusable(self._path, "it is no file of this user’s")
            if status.st_mode & 0o077:
                raise _unusable(self._path, "others may read or change it")
            content = opened.read(100)
        if not _SECRET.fullmatch(content):
            raise _unusable(self._path, "it holds no key")
        return content

    def _make_secret(self) -> bytes:
        """A new secret, whole from the moment that its file is there; that of another process if it was faster."""
        try:
            make_state_folder(self.folder)
            fresh = self.folder / f".key-{secrets.token_hex(8)}"
            _write_secret(fresh)
            try:
                os.link(fresh, self._path)
            except FileExistsError:
                pass
            except OSError:  # file systems without links; a process that looks in between may complain
                with suppress(FileExistsError):
                    _write_secret(self._path)
            finally:
                fresh.unlink()
        except NoStateFolder as problem:
            raise NoSecret(problem.strerror) from None
        except OSError as problem:
            raise NoSecret(
                f"{self.folder} cannot keep a key ({problem.strerror}): name another folder in DASHBOARD_STATE."
            ) from None
        secret = self._secret()
        if secret is None:
            raise _unusable(self._path, "it was removed just now")
        return secret

    def _sweep(self) -> None:
        """Remove the notes of keys that expired more than a day ago."""
        for note in self.folder.glob("used-*"):
            with suppress(OSError, ValueError):
                if int(note.name[5:13], 16) + ADDRESS_SECONDS < time.time():
                    note.unlink()


def address_with_key(address: str, key: OwnKey) -> str:
    """The address of a dashboard that opens it once. Raises NoSecret."""
    return f"{address}?{FIELD}={key.new_key()}"


def once_sentence() -> str:
    """What is said of a printed address."""
    return f"The address works once, within a day; `{command_line()} address` prints another."


def command_line() -> str:
    """How this program was called, for a person to call it again."""
    return sys.argv[0] if Path(sys.argv[0]).name == _PROGRAM else _PROGRAM


def _write_secret(path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(f"{secrets.token_hex(32)}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _unusable(path: Path, why: str) -> NoSecret:
    return NoSecret(f"The key {path} cannot be used, {why}: remove it, and a new one is made.")


def _sign(secret: bytes, purpose: str, moment: int) -> str:
    body = f"{moment:08x}{secrets.token_hex(12)}"
    return body + _signature(secret, purpose, body)


def _is_signed(secret: bytes, purpose: str, token: str) -> bool:
    parts = _TOKEN.fullmatch(token)
    return parts is not None and hmac.compare_digest(parts[3], _signature(secret, purpose, parts[1] + parts[2]))


def _signature(secret: bytes, purpose: str, body: str) -> str:
    return hmac.new(secret, f"{purpose} {body}".encode(), sha256).hexdigest()[:40]
