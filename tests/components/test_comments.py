"""Scripts without their comments are the same scripts: a parser finds the same tokens, and line breaks between them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.bundles import ASSETS, read
from components.comments import without_comments
from tests.js.node import Answers

SCRIPTS = sorted(path for path in ASSETS.rglob("*.js"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_our_scripts_stay_the_same(answers: Answers, path: Path) -> None:
    script = path.read_text()
    tokens = answers("tokens", script)
    assert len(tokens) > 20, tokens
    assert answers("tokens", without_comments(script)) == tokens


def test_nothing_of_a_comment_is_sent() -> None:
    bundles = read()
    later = {name: part["js"].body.decode() for name, part in bundles.parts.items()}
    others = [script for name, script in later.items() if name.endswith(".min")]
    assert len(others) == 2
    assert all("MIT" in script for script in others), "the licence of what others wrote is sent"
    ours = [script for name, script in later.items() if not name.endswith(".min")]
    scripts = [bundles.own.body.decode(), bundles.early, *ours]
    assert len(scripts) > 5
    for script in scripts:
        assert "@type" not in script
        assert "@param" not in script
        assert "/*" not in script


# What looks like a comment and is none, and what makes it hard to see.
FRAGMENTS = [
    "a = 'it\\'s // none';",
    'a = "/* none */";',
    "a = `// none ${b} /* none */`;",
    "a = `${`${b /* a comment */}` + '//'}//`;",
    "a = `\\` // none \\${ `;",
    "a = `${ { b: '}' }.b }//`;",
    "a = /[/*]\\/\\/*'/g;",
    "a = b / c; d = e / f;",
    "a = (b) / c / d;",
    "a = b[0] / 2 / /'/.lastIndex;",
    "if (a) /'\"`/.test(b);",
    "while (a(b)) /[']/.test(b);",
    "a = () => /`/;",
    "a = b ? /'/ : /\"/;",
    "a = typeof /'/;",
    "function f() { return /'/ }",
    "a++ / 2; b-- / 3;",
    "a = { b: 1 };",
    "a = b\n(c)",
    "a = 1 / 2 // an end\n/ 3",
    "for (const a of /'/.exec(b)) c(a);",
    "a = 'x\\\ny';",
    "a = '“” –';",
    "a",
    "++b",
]
COMMENTS = [
    "",
    " ",
    "\n",
    "// one 'line'\n",
    " // `one` ${\n",
    "/* some */",
    "/* two\n lines */",
    "/** @type {'x'} */",
    "/**/",
    "  \n\n",
]


@given(st.lists(st.tuples(st.sampled_from(COMMENTS), st.sampled_from(FRAGMENTS)), min_size=1, max_size=12))
def test_comments_go_and_nothing_else(answers: Answers, pieces: list[tuple[str, str]]) -> None:
    script = "".join(f"{comment}{fragment}\n{comment}" for comment, fragment in pieces)
    tokens = answers("tokens", script)
    assert isinstance(tokens, list), tokens
    stripped = without_comments(script)
    assert answers("tokens", stripped) == tokens
    assert without_comments(stripped) == stripped


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "(b)", "'c'", "`d`", "2", "[e]", "+", "f()", ";"]), st.sampled_from(COMMENTS))
    )
)
def test_a_comment_between_two_tokens_keeps_them_apart(answers: Answers, pieces: list[tuple[str, str]]) -> None:
    script = "".join(f"{token}{comment}" for token, comment in pieces)
    tokens = answers("tokens", script)
    assert answers("tokens", without_comments(script)) == tokens or isinstance(tokens, str)


def test_lines_of_comments_go_and_the_others_stay_where_they_were() -> None:
    script = (
        "// a file\n(() => {\n  /** one\n      two */\n  const a = 1; // three\n\n  f(/** @type {X} */ (a));\n})();\n"
    )
    assert without_comments(script) == "(() => {\n  const a = 1;\n\n  f( (a));\n})();\n"


@pytest.mark.parametrize("script", ["a = 'no end", "a = `no ${end", "/* no end"])
def test_what_has_no_end_is_refused(script: str) -> None:
    with pytest.raises(ValueError, match="has no end"):
        without_comments(script)
