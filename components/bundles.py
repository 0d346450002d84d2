"""The files of the first load: few, and named by their content so that browsers may cache them for good.

Three scripts (Dash's, ours, plotly.js), one style sheet and the fonts, where the sources are fifty files. Order is part
of it: Dash's own as Dash has it, ours by name after `elements.js`, style sheets by name after Bootstrap's.
"""

import gzip
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import brotli
import orjson

from components.comments import without_comments

ROOT: Final = Path(__file__).resolve().parent.parent
ASSETS: Final = ROOT / "assets"
#: plotly.js with only the traces in use, where `make bundle` has made it (bundles/plotly.js).
SMALL_PLOTLY: Final = ROOT / "bundles" / "built" / "plotly.min.js"

#: What the layout needs of Dash, in the order in which Dash loads it. Of `dcc` only the core, which has the stores: the
#: rest (`chunks`) is loaded by it where somebody's own page uses it.
_DASH: Final = (
    ("dash", "deps/polyfill@*.min.js"),
    ("dash", "deps/react@18.3*.min.js"),
    ("dash", "deps/react-dom@18.3*.min.js"),
    ("dash", "deps/prop-types@*.min.js"),
    ("dash_bootstrap_components", "_components/dash_bootstrap_components.min.js"),
    ("dash", "dash-renderer/build/dash_renderer.min.js"),
    ("dash", "dcc/dash_core_components.js"),
    ("dash", "dcc/dash_core_components-shared.js"),
    ("dash", "html/dash_html_components.min.js"),
)

_KINDS: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class Bundle:
    """One file as it is served: `name` carries the hash of `body`."""

    name: str
    body: bytes
    #: What it is with brotli, where that was made beforehand.
    packed: bytes | None = None

    @property
    def kind(self) -> str:
        """The content type."""
        return _KINDS[Path(self.name).suffix]

    @property
    def codings(self) -> tuple[str, ...]:
        """The content codings there are of it, best first; none for what is compressed in itself."""
        return () if self.name.endswith(".woff2") else ("br", "gzip")

    @cached_property
    def br(self) -> bytes:
        """With brotli: at quality 5 0.1 s for all of plotly.js; the best is a tenth smaller and takes ten seconds."""
        packed: bytes = self.packed or brotli.compress(self.body, mode=brotli.MODE_TEXT, quality=5, lgwin=22)
        return packed

    @cached_property
    def gzip(self) -> bytes:
        """With gzip: what browsers take where there is no TLS."""
        return gzip.compress(self.body, 6, mtime=0)


@dataclass(frozen=True)
class Bundles:
    """Everything that a page loads: `files` is what the styles name, by its path in assets; `parts` are those of
    assets/later, by name and suffix ("js", "css").
    """

    dash: Bundle
    own: Bundle
    style: Bundle
    plotly: Bundle
    files: dict[str, Bundle]
    parts: dict[str, dict[str, Bundle]]
    early: str

    def all(self) -> Iterable[Bundle]:
        """Every file."""
        yield from (self.dash, self.own, self.style, self.plotly, *self.files.values())
        for part in self.parts.values():
            yield from part.values()

    def pack(self) -> None:
        """Compress what most browsers will ask for, so that the workers share it."""
        for bundle in self.all():
            if bundle.codings:
                bundle.br  # noqa: B018 it is kept


def read(debug: bool = False) -> Bundles:
    """Read them, with `debug` our scripts as they were written, with source maps, and Dash's dev tools.

    Raises FileNotFoundError where Dash no longer has a file that we know by name.
    """
    joined = mapped_scripts if debug else _scripts
    files: dict[str, Bundle] = {}

    def with_addresses(css: bytes) -> bytes:
        """The style sheet with the served addresses of the files that it names."""

        def address_of(found: re.Match[bytes]) -> bytes:
            name = found[1].decode()
            if name not in files:
                path = ASSETS / name
                files[name] = _bundle(path.stem, path.suffix, path.read_bytes())
            return b'url("%b")' % files[name].name.encode()

        return re.sub(rb'url\("\.\./([^"]+)"\)', address_of, css)

    parts: dict[str, dict[str, Bundle]] = {}
    for path in sorted((ASSETS / "later").glob("*.*")):
        body = with_addresses(path.read_bytes()) if path.suffix == ".css" else joined([path])
        parts.setdefault(path.stem, {})[path.suffix[1:]] = _bundle(path.stem, path.suffix, body)
    own = (ASSETS / "elements.js", *sorted((ASSETS / "js").glob("*.js")))
    style = [ASSETS / "bootstrap.min.css", *sorted((ASSETS / "css").glob("*.css"))]
    if debug:
        style.append(ASSETS / "debug.css")
    return Bundles(
        dash=_bundle("dash_renderer", ".js", _join_files(dash_files(debug), b";\n")),
        own=_bundle("dashboard", ".js", joined(own)),
        style=_bundle("dashboard", ".css", with_addresses(_join_files(style, b"\n"))),
        plotly=_plotly(plotly_file()),
        files=files,
        parts=parts,
        early=_script(ASSETS / "early.js").decode(),
    )


def chunks() -> dict[str, Path]:
    """The parts of dcc that its core loads when somebody's own page needs them, by the names it asks for."""
    return {path.name: path for path in (_package("dash") / "dcc").glob("async-*.js")}


def dash_files(debug: bool = False) -> tuple[Path, ...]:
    """Dash's own scripts, as installed; with `debug` the renderer that has the dev tools."""
    found = []
    for package, usual in _DASH:
        pattern = usual.replace("dash_renderer.min.js", "dash_renderer.dev.js") if debug else usual
        place = _package(package)
        matches = sorted(place.glob(pattern))
        if len(matches) != 1:
            raise FileNotFoundError(f"{package} has {len(matches)} files {pattern}: name what it loads in {__name__}")
        found.append(matches[0])
    return tuple(found)


def plotly_file() -> Path:
    """The small bundle where it is of the version that the installed plotly brings, else that one."""
    whole = _package("plotly") / "package_data" / "plotly.min.js"
    if SMALL_PLOTLY.exists() and plotly_version(SMALL_PLOTLY) == plotly_version(whole):
        return SMALL_PLOTLY
    return whole


def plotly_version(path: Path) -> str:
    """The version that is written at the head of a plotly.js."""
    with path.open("rb") as file:
        found = re.search(rb"plotly\.js v([\d.]+)", file.read(200))
    return found[1].decode() if found else ""


def _plotly(path: Path) -> Bundle:
    compressed = path.with_name(f"{path.name}.br")
    packed = compressed.read_bytes() if compressed.exists() else None
    body = path.read_bytes()
    return _bundle("plotly", ".js", body, packed if packed and brotli.decompress(packed) == body else None)


def _package(name: str) -> Path:
    found = find_spec(name)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"{name} is not installed")
    return Path(found.origin).parent


def _scripts(paths: Iterable[Path]) -> bytes:
    return b"\n".join(map(_script, paths))


def mapped_scripts(paths: Iterable[Path]) -> bytes:
    """Scripts one after another, unchanged, and a source map behind them that says which line is of which file."""
    sections, parts, line = [], [], 0
    for path in paths:
        text = path.read_text().rstrip("\n") + "\n"
        count = text.count("\n")
        name = path.relative_to(ROOT).as_posix()
        # Each line begins where the same line of the file does.
        mappings = ";".join(["AAAA", *["AACA"] * (count - 1)])
        of_file = {"version": 3, "sources": [name], "sourcesContent": [text], "names": [], "mappings": mappings}
        sections.append({"offset": {"line": line, "column": 0}, "map": of_file})
        parts.append(text)
        line += count
    encoded = b64encode(orjson.dumps({"version": 3, "file": "dashboard.js", "sections": sections})).decode()
    return f"{''.join(parts)}//# sourceMappingURL=data:application/json;base64,{encoded}\n".encode()


def _script(path: Path) -> bytes:
    """A script of ours as it is sent: its comments are for those who read it here; of others' their licence is sent."""
    if path.name.endswith(".min.js"):
        return path.read_bytes()
    return without_comments(path.read_text()).encode()


def _join_files(paths: Iterable[Path], between: bytes) -> bytes:
    return b"".join(path.read_bytes() + between for path in paths)


def _bundle(stem: str, suffix: str, body: bytes, packed: bytes | None = None) -> Bundle:
    return Bundle(f"{stem}.{sha256(body).hexdigest()[:12]}{suffix}", body, packed)
