"""The public keys in what a key server answers: a JWKS, or one PEM file. Only those that `ALGORITHMS` can use."""

import json
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

#: The two algorithms there are, and nothing else: neither "none" nor any that takes a public key for a secret.
ALGORITHMS: Final = ("RS256", "ES256")
_LEAST_RSA_BITS: Final = 2048

PublicKey = RSAPublicKey | EllipticCurvePublicKey


def read_keys(content: bytes) -> dict[str, PublicKey]:
    """The usable keys of a JWKS by their kid ("" for one without), perhaps none. Raises ValueError where it is no JWKS.

    Any object whose `keys` is a list is one; what cannot be used in the list is passed over.
    """
    try:
        document = json.loads(content)
    except (RecursionError, ValueError):
        document = None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("it is no JSON web key set")
    read = [(str(entry.get("kid", "")), _public_key(entry)) for entry in entries if isinstance(entry, dict)]
    return {kid: key for kid, key in read if key is not None}


def read_pem(content: bytes) -> PublicKey:
    """The usable key in a PEM file. Raises ValueError where there is none."""
    key = usable(load_pem_public_key(content))
    if key is None:
        raise ValueError("it is no RSA key of 2048 bits or more and no P-256 key")
    return key


def write_pem(key: PublicKey) -> str:
    """`key` as `read_pem` reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def usable(key: object) -> PublicKey | None:
    """`key` where it is a public key that one of `ALGORITHMS` can use."""
    if isinstance(key, RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    return None


def _public_key(entry: dict[str, Any]) -> PublicKey | None:
    if entry.get("use", "sig") != "sig" or entry.get("alg", ALGORITHMS[0]) not in ALGORITHMS:
        return None
    try:
        return usable(jwt.PyJWK(entry, algorithm="ES256" if entry.get("kty") == "EC" else "RS256").key)
    except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError):
        return None
