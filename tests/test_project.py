"""The project against itself: locks, import layers, sizes, and what the README says of settings and commands."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs import architecture

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [Requirement(r) for r in PROJECT["project"]["dependencies"]]
EXTRAS = [Requirement(r) for extra in PROJECT["project"]["optional-dependencies"].values() for r in extra]
DEV = [Requirement(r) for r in PROJECT["dependency-groups"]["dev"]]
BUILD = [Requirement(r) for r in PROJECT["build-system"]["requires"]]
LOCKS = ["requirements.lock", "requirements-dev.lock"]

# What each layer may import of ours, by prefix. `app` and `cli` stand on top; nothing may import them from below.
LAYERS = {
    "kpi": [],
    "machine": [],
    "facts": ["kpi", "machine"],
    "ingest": ["facts", "kpi", "machine"],
    "access": ["kpi", "machine"],
    "datagen": ["kpi.schema"],
    "components": ["kpi"],
    "pages": ["components", "kpi"],
    "views": ["components", "facts", "access", "kpi"],
    "web": ["views", "pages", "components", "ingest", "facts", "access", "kpi", "machine"],
    "callbacks": ["web", "views", "components", "facts", "access", "kpi"],
    "settings": ["machine"],
    "app": ["callbacks", "web", "views", "pages", "components", "facts", "access", "kpi", "machine", "settings"],
    "serving": ["app", "web", "facts", "access", "settings", "machine"],
    "report": ["app", "web", "views", "pages", "components", "facts", "access", "kpi", "machine", "settings"],
    "cli": [
        "report",
        "serving",
        "app",
        "views",
        "pages",
        "settings",
        "ingest",
        "facts",
        "access",
        "kpi",
        "machine",
        "datagen",
    ],
}
# `kpi` is pure: no files, no clock, no web. A list of what it may use, because a list of what it may not is never full.
PURE = {
    "__future__",
    "bisect",
    "calendar",
    "collections",
    "dataclasses",
    "datetime",
    "dateutil",
    "decimal",
    "enum",
    "functools",
}
PURE |= {"itertools", "math", "numpy", "operator", "pandas", "re", "types", "typing", "unicodedata"}
WEB = {"dash", "dash_bootstrap_components", "flask", "gunicorn", "plotly", "werkzeug"}


def modules(*layers: str) -> list[Path]:
    """The modules of `layers`, none of which is without one: a rule about what is not there would always hold."""
    found = {
        layer: [p for p in (ROOT / f"{layer}.py", *(ROOT / layer).rglob("*.py")) if p.exists()] for layer in layers
    }
    assert all(found.values()), found
    return sorted(p for paths in found.values() for p in paths)


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it they stand: `from a import b` gives `a.b`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(path.relative_to(ROOT).parent.parts)
            here = base[: len(base) - node.level + 1] if node.level else []
            module = ".".join([*here, *filter(None, [node.module])])
            yield from (f"{module}.{name.name}" for name in node.names)


def within(name: str, prefixes: list[str]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def pinned(lock: str) -> dict[str, list[tuple[Requirement, list[str]]]]:
    """A lock's requirements with their hashes, by name: one name may have a version for each Python."""
    found: dict[str, list[tuple[Requirement, list[str]]]] = {}
    for line in (ROOT / lock).read_text().replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            requirement, *hashes = re.split(r"\s+--hash=", line.strip())
            parsed = Requirement(requirement)
            found.setdefault(canonicalize_name(parsed.name), []).append((parsed, hashes))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_and_hashes_everything_and_names_no_registry(lock):
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?:|file:|index|find-links|trusted-host| @ |(^|\s)/\w", text)
    for requirement, hashes in (entry for entries in pinned(lock).values() for entry in entries):
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), f"{requirement} is no exact version"
        assert hashes, f"{requirement} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), f"{requirement} has an odd hash"


@pytest.mark.parametrize(
    ("lock", "wanted"), [(LOCKS[0], RUNTIME + BUILD), (LOCKS[1], RUNTIME + BUILD + DEV)], ids=LOCKS
)
def test_lock_holds_what_pyproject_asks_for(lock, wanted):
    held = pinned(lock)
    for requirement in wanted:
        entries = held.get(canonicalize_name(requirement.name))
        assert entries, f"{requirement} is not in {lock}: make lock"
        for pin, _ in entries:
            version = str(pin.specifier).removeprefix("==")
            assert requirement.specifier.contains(version, prereleases=True), f"{pin} is not {requirement}: make lock"


@pytest.mark.parametrize("folder", ["bundles", "scripts/js"])
def test_locks_of_npm_have_hashes_and_name_no_registry(folder):
    wanted = json.loads((ROOT / folder / "package.json").read_text())
    text = (ROOT / folder / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert "resolved" not in text
    assert len(packages) > 3
    assert all(re.match(r"sha512-", package["integrity"]) for name, package in packages.items() if name)
    for name, version in (wanted.get("dependencies", {}) | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_tests_run_on_the_versions_that_are_served():
    runtime, dev = (pinned(lock) for lock in LOCKS)
    assert {name: dev.get(name) for name in runtime} == runtime


def test_what_is_imported_is_declared():
    """`make run` installs the runtime lock alone: what only the dev lock holds would be missing there.

    Drivers of engines elsewhere are extras; whoever imports one says in a sentence what to install.
    """
    declared = {canonicalize_name(r.name) for r in RUNTIME + EXTRAS}
    distributions = packages_distributions() | {"ibis": ["ibis-framework"], "pyspark": ["pyspark-client"]}
    for path in modules(*LAYERS):
        for name in {name.split(".")[0] for name in imports(path)} - set(LAYERS) - sys.stdlib_module_names:
            owners = {canonicalize_name(d) for d in distributions.get(name, [name])}
            assert owners & declared, f"{path.relative_to(ROOT)} imports {name}, which pyproject.toml does not declare"


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer):
    for path in modules(layer):
        for name in imports(path):
            if name.split(".")[0] in LAYERS.keys() - {layer}:
                assert within(name, LAYERS[layer]), f"{path.relative_to(ROOT)} imports {name}, against the arrows"


def test_kpi_reads_no_file_and_no_clock():
    for path in modules("kpi"):
        foreign = {name.split(".")[0] for name in imports(path)} - PURE - {"kpi"}
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"
        for node in ast.walk(ast.parse(path.read_text())):
            name = node.id if isinstance(node, ast.Name) else f".{node.attr}" if isinstance(node, ast.Attribute) else ""
            impure = re.match(
                r"open$|\.(now|today|utcnow|(read|to)_(csv|excel|feather|json|parquet|pickle|sql))$", name
            )
            assert not impure, f"{path.relative_to(ROOT)}:{node.lineno} uses {name}"


@pytest.mark.parametrize("layer", ["facts", "ingest", "access", "datagen", "views"])
def test_the_data_side_knows_nothing_of_the_web(layer):
    for path in modules(layer):
        assert not {name.split(".")[0] for name in imports(path)} & WEB, path


def test_no_call_leaves_out_what_its_reader_may_see():
    """Rows and metrics are named in every call: a default would be everything."""
    named = {"scope", "rights", "hidden", "hides", "ranks"}
    paths = [
        *modules("facts", "views", "web", "callbacks", "report"),
        ROOT / "components/address.py",
        ROOT / "components/spec.py",
    ]
    checked, optional = 0, []
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                given = node.args
                checked += any(each.arg in named for each in (*given.posonlyargs, *given.args, *given.kwonlyargs))
                defaults = [*zip(reversed([*given.posonlyargs, *given.args]), reversed(given.defaults), strict=False)]
                defaults += [pair for pair in zip(given.kwonlyargs, given.kw_defaults, strict=True) if pair[1]]
                optional += [f"{path.name}: {node.name}({each.arg})" for each, _ in defaults if each.arg in named]
    assert checked > 30
    assert optional == []


# Participles that do not end in -ed, and words that mean several things: no name of a function by themselves.
VAGUE = """
    found told shown asked seen drawn kept known made said given taken written held left begun met sent sought spoken
    spent stood understood worn won done gone born bound brought built bought caught chosen dealt driven fallen
    felt forgotten got grown heard hidden hung laid led lent lost meant paid proven risen sold shaken stolen swept sworn
    swum thought thrown torn woken wound unmet unknown unseen unsaid patience standing places beside aside
    alongside turn
"""
# Nouns of the domain, verbs and names that a library calls; `need` and `feed` are no participles.
PLAIN = {"heading", "ranking", "setting", "string", "ring", "setblocking", "need", "feed", "seed", "speed"}


def function_names(path: Path) -> Iterator[str]:
    """Names of functions and methods that a module defines, and of those it assigns at its top level."""
    tree = ast.parse(path.read_text())
    yield from (each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            called = node.value.func if isinstance(node.value, ast.Call) else node.value
            if isinstance(called, ast.Lambda) or (called and ast.unparse(called) in ("partial", "functools.partial")):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_a_function_is_a_verb_or_a_noun_and_no_bare_participle():
    """`rank_of`, `visible_pages`, `resolve_query`: what it does or what it gives, as the call says it."""
    bare = re.compile(rf"[a-z]+ed|(un)?({'|'.join(VAGUE.split())})|[a-z]+ing")
    names = {path: list(function_names(path)) for path in modules(*LAYERS)}
    assert sum(map(len, names.values())) > 1200
    vague = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, each in names.items()
        for name in each
        if bare.fullmatch(name.lstrip("_")) and name.lstrip("_") not in PLAIN
    }
    assert vague == set()
    assert [str(path) for path in names if path.stem in VAGUE.split()] == []


def sources() -> list[Path]:
    skip = re.compile(r"(^|/)(\.\w|build/|data/|node_modules/)|\.min\.")
    found = (p for kind in ("py", "js") for p in ROOT.rglob(f"*.{kind}"))
    return sorted(p for p in found if not skip.search(str(p.relative_to(ROOT))))


def test_nothing_that_a_reader_is_told_is_averaged():
    """A rate is summed first and then divided: the mean of days would count a day with ten impressions like any."""
    averages = {"mean", "nanmean", "average", "median", "nanmedian"}
    for path in modules("kpi", "components", "pages", "views", "report"):
        called = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert not called & averages, path.relative_to(ROOT)


def test_no_module_is_longer_than_400_lines():
    assert {str(p.relative_to(ROOT)): n for p in sources() if (n := len(p.read_text().splitlines())) > 400} == {}


def test_modules_are_named_for_what_they_hold():
    vague = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)(_|$)")
    assert [str(p) for p in sources() if vague.search(p.stem)] == []


def test_readme_has_a_row_for_every_setting_with_its_default():
    import settings

    rows = re.findall(r"^\| `(DASHBOARD_\w+)` \|(.*)$", (ROOT / "README.md").read_text(), re.M)
    assert sorted(name for name, _ in rows) == sorted(s.name for s in settings.SETTINGS)
    for setting in settings.SETTINGS:
        if setting.default not in (None, ""):
            assert f"`{setting.default}`" in dict(rows)[setting.name], f"{setting.name}: {setting.default}"


DOCS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "NOTICE.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
#: What a text may name that is only there once something was built or run, or that it tells how to make.
MADE = ("bundles/built/", "data/", "components/figures/treemap.py", "ingest/layouts/pinboard.py")
FILE = r"(?:[\w.-]+/)+[\w.-]+\.(?:py|js|mjs|md|css|toml|json|yaml|conf|lock|ts)"


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_the_docs_lead_somewhere(document):
    text = document.read_text()
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"https?:|mailto:", link):
            path, _, place = link.partition("#")
            target = document.parent / path if path else document
            assert target.exists(), f"{document.name} links to {link}"
            if place and target.suffix == ".md":
                heads = re.findall(r"^#+ (.*)$", target.read_text(), re.M)
                names = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
                assert place in names, f"{document.name} links to {link}"


def test_files_named_in_the_docs_exist():
    """Decisions and the changelog tell of the past; all else is of today."""
    named = []
    for page in DOCS:
        if page.parent.name != "decisions":
            paths = re.findall(rf"`({FILE})`", page.read_text())
            named += [(page.name, path) for path in paths if not path.startswith(MADE)]
    missing = [each for each in named if not any((place / each[1]).exists() for place in (ROOT, ROOT / "docs"))]
    assert len(named) > 80
    assert missing == []


def test_the_picture_of_the_architecture_is_drawn_from_the_imports():
    assert set(architecture.LAYERS) == set(LAYERS)
    text = architecture.PAGE.read_text()
    assert architecture.with_picture(text) == text, "python -m docs.architecture draws it anew"


def test_the_version_is_the_newest_of_the_changelog():
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert heads[0] == "Unreleased"
    version, day = heads[1].split(" - ")
    assert version == PROJECT["project"]["version"]
    assert date.fromisoformat(day)


def test_licences_go_with_what_is_handed_on():
    files = PROJECT["project"]["license-files"]
    assert PROJECT["project"]["license"] == "MIT"
    assert {"LICENSE", "NOTICE.md"} <= set(files)
    assert all((ROOT / name).read_text().strip() for name in files)
    image = (ROOT / "Dockerfile").read_text()
    assert all(name in image for name in ("LICENSE", "NOTICE.md"))


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    pages = [path.name for path in sorted(folder.glob("0*.md"))]
    assert len(pages) > 20
    assert re.findall(r"\((0[^)]+)\)", index) == pages


def test_commands_named_in_the_docs_and_ci_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    text = "\n".join(page.read_text() for page in DOCS if page.parent.name != "decisions")
    made = set(re.findall(r"(?:^|`|\$ |&& )make ([a-z]\w*(?:-\w+)*)", text, re.M))
    ci = set(re.findall(r"^\s*make ([\w-]+)", (ROOT / ".ci/run").read_text(), re.M))
    assert {"run", "debug", "test", "test-long", "check"} <= made <= targets
    assert ci == {"test", "test-long", "check"}

    modules_run = set(re.findall(r"python -m ((?:bench|datagen|docs)[\w.]*)", text))
    assert {"bench.run", "datagen", "docs.architecture"} <= modules_run
    for name in modules_run:
        path = ROOT / name.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), name

    known = re.search(r"usage: .*", cli_help(), re.S)[0]
    commands = set(re.findall(r"marketing-dashboard ([a-z]+)", text))
    assert {"serve", "check", "import", "report"} <= commands
    assert {name for name in commands if not re.search(rf"^    {name}\b", known, re.M)} == set()


def cli_help() -> str:
    run = subprocess.run([sys.executable, "-m", "cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout


def test_terms_name_the_modules_that_own_them():
    rows = re.findall(r"^\| \*\*(\w+)\*\* \|.*\| ([^|]+) \|$", (ROOT / "docs/terms.md").read_text(), re.M)
    terms = ["cell", "cut", "part", "grid", "scope", "baseline", "extent", "version", "view", "panel"]
    assert [term for term, _ in rows] == terms
    for term, owners in rows:
        owner, *others = re.findall(r"`([\w/]+\.py)`", owners)
        assert re.search(rf"\b{term}s?\b", (ROOT / owner).read_text(), re.I), f"{owner} does not speak of {term}"
        assert all((ROOT / other).exists() for other in others), f"{term}: {others}"
