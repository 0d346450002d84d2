"""A sign-in provider in a few lines: keys, their JWKS as a file, and tokens of every shape, right and wrong."""

import base64
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ISSUER, AUDIENCE = "https://sign-in.example.com", "marketing-dashboard"
#: What stands for the audience in tokens of AWS' load balancer.
ARN = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/dashboard/1"

#: A policy with people who import, and others who only read.
IMPORTERS = """
contact = "data-team@example.com"
[roles.importer]
groups = ["grp-import"]
pages = ["executive", "import"]
rows = "all"
[roles.reader]
groups = ["grp-read"]
pages = ["executive", "cmo", "cfo"]
rows = "all"
"""


@dataclass
class Provider:
    """Signs with one RSA and one P-256 key; `folder` gets the JWKS."""

    folder: Path
    issuer: str = ISSUER
    rsa_key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    ec_key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.jwks.write_text(json.dumps({"keys": self.keys()}))

    @property
    def jwks(self) -> Path:
        return self.folder / "jwks.json"

    def keys(self) -> list[dict[str, Any]]:
        """The public keys, as a JWKS has them."""
        return [self.jwk("rsa-1"), self.jwk("ec-1")]

    def jwk(self, kid: str) -> dict[str, Any]:
        key, algorithm = (
            (self.rsa_key, jwt.algorithms.RSAAlgorithm)
            if kid.startswith("rsa")
            else (self.ec_key, jwt.algorithms.ECAlgorithm)
        )
        return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}

    def pem(self, kid: str) -> bytes:
        key = self.rsa_key if kid.startswith("rsa") else self.ec_key
        found: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return found

    def token(self, groups: Any = (), *, kid: str = "rsa-1", head: dict[str, Any] | None = None, **claims: Any) -> str:
        """A valid token, with `claims` over it; a claim that is None is left out."""
        now = int(time.time())
        all_claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "u-1",
            "name": "Ada Lovelace",
            "iat": now,
            "exp": now + 3600,
            "groups": list(groups) if isinstance(groups, (tuple, list)) else groups,
            **claims,
        }
        kept = {name: value for name, value in all_claims.items() if value is not None}
        key, algorithm = (self.rsa_key, "RS256") if kid.startswith("rsa") else (self.ec_key, "ES256")
        return jwt.encode(kept, key, algorithm, headers={"kid": kid, **(head or {})})

    def bad_tokens(self) -> dict[str, str]:
        """Tokens that prove nothing, by what is wrong with them."""
        good, now = self.token(["grp-all"]), int(time.time())
        head, body, signature = good.split(".")
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        other = Provider(elsewhere, self.issuer)
        payload = {"iss": self.issuer, "aud": AUDIENCE, "sub": "u-1", "exp": now + 600, "groups": ["grp-all"]}
        return {
            "none": jwt.encode(payload, None, "none", headers={"kid": "rsa-1"}),
            "HS256 with the public key": _hs256(payload, self.pem("rsa-1")),
            "HS256 with the public key as JWK": _hs256(payload, json.dumps(self.jwk("rsa-1")).encode()),
            "other key, same kid": other.token(["grp-all"]),
            "other key, its own kid": other.token(["grp-all"], kid="rsa-9"),
            "key in the header": other.token(["grp-all"], head={"jwk": other.jwk("rsa-1")}),
            "key address in the header": other.token(["grp-all"], head={"jku": "http://127.0.0.1:9/jwks"}),
            "critical extension": self.token(["grp-all"], head={"crit": ["exp"], "exp": 1}),
            "ES256 said, RSA signed": ".".join((_part({"alg": "ES256", "kid": "rsa-1"}), body, signature)),
            "RS512": jwt.encode(payload, self.rsa_key, "RS512", headers={"kid": "rsa-1"}),
            "PS256": jwt.encode(payload, self.rsa_key, "PS256", headers={"kid": "rsa-1"}),
            "other issuer": self.token(["grp-all"], iss="https://elsewhere.example.com"),
            "no issuer": self.token(["grp-all"], iss=None),
            "other audience": self.token(["grp-all"], aud="payroll"),
            "no audience": self.token(["grp-all"], aud=None),
            "no subject": self.token(["grp-all"], sub=None),
            "subject that is a number": self.token(["grp-all"], sub=7),
            "no expiry": self.token(["grp-all"], exp=None),
            "expired": self.token(["grp-all"], exp=now - 31),
            "not yet": self.token(["grp-all"], nbf=now + 60),
            "cut": good[:-7],
            "cut to two parts": f"{head}.{body}",
            "signature of nothing": f"{head}.{body}.",
            "changed claims": ".".join((head, _part({**payload, "sub": "boss"}), signature)),
            "kid that is a path": self.token(["grp-all"], head={"kid": "../../etc/passwd"}),
            "kid that is an object": ".".join((_part({"alg": "RS256", "kid": {"a": 1}}), body, signature)),
            "two at once": f"{good}, {good}",
            "two with a space": f"{good} {good}",
            "4 kB of junk": "A" * 4096,
            "4 kB of dots": "." * 4096,
            "4 kB of nested claims": ".".join((head, base64.urlsafe_b64encode(b"[" * 3000).decode().rstrip("="), "x")),
            "not text": "\x80\x81.\x82.\x83",
            "plain name": "ada@example.com",
        }


def of_elb(provider: Provider, kid: str = "ec-1", head: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token as AWS' load balancer sends it: padded parts, and its own ARN in the signed head."""

    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()

    body = {"iss": ISSUER, "sub": "u-1", "email": "ada@example.com", "exp": int(time.time()) + 120, **claims}
    signed = f"{part({'alg': 'ES256', 'kid': kid, 'typ': 'JWT', 'signer': ARN, **(head or {})})}.{part(body)}"
    signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(signed.encode(), provider.ec_key)
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode()}"


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _hs256(payload: dict[str, Any], secret: bytes) -> str:
    """PyJWT itself refuses to sign with a public key, an attacker does not."""
    import hashlib
    import hmac

    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa-1'})}.{_part(payload)}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
