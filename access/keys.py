"""The keys that sign-in tokens are verified with: fetched once, and again where a token names one that is not known.

At most one fetch in ten seconds, whatever arrives: the time of the last one and what it brought lie in an unnamed file
that the processes forked later share, so this holds across threads and across gunicorn's workers.
"""

import fcntl
import json
import logging
import re
import tempfile
import time
import urllib.request
from collections.abc import Callable
from threading import Lock
from typing import Any, Final
from weakref import finalize

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

#: The two algorithms there are, and nothing else: neither "none" nor any that takes a public key for a secret.
ALGORITHMS: Final = ("RS256", "ES256")
FETCH_EVERY: Final = 10.0
_TIMEOUT: Final = 3.0
_MOST_BYTES: Final = 256_000
_KID: Final = re.compile(r"[A-Za-z0-9._~-]{1,128}", re.ASCII)
_LEAST_RSA_BITS: Final = 2048

PublicKey = RSAPublicKey | EllipticCurvePublicKey
Fetch = Callable[[str], bytes]

_log = logging.getLogger(__name__)


class NoKeys(Exception):
    """No key has ever been had; the message is a sentence that says why."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def fetch(address: str) -> bytes:
    """What an https, http or file address, or a path, holds. Raises OSError or ValueError; follows no redirect."""
    if re.match(r"https?://", address):
        with urllib.request.build_opener(_NoRedirect).open(address, timeout=_TIMEOUT) as answer:
            content: bytes = answer.read(_MOST_BYTES + 1)
    else:
        with open(address.removeprefix("file://"), "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError("it is longer than any set of keys")
    return content


def read_keys(content: bytes) -> dict[str, PublicKey]:
    """The usable keys of a JWKS by their kid ("" for one without). Raises ValueError where it is none."""
    try:
        entries = json.loads(content)["keys"]
        found = {str(entry.get("kid", "")): key for entry in entries if (key := _public_key(entry)) is not None}
    except (TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError("it is no JSON web key set") from None
    if not found:
        raise ValueError("it holds no RSA key of 2048 bits or more and no P-256 key")
    return found


def _public_key(entry: dict[str, Any]) -> PublicKey | None:
    if entry.get("use", "sig") != "sig" or entry.get("alg", ALGORITHMS[0]) not in ALGORITHMS:
        return None
    try:
        return usable(jwt.PyJWK(entry, algorithm="ES256" if entry.get("kty") == "EC" else "RS256").key)
    except (jwt.PyJWTError, ValueError, KeyError):
        return None


def usable(key: object) -> PublicKey | None:
    """`key` where it is a public key that one of `ALGORITHMS` can use."""
    if isinstance(key, RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    return None


class Keys:
    """The keys at `address`: a JWKS, or, where it has ``{kid}`` in it, one PEM file a key (AWS ALB)."""

    def __init__(self, address: str, fetch: Fetch = fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self.address = address
        self.by_kid = "{kid}" in address
        self.fetches = 0
        self._fetch, self._clock = fetch, clock
        self._known: dict[str, PublicKey] = {}
        self._seen = 0.0
        self._lock = Lock()
        self._shared = tempfile.TemporaryFile()  # noqa: SIM115  (kept open: it is the workers' common memory)
        finalize(self, self._shared.close)

    def find(self, kid: str) -> PublicKey | None:
        """The key called `kid`, after a fetch where it is not known and one is due. Raises NoKeys where none is had.

        A token that names no key gets the only one there is.
        """
        key = self._of(kid)
        if key is None and (not kid or _KID.fullmatch(kid)):
            self._learn(kid)
            key = self._of(kid)
        if key is None and not self._known and not self.by_kid:
            raise NoKeys(f"The sign-in keys at {self.address} cannot be had yet.")
        return key

    def load(self) -> bool:
        """Fetch the keys before anybody asks, and before processes fork; whether there is one to verify with."""
        if not self.by_kid and not self._known:
            self._learn("")
        return self.by_kid or bool(self._known)

    def problem(self) -> str | None:
        """Why the address gives no key now, or None. One PEM file a key cannot be tried without a token."""
        try:
            if not self.by_kid:
                read_keys(self._fetch(self.address))
        except (OSError, ValueError) as problem:
            return str(problem)
        return None

    def _of(self, kid: str) -> PublicKey | None:
        known = self._known
        if not kid and len(known) == 1:
            return next(iter(known.values()))
        return known.get(kid)

    def _learn(self, kid: str) -> None:
        with self._lock:
            fcntl.lockf(self._shared, fcntl.LOCK_EX)  # let go by the system should this process be killed
            try:
                self._take(kid)
            finally:
                fcntl.lockf(self._shared, fcntl.LOCK_UN)

    def _take(self, kid: str) -> None:
        """With the lock: what another process has fetched, or a fetch of our own if none was tried lately."""
        self._shared.seek(0)
        stored = json.loads(self._shared.read() or b'{"tried": null, "keys": {}}')
        if stored["tried"] is not None and stored["tried"] != self._seen:
            self._seen, self._known = stored["tried"], {**_from_pem(stored["keys"])}
        if self._of(kid) is not None or (self._seen and self._clock() - self._seen < FETCH_EVERY):
            return
        self._seen = self._clock() or 1e-9
        self._store()  # the attempt counts, whether or not it brings anything
        self.fetches += 1
        try:
            if self.by_kid:
                key = usable(load_pem_public_key(self._fetch(self.address.replace("{kid}", kid)))) if kid else None
                self._known = {**dict(list(self._known.items())[-15:]), kid: key} if key else self._known
            else:
                self._known = read_keys(self._fetch(self.address))
        except (OSError, ValueError) as problem:
            _log.warning("no sign-in keys from %s: %s", self.address, problem)
        self._store()

    def _store(self) -> None:
        content = json.dumps({"tried": self._seen, "keys": {kid: _pem(key) for kid, key in self._known.items()}})
        self._shared.seek(0)
        self._shared.truncate()
        self._shared.write(content.encode())
        self._shared.flush()


def _pem(key: PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _from_pem(keys: dict[str, str]) -> dict[str, PublicKey]:
    found = {kid: usable(load_pem_public_key(text.encode())) for kid, text in keys.items()}
    return {kid: key for kid, key in found.items() if key is not None}
