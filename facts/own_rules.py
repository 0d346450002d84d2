"""The file with the rules of a company's own dimensions: where it is, what it says, and how it is kept.

```toml
[[brand]]                      # the dimension x.brand; its rules are read from the top, and the first that fits counts
value = "Brand"
campaign = ["*brand*", "BR_*"] # globs; one or several
platform = "Google"            # optional: for every platform where it is left out

[[brand]]
value = "Non-brand"
platform = ["Google", "Microsoft*"]
```

What no rule fits is “Other”. Nothing here needs pandas, which takes longer to import than the rules to read.
"""

import hashlib
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from facts.engines.choice import elsewhere
from facts.protocol import DataProblem
from kpi.own_dimensions import OwnDimension, Rule
from machine.file_kinds import kind_of

#: Bytes of a file of rules.
LARGEST: Final = 60_000
_MOST_DIMENSIONS: Final = 12
_MOST_PATTERNS: Final = 500
_LONGEST_PATTERN: Final = 200
_LONGEST_VALUE: Final = 80
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)
_PARTS: Final = ("value", "campaign", "platform")
_FOR_READERS: Final = (
    "The rules of your own dimensions cannot be used; whoever runs this dashboard finds the reason in its log."
)

_AS_TEXT: Final = "rules are a TOML file, a text as docs/own-dimensions.md shows it."


class WrongRules(ValueError):
    """The rules cannot be used; the message is a sentence that says where and why."""


def rules_path(facts: str | Path) -> Path:
    """Where the rules stand that belong to the table at `facts`."""
    path = Path(facts)
    return path.with_name(f"{path.name}-dimensions.toml")


def rules_of_data(address: str | Path, state: str) -> Path | None:
    """Where the rules stand that belong to the facts at `address`; of those in an engine elsewhere in `state`."""
    if not elsewhere(address):
        return rules_path(address)
    return Path(state) / "dimensions.toml" if state else None


def read_rules(path: Path | None) -> tuple[OwnDimension, ...]:
    """The own dimensions of the file at `path`, none where there is no file. Raises DataProblem."""
    try:
        return () if path is None else rules_in(path.read_bytes())
    except FileNotFoundError:
        return ()
    except OSError as problem:
        raise DataProblem(f"The rules {path} cannot be read: {problem.strerror}.", _FOR_READERS) from None
    except WrongRules as problem:
        raise DataProblem(f"The rules {path}: {problem}", _FOR_READERS) from None


def rules_in(content: bytes) -> tuple[OwnDimension, ...]:
    """The own dimensions that a TOML document describes. Raises WrongRules."""
    if (kind := kind_of(content)) or b"\0" in content:
        raise WrongRules(f"this is {kind or 'a file of another kind'}, not a text: {_AS_TEXT}")
    if len(content) > LARGEST:
        raise WrongRules(f"they take more than {LARGEST // 1000} kB: leave some out.")
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise WrongRules(f"this is no text in UTF-8: {_AS_TEXT}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise WrongRules(f"this is not TOML: {problem}.") from None
    if len(document) > _MOST_DIMENSIONS:
        raise WrongRules(f"there are {len(document)} dimensions; at most {_MOST_DIMENSIONS} can be had.")
    found = tuple(_dimension(name, rules) for name, rules in document.items())
    patterns = sum(len(rule.campaigns) + len(rule.platforms) for each in found for rule in each.rules)
    if patterns > _MOST_PATTERNS:
        raise WrongRules(f"there are {patterns} patterns; at most {_MOST_PATTERNS} can be had.")
    return tuple(sorted(found, key=lambda dimension: dimension.name))


def _dimension(name: str, rules: Any) -> OwnDimension:
    if not _NAME.fullmatch(name):
        raise WrongRules(f"“{name[:40]}” cannot be a dimension’s name: take small letters a to z, digits and _.")
    if not isinstance(rules, list) or not rules or not all(isinstance(rule, dict) for rule in rules):
        raise WrongRules(f"{name} has no rules: begin each with a line [[{name}]].")
    return OwnDimension(name, tuple(_rule(rule, f"{name}, rule {at}") for at, rule in enumerate(rules, 1)))


def _rule(content: dict[str, Any], where: str) -> Rule:
    strange = [key for key in content if key not in _PARTS]
    if strange:
        raise WrongRules(f"{where} has “{strange[0][:40]}”, which means nothing here: {', '.join(_PARTS)}.")
    value = content.get("value")
    if not isinstance(value, str) or not value.strip():
        raise WrongRules(f'{where} has no value: write what campaigns that fit are, as in value = "Brand".')
    if len(value.strip()) > _LONGEST_VALUE or not value.strip().isprintable():
        raise WrongRules(f"{where}: a value is one line of at most {_LONGEST_VALUE} letters.")
    return Rule(value.strip(), _patterns(content, "campaign", where), _patterns(content, "platform", where))


def _patterns(content: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    given = content.get(key, "*")
    patterns = [given] if isinstance(given, str) else given
    if not isinstance(patterns, list) or not patterns or not all(isinstance(each, str) and each for each in patterns):
        raise WrongRules(f"{where}: {key} must be a text, or a list of texts, in which * stands for anything.")
    if too_long := [each for each in patterns if len(each) > _LONGEST_PATTERN]:
        raise WrongRules(f"{where}: the pattern “{too_long[0][:40]}…” is longer than {_LONGEST_PATTERN} letters.")
    return tuple(patterns)


def keep_rules(path: Path, content: bytes) -> tuple[OwnDimension, ...]:
    """Put `content` in the place of the rules at `path`, whole or not at all. Raises WrongRules, or OSError."""
    found = rules_in(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(handle, 0o644)
            os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return found


def name_with_rules(version: str, dimensions: Iterable[OwnDimension]) -> str:
    """What a version of the data is called with own dimensions: other rules make other figures of the same rows."""
    dimensions = tuple(dimensions)
    if not dimensions:
        return version
    return f"{version}~{hashlib.sha256(repr(dimensions).encode()).hexdigest()[:8]}"


def stamp_of(path: Path | None) -> tuple[int, ...] | None:
    """What changes when the rules at `path` do."""
    try:
        status = path.stat() if path is not None else None
    except OSError:
        return None
    return status and (status.st_ino, status.st_size, status.st_mtime_ns)


#: What a person may begin with.
EXAMPLE: Final = """# Each dimension is a list of rules: the first that fits a campaign counts, the rest is "Other".
[[brand]]
value = "Non-brand"
campaign = ["*non-brand*", "*generic*"]

[[brand]]
value = "Brand"
campaign = "*brand*"
platform = ["Google", "Microsoft*"]   # on every platform, where this line is left out
"""
