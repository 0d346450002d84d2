"""The image, built once as the Dockerfile has it, where a docker engine answers."""

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


@pytest.fixture(scope="session")
def image() -> str:
    why = why_not()
    if why:
        pytest.skip(f"the container is not tested: {why}")
    docker("build", "--network", "host", "--tag", IMAGE, str(ROOT), timeout=900)
    return IMAGE
