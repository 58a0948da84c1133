"""docs/capabilities.md is true: what is done there is shown by a test, what tests show is there."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| ([A-Z]{3}-\d\d) \| (.+?) \| (.+?) \|$", re.MULTILINE)
STATES = {"done", "not yet"}
PROMISE_CHARS_MAX = 160


@cache
def listed() -> list[tuple[str, str, str]]:
    """Read (id, promise, state) of every line."""
    return ROW.findall((ROOT / "docs" / "capabilities.md").read_text(encoding="utf-8"))


@cache
def shown() -> dict[str, list[str]]:
    """Find which test files carry which ids; the tests are read, not run."""
    found: dict[str, list[str]] = {}
    for path in [*ROOT.glob("src/clientela/**/test_*.py"), *ROOT.glob("tests/**/test_*.py")]:
        for id in ids_in(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(id, []).append(path.relative_to(ROOT).as_posix())
    return found


def ids_in(tree: ast.AST) -> list[str]:
    marked = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    calls = [
        call
        for node in ast.walk(tree)
        if isinstance(node, marked)
        for call in node.decorator_list
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("promise")
    ]
    return [ast.literal_eval(argument) for call in calls for argument in call.args]


def test_every_line_of_the_capabilities_is_understood() -> None:
    text = (ROOT / "docs" / "capabilities.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\|\s*[A-Za-z]+-\d", line)]
    assert len(rows) == len(listed())


def test_every_promise_is_listed_once() -> None:
    counted = Counter(id for id, _, _ in listed())
    assert [id for id, times in counted.items() if times > 1] == []


def test_every_promise_is_one_short_line_with_a_known_state() -> None:
    assert [id for id, _, state in listed() if state not in STATES] == []
    assert [id for id, promise, _ in listed() if len(promise) > PROMISE_CHARS_MAX] == []


def test_every_promise_that_is_done_is_shown_by_a_test() -> None:
    done = {id for id, _, state in listed() if state == "done"}
    assert sorted(done - shown().keys()) == []


def test_no_test_shows_a_promise_that_is_not_listed() -> None:
    known = {id for id, _, _ in listed()}
    assert {id: files for id, files in shown().items() if id not in known} == {}
