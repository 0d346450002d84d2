"""The Node of the development dependencies, and a process of it that answers questions about the browser's code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).parent
NODE = str(Path(sys.prefix) / "bin" / "node")


class Answers:
    """`tests/js/answer.mjs` while a `with` lasts: ``answers("query", spec, chosen)``."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [NODE, str(HERE / "answer.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __call__(self, name: str, *question: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, *question]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"Node ended with {self._process.wait()}"
        return json.loads(line)

    def __exit__(self, *problem: object) -> None:
        self._process.communicate()
