"""The rules of the house that a reader of the code can rely on (STYLE.md), kept by reading it."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "clientela"
DOORS = ("api", "console", "cli")
FILE_LINES_MAX = 400
BINARY = {".gz", ".ico", ".mo", ".png", ".ttf", ".webp", ".woff2"}

UNSPEAKING = {"service", "services", "manager", "managers", "helper", "helpers"}
UNSPEAKING |= {"util", "utils", "base", "core", "common", "misc"}
# What must not be named in the tree, backwards, so that this file does not name it either.
PRIVATE = [
    word[::-1]
    for word in (
        "niam/krow/",
        "derahs/krow/",
        "gnireets/krow/",
        "yrarbil./krow/",
        "nalp/pmt/",
        "ved/pmt/",
        "gro.ipyp",
        "oi.ipyp",
        "gro.sjmpn.yrtsiger",
        "moc.gkpnray.yrtsiger",
        "gro.detsohnohtyp.selif",
        "gro.naibed.bed",
    )
]


@cache
def tree() -> list[Path]:
    """List what is, or would be, in git."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    told = subprocess.run(listing, cwd=ROOT, check=False, capture_output=True)
    if told.returncode:
        pytest.skip("this is no clone that git can read")
    paths = [ROOT / name for name in told.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code(*apps: str) -> Iterator[Path]:
    """Find the code of these apps, or of all, without tests and migrations."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if (not apps or parts[0] in apps) and not {"tests", "migrations"} & set(parts):
            yield path


def pages() -> list[Path]:
    return sorted(PACKAGE.rglob("templates/**/*.html"))


def hits(paths: Iterator[Path] | list[Path], pattern: str) -> list[str]:
    """List `file:line: text` where the pattern is found."""
    wanted = re.compile(pattern)
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), start=1)
        if wanted.search(line)
    ]


def below_doors(path: Path) -> bool:
    """Say whether code is handed the time: all but doors, jobs, starting up, what serves doors."""
    parts = path.relative_to(PACKAGE).parts
    at_door = parts[0] in DOORS or parts[:2] == ("platform", "http") or "jobs" in parts[0]
    return not at_door and path.name not in {"apps.py", "jobs.py"} and len(parts) > 1


def test_a_door_fetches_and_writes_nothing_by_the_orm() -> None:
    verbs = "get|create|update|delete|bulk_create|bulk_update|get_or_create|update_or_create"
    assert hits(code(*DOORS), rf"\.objects(\.\w+\(.*\))*\.({verbs})\(") == []


def test_only_flows_doors_and_jobs_open_transactions() -> None:
    allowed = (*DOORS, "flows", "platform", "jobs")
    of_doors = {"jobs.py", "idempotency.py"}
    below = [
        path
        for path in code()
        if path.relative_to(PACKAGE).parts[0] not in allowed and path.name not in of_doors
    ]
    assert hits(below, r"\btransactions\.open\(|\batomic\(") == []


def test_no_clock_is_read_below_a_door() -> None:
    clock = r"\btimezone\.now\(|\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time\("
    assert hits([path for path in code() if below_doors(path)], clock) == []


def test_queries_write_nothing() -> None:
    reads = [path for path in code() if path.name == "queries.py" or path.parent.name == "queries"]
    assert hits(reads, r"\.(save|bulk_create|bulk_update|get_or_create|update_or_create)\(") == []


def test_no_model_hides_work_in_save_or_signals() -> None:
    assert hits(code(), r"def save\(self|@receiver\(|\.connect\(sender") == []


def test_no_sql_goes_through_a_back_door_of_the_orm() -> None:
    assert hits(code(), r"\bRawSQL\(|\.raw\([^)]|\bRunSQL\(") == []


def test_modules_and_classes_have_names_of_the_trade() -> None:
    named = [
        (path, word)
        for path in code()
        if name(path)
        != "src/clientela/platform/backend/base.py"  # Django looks for it by this name
        for word in [path.stem, path.parent.name, *classes(path)]
        if UNSPEAKING & set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower().split("_"))
    ]
    assert [f"{name(path)}: {word}" for path, word in named] == []


def classes(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(text(path)))
    return [node.name for node in nodes if isinstance(node, ast.ClassDef)]


def test_no_file_grows_beyond_what_one_reads_at_once() -> None:
    long = {name(path): text(path).count("\n") for path in [*code(), *pages()]}
    assert {path: lines for path, lines in long.items() if lines > FILE_LINES_MAX} == {}


def test_every_statement_and_function_in_sql_is_used() -> None:
    python = "\n".join(text(path) for path in code())
    files = {path: text(path) for path in sorted(PACKAGE.glob("*/sql/**/*.sql"))}
    everything = "\n".join([python, *files.values()])
    assert [name(path) for path in files if not used(path, files[path], python, everything)] == []


def used(path: Path, sql: str, python: str, everything: str) -> bool:
    """A statement is called by the name of its file, a function by its own, a panel by its app."""
    if made := re.search(r"CREATE OR REPLACE FUNCTION (\w+)", sql):
        return path.stem == "panel" or len(re.findall(rf"\b{made[1]}\b", everything)) > 1
    return bool(re.search(rf"""["'/]{re.escape(path.stem)}["'.]""", python))


INLINE: dict[str, str] = {
    "script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "handler": r"<[^>]*\son[a-z]+\s*=",
    "style": r"<[^>]*\sstyle\s*=|<style\b",
    "address": r"javascript:",
    "htmx script": r"\bhx-on|\bhx-vals=.js:|\bhx-vars",
    "unescaped text": r"\|\s*safe\b|\|\s*safeseq\b|autoescape off",
    "outside host": r"""(src|href|action)=["'](https?:)?//""",
}


@pytest.mark.parametrize("kind", INLINE)
def test_no_page_holds_an_inline(kind: str) -> None:
    assert hits(pages(), INLINE[kind]) == []


def test_text_is_declared_safe_in_one_place_at_most() -> None:
    places = {hit.split(":")[0] for hit in hits(code(), r"\bmark_safe\(|\bSafeString\(")}
    assert len(places) <= 1, places


def constraint_names() -> list[tuple[str, str]]:
    """Find (file, name) of each constraint of a model; the name as written, or nothing."""
    return [
        (name(path), given_name(node))
        for path in code()
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Constraint")
    ]


def given_name(call: ast.Call) -> str:
    values = [word.value for word in call.keywords if word.arg == "name"]
    return str(values[0].value) if values and isinstance(values[0], ast.Constant) else ""


def test_every_constraint_is_named_as_the_sentence_that_is_true() -> None:
    unnamed = [
        (path, given)
        for path, given in constraint_names()
        if not given or not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", given) or len(given) > 63
    ]
    mechanical = r"(^(uniq|unique|check|ck|uq|chk)_|_(uniq|unique|check|ck|uq|chk|idx)$)"
    assert unnamed == []
    assert [one for one in constraint_names() if re.search(mechanical, one[1])] == []


def test_every_constraint_has_a_name_of_its_own() -> None:
    names = [given for _, given in constraint_names()]
    assert sorted({given for given in names if names.count(given) > 1}) == []


def readable(path: Path) -> bool:
    return path.suffix not in BINARY and path.stat().st_size < 2_000_000


@pytest.mark.parametrize("word", PRIVATE, ids=lambda word: word[::-1])
def test_the_tree_names_no_private_place_and_no_registry(word: str) -> None:
    found = [name(path) for path in tree() if readable(path) and word in text(path)]
    assert found == []


def test_the_locks_name_no_host() -> None:
    locks = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "package-lock.json"]
    assert hits(locks, r"index-url|find-links|\"resolved\"") == []
    assert hits(locks[:-1], r"https?://") == []


def pinned(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text(path), re.MULTILINE))


def test_both_locks_agree() -> None:
    run, dev = (pinned(ROOT / "requirements" / f"{lock}.txt") for lock in ("run", "dev"))
    assert run.items() <= dev.items()


def test_every_locked_package_has_its_hashes() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        blocks = re.split(r"\n(?=[a-z])", text(path))
        assert [block for block in blocks if "==" in block and "--hash=sha256:" not in block] == []
