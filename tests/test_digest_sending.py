"""`marketing-dashboard digest` on its way: who is sent it once, what is refused, mail servers with TLS, and chats."""
# ruff: noqa: F811 — fixtures are passed by the names under which they are imported

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.access.stack import free_port
from tests.test_digest import Digest, Mailbox, digest, mailbox  # noqa: F401

#: Apprise looks for it on older Pythons.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")


def test_sending_twice_sends_once(digest: Digest, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert digest("--to", "cfo@example.com") == 0
    assert digest("--to", "cfo@example.com", "--to", "cmo@example.com") == 0
    assert [mail["To"] for mail in mailbox.mails] == ["cfo@example.com", "cmo@example.com"]
    assert "--again sends it again" in capsys.readouterr().out

    assert digest("--to", "cfo@example.com", "--again") == 0
    assert [mail["Message-ID"] for mail in mailbox.mails[::2]] == [mailbox.mails[0]["Message-ID"]] * 2


def test_a_crash_while_sending_is_said_and_nothing_goes_out_unasked(
    digest: Digest, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    mailbox.breaks = True
    assert digest("--to", "cfo@example.com") == 1
    assert "did not take the mail" in capsys.readouterr().err

    mailbox.breaks = False
    assert digest("--to", "cfo@example.com") == 1
    assert "nobody knows whether it arrived" in capsys.readouterr().err
    assert mailbox.mails == []
    assert digest("--to", "cfo@example.com", "--again") == 0
    assert len(mailbox.mails) == 1


def test_one_who_is_refused_stops_nobody_and_is_tried_again(
    digest: Digest, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    mailbox.refuses = {"gone@example.com"}
    both = ("--to", "gone@example.com", "--to", "cfo@example.com", "--webhook", f"json://127.0.0.1:{free_port()}/hook")
    assert digest(*both) == 1
    said = capsys.readouterr().err
    assert "refused the recipient gone@example.com: 550" in said
    assert "did not take the digest" in said
    assert [mail["To"] for mail in mailbox.mails] == ["cfo@example.com"]

    mailbox.refuses = set()
    assert digest(*both[:4]) == 0
    assert [mail["To"] for mail in mailbox.mails] == ["cfo@example.com", "gone@example.com"]


def test_a_server_that_is_not_there_is_tried_again(
    digest: Digest, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setenv("DASHBOARD_SMTP", f"smtp://127.0.0.1:{free_port()}")
        assert digest("--to", "cfo@example.com") == 1
    assert digest("--to", "cfo@example.com") == 0
    assert len(mailbox.mails) == 1


def test_a_ledger_that_was_damaged_is_read_as_far_as_it_can_be(
    digest: Digest, mailbox: Mailbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "state/digests.jsonl"
    assert digest("--to", "cfo@example.com") == 0
    odd = json.loads(ledger.read_text().splitlines()[-1]) | {"values": ["profit"], "end": "2025-09-21"}
    ledger.write_bytes(b"\xff\xfe\n[]\n7\n" + ledger.read_bytes() + json.dumps(odd).encode() + b"\n")
    assert digest("--to", "cfo@example.com", "--to", "cmo@example.com") == 0
    assert [mail["To"] for mail in mailbox.mails] == ["cfo@example.com", "cmo@example.com"]

    ledger.unlink()
    ledger.mkdir()
    assert digest("--to", "cto@example.com") == 1
    assert "The ledger in DASHBOARD_STATE cannot be used (Is a directory)" in capsys.readouterr().err
    assert len(mailbox.mails) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name who gets the digest"),
        (("--to", "cfo@example.com\nBcc: all@example.com"), "is no mail address"),
        (("--to", "cfo@example.com", "--query", "platform=Bing"), "There is no platform “Bing”"),
        (("--to", "cfo@example.com", "--query", "from=2031-01-01&to=2031-01-31"), "Nothing is sent"),
        (("--out", "digest.docx"), "must end in .html, .txt or .eml"),
        (("--to", "cfo@example.com", "--require-through", "Monday"), "neither yesterday nor YYYY-MM-DD"),
        (("--to", "cfo@example.com", "--require-through", ""), "neither yesterday nor YYYY-MM-DD"),
        (("--to", "cfo@example.com", "--require-through", "yesterday", "--time-zone", "Europe"), "is no time zone"),
        (("--to", "c\x00fo@example.com"), "is no mail address"),
        (("--to", "cfo\u2028@example.com"), "is no mail address"),
        (("--to", "cfo..x@example.com"), "is no mail address"),
        (("--webhook", "nothing://here"), "no address that Apprise knows"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_a_sentence(
    digest: Digest, mailbox: Mailbox, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert digest(*arguments) == 1
    assert sentence in capsys.readouterr().err
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("smtp://127.0.0.1:99999", "a port that is no number from 1 to 65535"),
        ("smtp://user:p%C3%A4ss@127.0.0.1:25", "letters beyond ASCII"),
        ("smtp://mail..example:25", "cannot be reached"),
    ],
)
def test_a_server_that_cannot_be_is_refused_in_a_sentence(
    digest: Digest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], server: str, sentence: str
) -> None:
    monkeypatch.setenv("DASHBOARD_SMTP", server)
    assert digest("--to", "cfo@example.com") == 1
    assert sentence in capsys.readouterr().err


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A receiver of webhooks: its address, and what it was sent."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


def test_a_chat_gets_it_once(digest: Digest, receiver: tuple[str, list[dict[str, Any]]], tmp_path: Path) -> None:
    address, received = receiver
    for _ in range(2):
        assert digest("--webhook", f"json://user:secret@{address}/hook") == 0
    (post,) = received
    assert post["title"].startswith("Left after marketing ")
    assert "What changed most" in post["message"]
    assert "secret" not in (tmp_path / "state/digests.jsonl").read_text()


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def test_a_password_crosses_by_tls_to_a_server_that_is_trusted(
    digest: Digest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    taken: list[bytes] = []

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        taken.append(data.password if isinstance(data, LoginPassword) else b"")
        return AuthResult(success=taken[-1] == b"p@ss/word", handled=False)

    box = Mailbox()
    server = Controller(
        box, hostname="127.0.0.1", port=free_port(), tls_context=context, authenticator=authenticate, auth_required=True
    )
    server.start()
    port = server.port
    try:
        monkeypatch.setenv("DASHBOARD_SMTP", f"smtp://user:p%40ss%2Fword@127.0.0.1:{port}")
        assert digest("--to", "cfo@example.com") == 1
        assert "no certificate that this machine trusts" in capsys.readouterr().err
        assert taken == []
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        assert digest("--to", "cfo@example.com", "--again") == 0
        assert taken == [b"p@ss/word"]
        monkeypatch.setenv("DASHBOARD_SMTP", f"smtp://user:wrong@127.0.0.1:{port}")
        assert digest("--to", "cmo@example.com") == 1
        said = capsys.readouterr().err
        assert "refused the user or the password" in said
        assert "wrong" not in said
    finally:
        server.stop()
    assert [mail["To"] for mail in box.mails] == ["cfo@example.com"]
