"""Why a text is no item, in the words of whoever writes it: the parsers say it in English, for programmers."""

from __future__ import annotations

import re
from typing import NamedTuple

from tongban.kit.i18n import Text


class Unreadable(NamedTuple):
    """What is wrong and what to do there, and how the parser says it: small print, in English."""

    told: Text
    parser: str = ""


#: What the parser of YAML says, by a piece of its sentence, and what to do there.
_WRITING: tuple[tuple[str, Text], ...] = (
    (
        "mapping values are not allowed",
        Text(
            "这里不能有冒号：值里有“: ”的，整个值用引号括起来；否则检查本行和上一行的缩进。",
            "No colon can stand here: put a value that has one into quotes, or mend the indentation of this line "
            "and of the one before.",
        ),
    ),
    (
        "cannot start any token",
        Text(
            "这个字符不能用在开头：缩进只用空格，不用制表符；以 @、`、% 开头的值用引号括起来。",
            "Nothing can begin with this character: indent with blanks, not with tabs; put a value that begins "
            "with @, ` or % into quotes.",
        ),
    ),
    (
        "end of stream",
        Text("到文末还没有结束：补上缺少的引号。", "The text ends before this does: close the quotes."),
    ),
    (
        "expected ',' or",
        Text(
            "括号没有合上：补上逗号或右括号。",
            "A bracket is open: add the comma or the bracket that closes it.",
        ),
    ),
    (
        "expected node content",
        Text(
            "这里缺少内容：补上值，或者合上前面的括号。",
            "Something is missing here: write the value, or close the bracket before.",
        ),
    ),
    (
        "find expected ':'",
        Text("这里缺少冒号：写成“名称: 值”。", "A colon is missing here: write “name: value”."),
    ),
    (
        "expected '-' indicator",
        Text(
            "列表的每一项都要以“- ”开头，并且左边对齐。",
            "Each entry of a list begins with “- ”, all of them in one column.",
        ),
    ),
    (
        "did not find expected key",
        Text(
            "缩进不对：同一组的名称要左边对齐。",
            "The indentation is wrong: names of one group stand in one column.",
        ),
    ),
    (
        "entries are not allowed",
        Text(
            "列表不能从这里开始：另起一行，缩进后写“- ”。",
            "No list begins here: begin a line of its own with “- ”.",
        ),
    ),
    (
        "undefined alias",
        Text("“*”开头的值要用引号括起来。", "Put a value that begins with * into quotes."),
    ),
    (
        "constructor for the tag",
        Text("“!”开头的值要用引号括起来。", "Put a value that begins with ! into quotes."),
    ),
    (
        "escape character",
        Text(
            "双引号里的反斜杠要写两个，或者改用单引号。",
            "Write a backslash within double quotes twice, or use single quotes.",
        ),
    ),
    (
        "unacceptable character",
        Text(
            "文中有看不见的字符：删去后重新输入。", "There is a character in it that nobody sees: delete it."
        ),
    ),
)
_NO_YAML = Text(
    "这里的写法不是有效的 YAML：检查缩进、冒号和引号。",
    "This is no valid YAML: look at the indentation, colons and quotes.",
)

#: What a value can be, as the reader of items names it.
_KINDS = {
    "int": Text("整数", "a whole number"),
    "float": Text("数", "a number"),
    "str": Text("文字", "text"),
    "bool": Text("true 或 false", "true or false"),
    "array": Text("列表（每项以“- ”开头）", "a list (each entry begins with “- ”)"),
    "object": Text("一组“名称: 值”", "a group of “name: value”"),
    "null": Text("空", "nothing"),
}
_EXPECTED = re.compile(r"Expected `([^`]+)`(?:, got `([^`]+)`)?")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`(?:; did you mean `([^`]+)`)?")
_ALLOWED = re.compile(r"Invalid enum value (\S+?)(?: - at|;).*allowed: (.+)$")


def unwritten(wrong: BaseException | None) -> Unreadable:
    """Why a text is no YAML, from what its parser raised, with line and column, both from 1, where it says them."""
    said = str(getattr(wrong, "problem", None) or wrong or "")
    told = next((words for piece, words in _WRITING if piece in said), _NO_YAML)
    mark = getattr(wrong, "problem_mark", None)
    if mark is not None:
        line, column = mark.line + 1, mark.column + 1
        told = Text(
            f"第 {line} 行第 {column} 个字符：{told.zh}", f"Line {line}, character {column}: {told.en}"
        )
    return Unreadable(told, said.partition("\n")[0])


def misfit(message: str, field: str, line: int) -> Unreadable:
    """What of an item's ``field`` (a dotted path) does not fit, from the sentence of its reader; ``line`` 0: none."""
    what = _what(message)
    zh = f"第 {line} 行" if line else ""
    en = f"line {line}" if line else ""
    if field:
        zh, en = f"{zh}“{field}”", f"{en}, {field}" if en else field
    told = Text(f"{zh}：{what.zh}", f"{en[:1].upper()}{en[1:]}: {what.en}") if zh else what
    return Unreadable(told, message)


def _what(message: str) -> Text:
    if found := _MISSING.search(message):
        return Text(f"缺少“{found[1]}”，请补上。", f"“{found[1]}” is missing: add it.")
    if found := _UNKNOWN.search(message):
        near = (
            Text(f"，是不是“{found[2]}”？", f"; did you mean “{found[2]}”?") if found[2] else Text("。", ".")
        )
        return Text(f"没有“{found[1]}”这个名称{near.zh}", f"there is no field “{found[1]}”{near.en}")
    if found := _ALLOWED.search(message):
        return Text(f"不能是 {found[1]}，只能是：{found[2]}。", f"not {found[1]}, but one of: {found[2]}.")
    if found := _EXPECTED.search(message):
        return _expected(found[1], found[2])
    return Text(
        "这里的值不能用，请照其他事项的写法修改。", "this value cannot be used: write it as other items do."
    )


def _expected(kinds: str, got: str | None) -> Text:
    wanted = [_kind(one) for one in kinds.split(" | ")]
    zh, en = "或者".join(one.zh for one in wanted), " or ".join(one.en for one in wanted)
    if got:
        return Text(f"应为{zh}，现在是{_kind(got).zh}。", f"{en} is wanted here, not {_kind(got).en}.")
    return Text(f"应为{zh}，现在的长度或者大小不合要求。", f"{en} is wanted here, of another length or size.")


def _kind(name: str) -> Text:
    return _KINDS.get(name, Text(name, name))
