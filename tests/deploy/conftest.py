"""The image, built once as the Dockerfile has it, where a docker engine answers.

The bases that it names by digest come from a registry. An engine that has an image of the same name takes that one, so
that the image is built where no registry can be reached, too.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
IMAGE = "marketing-dashboard:test"


def docker(*arguments: str, timeout: float = 60) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr[-2000:]}"
    return done.stdout.strip()


def why_not() -> str:
    if shutil.which("docker") is None:
        return "docker is not installed"
    try:
        answer = subprocess.run(["docker", "version"], capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return "the docker engine does not answer"
    return "" if answer.returncode == 0 else "no docker engine answers"


def local_base(*names: str) -> list[str]:
    """The options to build of the first image of these names that the engine has; none where it has none."""
    for name in names:
        if subprocess.run(["docker", "image", "inspect", name], capture_output=True, timeout=60).returncode == 0:
            return ["--build-arg", f"BASE={name}"]
    return []


@pytest.fixture(scope="session")
def image() -> str:
    why = why_not()
    if why:
        pytest.skip(f"the container is not tested: {why}")
    docker(
        "build", "--network", "host", "--tag", IMAGE, *local_base("python:3.11-slim-bookworm"), str(ROOT), timeout=900
    )
    return IMAGE
