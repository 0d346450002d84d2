"""Identifies the reader by one signed token in one configured header; no unsigned header is ever trusted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from access.key_sets import ALGORITHMS, PublicKey
from access.keys import Keys, NoKeys

LEEWAY: Final = 30
LONGEST_TOKEN: Final = 16_384

__all__ = ["NoKeys", "NotSignedIn", "Reader", "SignIn"]


class NotSignedIn(Exception):
    """No token, or one that proves nothing. The message names the fault in a word or two, for the log."""


@dataclass(frozen=True)
class Reader:
    """A person: `subject` is the provider's name for them, `name` what the page shows, `groups` what they belong to.

    `unverified` where the groups would come from an address that the provider has not verified: then there are none.
    """

    subject: str
    name: str
    groups: frozenset[str] = frozenset()
    unverified: bool = False


@dataclass(frozen=True)
class SignIn:
    """How a token must look: who issued it, for whom, in which claim the groups stand, and which keys sign it."""

    issuer: str
    audience: str
    groups_claim: str
    keys: Keys

    def reader(self, header: str | None) -> Reader:
        """The reader that a header's token proves. Raises NotSignedIn, or NoKeys where no key can be had."""
        if not header:
            raise NotSignedIn("no token")
        token = header[7:].strip() if header[:7].lower() == "bearer " else header.strip()
        if len(token) > LONGEST_TOKEN or token.count(".") != 2 or not token.isascii() or set(token) & set(", \t"):
            raise NotSignedIn("not a token")
        try:
            head = jwt.get_unverified_header(token)
            key = self._key(head, token)
            algorithm = "RS256" if isinstance(key, RSAPublicKey) else "ES256"
            claims = jwt.decode(token, key, [algorithm], self._checks(signature=True), **self._expected_claims())
        except (NoKeys, NotSignedIn):
            raise
        except jwt.PyJWTError as fault:
            raise NotSignedIn(type(fault).__name__) from None
        except Exception as fault:  # a token is a stranger's text: whatever it breaks, it proves nothing
            raise NotSignedIn(f"unreadable ({type(fault).__name__})") from None
        return _reader(claims, self.groups_claim)

    def _key(self, head: Mapping[str, Any], token: str) -> PublicKey:
        kid = head.get("kid", "")
        if head.get("alg") not in ALGORITHMS:
            raise NotSignedIn("another algorithm")
        if self.keys.by_kid and head.get("signer") != self.audience:
            raise NotSignedIn("another signer")
        if not isinstance(kid, str):
            raise NotSignedIn("unknown key")
        key = self.keys.find(kid)
        if key is None:
            # What fails for other reasons is not worth asking for its key.
            jwt.decode(token, options=self._checks(signature=False), **self._expected_claims())
            key = self.keys.ask_for(kid)
        if key is None:
            raise NotSignedIn("unknown key")
        return key

    def _checks(self, *, signature: bool) -> Any:
        """What of a token must be right: all of it, or all but the signature."""
        claims = ("exp", "iss", "sub") if self.keys.by_kid else ("exp", "iss", "aud", "sub")
        times = dict.fromkeys(("verify_exp", "verify_nbf", "verify_iat", "verify_iss", "verify_sub"), True)
        return {"verify_signature": signature, "require": list(claims), "verify_aud": not self.keys.by_kid, **times}

    def _expected_claims(self) -> dict[str, Any]:
        audience = None if self.keys.by_kid else self.audience
        return {"issuer": self.issuer, "audience": audience, "leeway": LEEWAY}


def _reader(claims: Mapping[str, Any], groups_claim: str) -> Reader:
    subject = _line(claims["sub"])
    if not subject:
        raise NotSignedIn("no subject")
    name = next(filter(None, (_line(claims.get(key)) for key in ("name", "email", "preferred_username"))), subject)
    if _is_unverified(claims, groups_claim):
        return Reader(subject, name, unverified=True)
    return Reader(subject, name, _groups(claims, groups_claim))


def _is_unverified(claims: Mapping[str, Any], groups_claim: str) -> bool:
    """Whether groups are addresses, and the provider says beside the address that it has not verified it.

    Providers that know all addresses themselves (Google IAP, Cloudflare Access) say nothing; some write "true" as text.
    """
    if not re.search(r"(^|[./:])email$", groups_claim):
        return False
    said = [_at(claims, name, True) for name in (f"{groups_claim}_verified", "email_verified")]
    return not all(each is True or (isinstance(each, str) and each.strip().lower() == "true") for each in said)


def _line(text: object) -> str:
    """What of a claim fits in a line of the page or the log: nothing that breaks it or turns it around."""
    return "".join(filter(str.isprintable, text)).strip()[:200] if isinstance(text, str) else ""


def _groups(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The groups in the claim called `name`."""
    found = _at(claims, name, None)
    if isinstance(found, str):
        return frozenset([found])
    return frozenset(group for group in found if isinstance(group, str)) if isinstance(found, list) else frozenset()


def _at(claims: Mapping[str, Any], name: str, default: object) -> object:
    """The claim called `name`, which may lead down a path of objects: ``realm_access.roles``."""
    if claims.get(name) is not None:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return default
        found = found[part]
    return found
