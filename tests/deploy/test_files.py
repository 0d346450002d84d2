"""deploy/ says what the code understands: settings that exist, a policy that reads, limits and probes in place."""

import re
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from access.policy import read_policy
from pages import GIVEN
from settings import SETTINGS, from_environment

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
FILES = ["compose.yaml", "kubernetes.yaml"]


def test_the_example_policy_reads() -> None:
    policy = read_policy(DEPLOY / "policy.toml", GIVEN)

    assert [role.name for role in policy.roles] == ["board", "marketing-data", "marketing", "finance", "finance-europe"]
    assert policy.roles[-1].rows == (("region", ("Europe",)),)
    assert {"profit", "margin", "roi"} <= policy.roles[2].hides


@pytest.mark.parametrize("name", FILES)
def test_only_settings_that_exist_are_set_and_together_they_start(name: str) -> None:
    text = (DEPLOY / name).read_text()
    named = dict(re.findall(r'^\s+(DASHBOARD_\w+): "?([^"\n]*)"?$', text, re.M))
    known = {setting.name for setting in SETTINGS}
    plain = {key: re.sub(r"\$\{[^}]*\}|<([^>]*)>", r"\1", value) for key, value in named.items()}
    plain |= {"DASHBOARD_AUTH_KEYS": "https://sign-in.example.com/jwks", "DASHBOARD_AUTH_ISSUER": "x"}
    plain |= {"DASHBOARD_AUTH_AUDIENCE": "x", "DASHBOARD_LOG_OUT": "/out"}

    assert set(named) <= known
    assert from_environment(plain).auth == "jwt"


NEEDED = {
    "compose.yaml": "read_only: true|cap_drop: [ALL]|no-new-privileges:true|mem_limit|pids_limit|service_healthy",
    "kubernetes.yaml": "readOnlyRootFilesystem: true|runAsNonRoot: true|drop: [ALL]|allowPrivilegeEscalation: false|"
    "path: /readyz|path: /healthz|limits:|requests:|RuntimeDefault|NetworkPolicy",
}


@pytest.mark.parametrize("name", FILES)
def test_probes_limits_and_security_context_are_there(name: str) -> None:
    text = (DEPLOY / name).read_text()

    assert [each for each in NEEDED[name].split("|") if each not in text] == []


def test_the_manifest_is_what_kubernetes_understands() -> None:
    """Against the schemas of its API, no further field allowed."""
    kinds = []
    for each in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()):
        kubernetes_validate.validate(each, "1.30", strict=True)
        kinds.append(each["kind"])

    assert kinds == ["ConfigMap", "ConfigMap", "Deployment", "Service", "NetworkPolicy", "Ingress"]


def test_memory_that_is_written_to_is_bounded_in_every_service_and_volume() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    (deployment,) = (
        each["spec"]["template"]["spec"]
        for each in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
        if each["kind"] == "Deployment"
    )
    empty = {each["name"]: each["emptyDir"] for each in deployment["volumes"] if "emptyDir" in each}

    for name, service in services.items():
        assert service["shm_size"], name
        assert service["tmpfs"], name
        assert all(re.search(r":.*\bsize=\d+m", each) for each in service["tmpfs"]), name
    assert set(empty) == {"shared-memory", "scratch"}
    assert all(each["sizeLimit"] for each in empty.values())


def test_pods_reach_names_and_the_key_server_and_nothing_else() -> None:
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
    policy = next(each["spec"] for each in documents if each["kind"] == "NetworkPolicy")

    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert [[port["port"] for port in rule["ports"]] for rule in policy["egress"]] == [[53, 53], [443]]
    assert all(rule["to"] for rule in policy["egress"]), "a rule without a place would let everything out"


def test_the_import_page_can_write_where_deploy_says_how() -> None:
    """The override takes the place of the read-only mount; without the two marks the manifest is still one."""
    files = (yaml.safe_load((DEPLOY / name).read_text())["services"]["app"] for name in ("compose.yaml", "import.yaml"))
    closed, opened = (service["volumes"] for service in files)
    assert closed[0] == f"{opened[0]}:ro"
    assert opened[0].endswith(":/data")
    text = (DEPLOY / "kubernetes.yaml").read_text()
    marks = ("mountPath: /data, readOnly: true", "claimName: marketing-facts, readOnly: true")
    assert [text.count(mark) for mark in marks] == [1, 1]
    for mark in marks:
        text = text.replace(mark, mark.removesuffix(", readOnly: true"))
    for each in yaml.safe_load_all(text):
        kubernetes_validate.validate(each, "1.30", strict=True)


def test_the_image_is_built_of_what_the_lock_names() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    assert sum(line.startswith("FROM ${BASE}") for line in lines) == 2
    assert 'RUN echo "${BASE}" > base-image' in lines, "for `check`"
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].values()
    bases = [service["build"]["args"]["BASE"] for service in services]
    files = ("Dockerfile", "deploy/proxy.Dockerfile")
    pinned = [re.search(r"^ARG BASE=(\S+@sha256:[0-9a-f]{64})$", (ROOT / name).read_text(), re.M)[1] for name in files]
    assert bases == [f"${{{name}:-{base}}}" for name, base in zip(("PYTHON_BASE", "DEBIAN_BASE"), pinned, strict=True)]
    assert any("--require-hashes -r requirements.lock" in line for line in lines)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert {line.split()[1] for line in lines if line.startswith("COPY ")} >= packages
    ignored = (ROOT / ".dockerignore").read_text()
    assert all(f"!{package}\n" in ignored for package in packages)


def test_the_image_sets_what_exists_and_its_demo_takes_no_files() -> None:
    own = dict(re.findall(r"\b(DASHBOARD_\w+)=(\S+)", (ROOT / "Dockerfile").read_text().partition("\nENV PATH")[2]))

    assert set(own) <= {setting.name for setting in SETTINGS}
    assert own["DASHBOARD_DEMO_UPLOADS"] == "off"
    assert from_environment(own).demo_uploads == "off"


def test_nothing_that_git_ignores_is_copied_into_the_image() -> None:
    """What somebody has built or left here is not what the lock and the repository name."""
    ignored = [line.strip() for line in (ROOT / ".gitignore").read_text().splitlines() if line.strip()]
    copied = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    folders = [name for name in copied if (ROOT / name).is_dir()]
    left = [line.strip("/") for line in ignored if "/" in line.rstrip("/")]
    for name in (line.strip("/").replace("*", "any") for line in ignored if "/" not in line.rstrip("/")):
        left += [f"{folder}/{deeper}{name}" for folder in folders for deeper in ("", "deeper/")]

    assert {"bundles/built", "bundles/node_modules", "facts/__pycache__", "kpi/deeper/.mypy_cache"} <= set(left)
    assert [path for path in left if not docker_ignores(f"{path}/file")] == []
    assert not any(docker_ignores(f"{folder}/module.py") for folder in folders)


def docker_ignores(path: str) -> bool:
    """Whether .dockerignore leaves `path` out: the last line that names it or a folder above it decides."""
    ignored = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").strip().strip("/")
        if not pattern or pattern.startswith("#"):
            continue
        parts = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
        if re.fullmatch(f"{parts}(/.*)?", path):
            ignored = not line.startswith("!")
    return ignored


@pytest.mark.parametrize("there", [False, True])
def test_the_image_gets_the_small_plotly_where_its_builder_has_node(tmp_path: Path, there: bool) -> None:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    command = re.search(r"AS bundle\n.*?^RUN (.*?)$", text, re.S | re.M)[1]
    for name in ("npm", "node"):  # what they are asked, instead of what they do
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@" >> asked\n')
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin" if there else str(tmp_path / "nothing")

    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, env={"PATH": path}, check=True)

    asked = (tmp_path / "asked").read_text().splitlines() if (tmp_path / "asked").exists() else []
    assert asked == (["npm ci --silent --no-audit --no-fund --ignore-scripts", "node build.mjs"] if there else [])
    assert re.search(r"^ARG NODE=\$\{BASE\}$", text, re.M), "no further image is needed unless it is asked for"
    assert "COPY --from=bundle /srv/bundles bundles\n" in text
