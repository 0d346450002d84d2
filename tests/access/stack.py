"""The real thing on loopback: an OpenID provider, the dashboard by its own command, Apache with deploy/httpd.conf."""

import ctypes
import http.cookiejar
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

from tests.access.signing import Provider
from tests.asking import CALLBACK, as_answer, view_body

ROOT = Path(__file__).parent.parent.parent
MODULES = Path("/usr/lib/apache2/modules")
APACHE = Path("/usr/sbin/apache2")
NGINX = Path("/usr/sbin/nginx")
CLIENT = "marketing-dashboard"
#: So many, and with such names, that a token with them has 15 kB.
MANY_GROUPS = [
    f"CN=grp-{number:03},OU=Marketing Analytics,OU=Security Groups,DC=example,DC=com" for number in range(150)
]
USERS = {
    "bo-board": ["grp-all"],
    "max-cmo": ["grp-marketing"],
    "ed-emea": ["grp-fin-emea"],
    "gil-groups": [*MANY_GROUPS, "grp-all"],
    "nobody": [],
}


def missing() -> str:
    """What the stack lacks here and could not be installed, or ""."""
    if not (APACHE.exists() and (MODULES / "mod_auth_openidc.so").exists() and NGINX.exists()):
        if os.geteuid() != 0 or "ID=debian" not in Path("/etc/os-release").read_text():
            return "Apache with mod_auth_openidc or nginx is not installed, and only Debian's root may install it here"
        install = [
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "apache2",
            "libapache2-mod-auth-openidc",
            "nginx-light",
        ]
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    if not (MODULES / "mod_auth_openidc.so").exists():
        return "Apache with mod_auth_openidc could not be installed"
    return "" if os.geteuid() == 0 else "Apache is only tested as root, who can let it run as another user"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class KeyServer:
    """Hands out the keys at `address` with those of `more`, and counts how often it is asked."""

    def __init__(self, address: str, more: Provider) -> None:
        self.asked: list[float] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(time.monotonic())
                first = json.load(urllib.request.urlopen(address, timeout=5))["keys"][0]
                del first["kid"]  # the provider's tokens name no key
                body = json.dumps({"keys": [first, *more.keys()]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/jwks"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Browser:
    """Cookies, redirects on request, and the provider's form."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self._follow = urllib.request.build_opener(cookies)
        self._stay = urllib.request.build_opener(cookies, _Stay)

    def ask(self, path: str, headers: dict[str, str] | None = None, *, follow: bool = False, data: Any = None) -> Any:
        """Status, headers, text and final address of an answer."""
        address = path if "://" in path else f"{self.base}{path}"
        request = urllib.request.Request(address, headers=headers or {}, data=data)
        try:
            answer = (self._follow if follow else self._stay).open(request, timeout=10)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return Answer(answer.status, dict(answer.headers), answer.read().decode(errors="replace"), answer.url)

    def view(self, prefix: str, page: str, headers: dict[str, str] | None = None, query: str = "") -> Any:
        """The figures of a page, asked for as a page of the dashboard does (tests/asking.py)."""
        sent = json.dumps(view_body(page, query)).encode()
        answer = self.ask(f"{prefix}{CALLBACK[1:]}", {"Content-Type": "application/json", **(headers or {})}, data=sent)
        return as_answer(answer.status, answer.text.encode(), answer.headers)

    def sign_in(self, user: str, path: str) -> Any:
        """Open `path`, sign in at the provider, and come back."""
        form = self.ask(path, {"Accept": "text/html"}, follow=True)
        return self.ask(form.url, follow=True, data=urllib.parse.urlencode({"sub": user}).encode())


class Answer:
    def __init__(self, status: int, headers: dict[str, str], text: str, url: str) -> None:
        self.status, self.headers, self.text, self.url = status, headers, text, url


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Provided:
    """A provider alone. Started by `with`; everything ends with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.provider_port = free_port()
        self.issuer = f"http://127.0.0.1:{self.provider_port}"
        #: Signs tokens that the dashboard believes, with a second key of the provider's.
        self.signer = Provider(folder, self.issuer)
        self.processes: list[subprocess.Popen[bytes]] = []
        self._servers: list[KeyServer] = []
        self.state: Path | None = None

    def __enter__(self) -> Self:
        try:
            self._start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start_all(self) -> None:
        self.folder.chmod(0o755)
        claims = [
            part
            for user, groups in USERS.items()
            for part in ("--user-claims", json.dumps({"sub": user, "email": f"{user}@example.com", "groups": groups}))
        ]
        provider = ["-m", "oidc_provider_mock", "-p", str(self.provider_port), "-e", "3600", *claims]
        self._start("provider", [sys.executable, "-W", "ignore", *provider])
        self._wait(f"{self.issuer}/.well-known/openid-configuration")

    def _start(
        self, name: str, command: list[str], more: dict[str, str] | None = None, user: str | None = None
    ) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DASHBOARD_")}
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    command,
                    env=kept | (more or {}),
                    cwd=ROOT,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    user=user,
                    group=user,
                    extra_groups=[] if user else None,
                    preexec_fn=_die_with_parent,
                )
            )

    def _wait(self, address: str, status: int = 200) -> None:
        end = time.monotonic() + 120  # a busy machine starts slowly
        while time.monotonic() < end:
            dead = [process for process in self.processes if process.poll() is not None]
            assert not dead, f"{dead[0].args} ended: {self.log()}"
            try:
                urllib.request.urlopen(address, timeout=1).close()
                return
            except urllib.error.HTTPError as answer:
                answer.close()
                if answer.code == status:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise TimeoutError(f"{address}: {self.log()}")

    def log(self) -> str:
        """What the processes wrote."""
        logs = [*self.folder.glob("*.log"), *(self.state.glob("*.log") if self.state else ())]
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in logs)

    def __exit__(self, *_: Any) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for server in self._servers:
            server.close()
        if self.state:
            shutil.rmtree(self.state, ignore_errors=True)


class Stack(Provided):
    """The provider, the dashboard and Apache."""

    def __init__(self, folder: Path, facts: Path, policy: Path) -> None:
        super().__init__(folder)
        self.facts, self.policy = facts, policy
        self.app_port, self.port = free_port(), free_port()
        self.base, self.app = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.app_port}"

    def _start_all(self) -> None:
        super()._start_all()
        self.keys = KeyServer(f"{self.issuer}/jwks", self.signer)
        self._servers.append(self.keys)
        logged_out = urllib.parse.quote(f"{self.base}/marketing/signed-out", safe="")
        self._start(
            "app",
            [sys.executable, str(ROOT / "cli.py"), "serve"],
            {
                "DASHBOARD_PORT": str(self.app_port),
                "DASHBOARD_PREFIX": "/marketing/",
                "DASHBOARD_FACTS": str(self.facts),
                "DASHBOARD_WORKERS": "2",
                "DASHBOARD_AUTH": "jwt",
                "DASHBOARD_AUTH_KEYS": self.keys.address,
                "DASHBOARD_AUTH_ISSUER": self.issuer,
                "DASHBOARD_AUTH_AUDIENCE": CLIENT,
                "DASHBOARD_POLICY": str(self.policy),
                "DASHBOARD_LOG_OUT": f"/marketing/oidc?logout={logged_out}",
                "DASHBOARD_LOG": "json",
            },
        )
        # Where another user may read and write: neither a checkout nor pytest's folders need be.
        state = self.state = Path(tempfile.mkdtemp(prefix="dashboard-apache-"))
        shutil.copy(ROOT / "deploy/httpd.conf", state)
        os.chown(state, *_www_data())
        self._start(
            "apache",
            [str(APACHE), "-f", str(state / "httpd.conf"), "-DFOREGROUND"],
            {
                "LISTEN": f"127.0.0.1:{self.port}",
                "STATE": str(state),
                "ERRORS": str(state / "error.log"),
                "MODULES": str(MODULES),
                "PUBLIC": self.base,
                "APP": self.app,
                "OIDC_METADATA": f"{self.issuer}/.well-known/openid-configuration",
                "OIDC_CLIENT_ID": CLIENT,
                "OIDC_CLIENT_SECRET": "not-a-secret",
                "OIDC_PASSPHRASE": secrets.token_hex(16),
            },
            user="www-data",
        )
        self._wait(f"{self.base}/", 403)
        self._wait(f"{self.app}/readyz")

    def behind_nginx(self, sign_in: int) -> str:
        """Start nginx as deploy/nginx.conf has it, before the dashboard and a sign-in at a port; its address."""
        assert self.state is not None
        port, text = free_port(), (ROOT / "deploy/nginx.conf").read_text()
        for own, here in (
            ("server app:8050;", f"server 127.0.0.1:{self.app_port};"),
            ("server oauth2-proxy:4180;", f"server 127.0.0.1:{sign_in};"),
            ("listen 8080;", f"listen 127.0.0.1:{port};"),
        ):
            assert text.count(own) == 1
            text = text.replace(own, here)
        (self.state / "nginx.conf").write_text(text)
        own = f"daemon off; pid {self.state}/nginx.pid; error_log {self.state}/nginx-error.log;"
        self._start("nginx", [str(NGINX), "-p", str(self.state), "-c", str(self.state / "nginx.conf"), "-g", own])
        self._wait(f"http://127.0.0.1:{port}/", 403)
        return f"http://127.0.0.1:{port}"


def _www_data() -> tuple[int, int]:
    import pwd

    entry = pwd.getpwnam("www-data")
    return entry.pw_uid, entry.pw_gid
