"""JavaScript without its comments: types are written in comments (JSDoc), and browsers have no use for them.

No Node is needed to run the dashboard, so this reads JavaScript itself, as far as it takes to know what is no comment:
texts, templates within templates, and regular expressions. tests/components/test_comments.py holds it against a parser.
"""

import re
from typing import Final

#: Everything up to the next sign that can begin a comment or something that looks like one.
_PLAIN: Final = re.compile(r"[^\"'`/(){}]+")
_COMMENT: Final = re.compile(r"//[^\n\r\u2028\u2029]*|/\*.*?\*/", re.DOTALL)
_TEXT: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_REGEX: Final = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
#: The words of a template, up to its end or to the next value in it.
_WORDS: Final = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
_LAST: Final = re.compile(r"([\w$]+|\+\+|--|\S)\s*\Z")
_LINE_BREAK: Final = re.compile("[\n\r\u2028\u2029]")
_REST_OF_LINE: Final = re.compile(r"[ \t]*(\r?\n|\Z)?")
#: After these words and before a value, `/` begins a regular expression; after other words and values it divides.
_BEFORE_A_VALUE: Final = re.compile("await|case|delete|do|else|in|instanceof|new|of|return|throw|typeof|void|yield")
_HEADS: Final = ("if", "while", "for", "with")


def without_comments(script: str) -> str:
    """`script` with the same tokens on the same sides of line breaks, and no comment.

    Lines that held only comments go. Raises ValueError where a text, a template or a comment has no end.
    """
    parts: list[str] = []
    heads: list[bool] = []  # of each "(" that is open: whether it is that of an `if` or a loop
    braces: list[bool] = []  # of each "{" that is open: whether it is a value's in a template
    last = ""  # the last token, or its last sign: what a "/" after it means
    at = 0

    def take(pattern: re.Pattern[str]) -> str:
        nonlocal at
        whole = pattern.match(script, at)
        if whole is None:
            raise ValueError(f"what begins at character {at} has no end: {script[at : at + 40]!r}")
        at = whole.end()
        return whole[0]

    while at < len(script):
        sign = script[at]
        if sign == "/" and script[at + 1 : at + 2] in ("/", "*"):
            comment, rest = take(_COMMENT), take(_REST_OF_LINE)
            parts.append(_instead(parts, comment, ends_line="\n" in rest or at == len(script)))
            continue
        if sign == "/" and _begins_a_value(last):
            token, last = take(_REGEX), "''"
        elif sign in "\"'":
            token, last = take(_TEXT), "''"
        elif sign == "`" or (sign == "}" and braces and braces.pop()):
            at += 1
            token = sign + take(_WORDS)
            if token.endswith("${"):
                braces.append(True)
                last = "{"
            else:
                last = "''"
        elif sign in "(){}/":
            at += 1
            token = sign
            if sign == "(":
                heads.append(last in _HEADS)
            elif sign == "{":
                braces.append(False)
            last = "{" if sign == ")" and heads and heads.pop() else sign
        else:
            token = take(_PLAIN)
            match = _LAST.search(token)
            last = match[1] if match else last
        parts.append(token)
    if any(braces):
        raise ValueError("a template has no end")
    return "".join(parts)


def _instead(before: list[str], comment: str, ends_line: bool) -> str:
    """What replaces a comment; the spaces that lead to it are taken off `before`."""
    space = ""
    while before:
        kept = before[-1].rstrip(" \t")
        space = before[-1][len(kept) :] + space
        before[-1] = kept
        if kept:
            break
        before.pop()
    begins_line = not before or before[-1].endswith("\n")
    if ends_line:
        return "" if begins_line else "\n"
    if begins_line:
        return space
    return "\n" if _LINE_BREAK.search(comment) else " "


def _begins_a_value(last: str) -> bool:
    """Whether a "/" after `last` begins a regular expression, and does not divide."""
    if not last or _BEFORE_A_VALUE.fullmatch(last):
        return True
    return last not in ("++", "--") and not (last[-1].isalnum() or last[-1] in "_$)]'")
