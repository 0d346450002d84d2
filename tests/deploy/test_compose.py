"""deploy/compose.yaml, brought up: both containers as the file says, in front of a real provider, on one engine.

Where docker has no compose plugin, the file is read here and each service becomes one `docker run` with what it says.
The engine may have no network of its own, so both run on the host's, under the names that the file gives them.
"""

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.access.conftest import POLICY
from tests.access.stack import CLIENT, Browser, Provided, free_port
from tests.deploy.conftest import ROOT, docker, local_base

pytestmark = [
    pytest.mark.engine,
    pytest.mark.long,
    pytest.mark.alone,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
COMPOSE = ROOT / "deploy" / "compose.yaml"
PROXY = "marketing-dashboard-proxy:test"

#: What of a service becomes which option of `docker run`; a key that is not here fails the test.
OPTIONS = {
    "user": lambda value, folder: ["--user", value],
    "read_only": lambda value, folder: ["--read-only"] if value else [],
    "tmpfs": lambda value, folder: [part for each in value for part in ("--tmpfs", each)],
    "shm_size": lambda value, folder: ["--shm-size", value],
    "cap_drop": lambda value, folder: [part for each in value for part in ("--cap-drop", each)],
    "security_opt": lambda value, folder: [part for each in value for part in ("--security-opt", each)],
    "mem_limit": lambda value, folder: ["--memory", value],
    "pids_limit": lambda value, folder: ["--pids-limit", str(value)],
    "cpus": lambda value, folder: ["--cpus", str(value)],
    "stop_grace_period": lambda value, folder: ["--stop-timeout", value.removesuffix("s")],
    "environment": lambda value, folder: [part for name in value for part in ("--env", f"{name}={value[name]}")],
    "volumes": lambda value, folder: [
        part for each in value for part in ("--volume", each.replace("./", f"{folder}/", 1))
    ],
    **{name: lambda value, folder: [] for name in ("image", "build", "expose", "networks", "ports", "restart")},
    "depends_on": lambda value, folder: [],
}


def services(variables: dict[str, str]) -> dict[str, Any]:
    """The file's services with its variables put in; what is asked for with :? must be there."""

    def put(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        return variables[name] if default == ":?" else variables.get(name, default.removeprefix(":-"))

    return yaml.safe_load(re.sub(r"\$\{(\w+)(:[?-][^}]*)\}", put, COMPOSE.read_text()))["services"]


@pytest.fixture(scope="module")
def both(image: str, facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The proxy's address and the app's container, once the app is healthy."""
    base = local_base("debian:bookworm-slim", "python:3.11-slim-bookworm")  # both are Debian
    file = str(ROOT / "deploy/proxy.Dockerfile")
    docker("build", "--network", "host", "--tag", PROXY, "--file", file, *base, str(ROOT / "deploy"), timeout=600)
    folder = tmp_path_factory.mktemp("compose")
    (folder / "policy.toml").write_text(POLICY)
    (folder / "data").symlink_to(facts_path.parent)
    for each in (folder, *facts_path.parents[:2], *facts_path.parent.rglob("*"), folder / "policy.toml"):
        each.chmod(0o755)
    port, inner = free_port(), free_port()
    with Provided(tmp_path_factory.mktemp("provider")) as provider:
        variables = {
            "PUBLIC": f"http://127.0.0.1:{port}",
            "PYTHON_BASE": "built before",
            "DEBIAN_BASE": "built before",
            "OIDC_ISSUER": provider.issuer,
            "OIDC_JWKS": f"{provider.issuer}/jwks",
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": "not-a-secret",
            "OIDC_PASSPHRASE": "of-no-use-elsewhere",
        }
        found = services(variables)
        found["app"]["environment"]["DASHBOARD_PORT"] = str(inner)
        found["proxy"]["environment"] |= {"LISTEN": f"127.0.0.1:{port}", "APP": f"http://app:{inner}"}
        started = []
        try:
            for name, tag in (("app", image), ("proxy", PROXY)):
                said = [part for key in found[name] for part in OPTIONS[key](found[name][key], folder)]
                started.append(docker("run", "--detach", "--network", "host", "--add-host", "app:127.0.0.1",
                                      "--health-interval", "1s", *said, tag))  # fmt: skip
                wait(started[-1], name)
            yield variables["PUBLIC"], started[0]
        finally:
            for container in started:
                docker("rm", "--force", "--volumes", container)


def wait(container: str, name: str) -> None:
    """Until the app is healthy, the proxy listens."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        state = json.loads(docker("inspect", container))[0]["State"]
        assert state["Running"], docker("logs", container)
        if state.get("Health", {}).get("Status", "healthy" if name == "proxy" else "") == "healthy":
            return
        time.sleep(0.3)
    raise TimeoutError(docker("logs", container))


def test_the_two_containers_sign_people_in_and_keep_others_out(both: tuple[str, str]) -> None:
    address, app = both
    end = time.monotonic() + 30
    with socket.socket() as attempt:
        while attempt.connect_ex(("127.0.0.1", int(address.rsplit(":", 1)[1]))) and time.monotonic() < end:
            time.sleep(0.1)
    browser = Browser(address)
    page = browser.sign_in("ed-emea", "/marketing/cfo?last=12w")
    view = browser.view("/marketing/", "cfo").json

    assert (page.status, page.url) == (200, f"{address}/marketing/cfo?last=12w")
    assert view["options"]["region"] == ["Europe"]
    assert view["visuals"]["core-cards"]["state"] == "ready"
    assert browser.view("/marketing/", "cmo").status_code == 403
    assert Browser(address).view("/marketing/", "cfo", {"Sec-Fetch-Mode": "cors"}).status_code == 401
    mounted = {
        str(place) for end in ("/data/facts", "/etc/dashboard/policy.toml") for place in (Path(end), *Path(end).parents)
    }
    written = {line.split(maxsplit=1)[1] for line in docker("diff", app).splitlines()}
    assert written <= mounted, (
        "nothing is written but to memory; where volumes are mounted, the engine makes the folders"
    )
    said = subprocess.run(["docker", "logs", app], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in said.stderr.splitlines() if line.startswith("{")]
    assert any((line.get("subject"), line.get("decision")) == ("ed-emea", "allowed") for line in lines)
    assert "eyJ" not in said.stderr + said.stdout
