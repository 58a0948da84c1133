"""Whoever follows the pages gets what they say: their code is run in order, by a real shell."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# In this order: the later ones use the customers of the first.
PAGES = (
    "tutorial.md",
    "how-to/import.md",
    "how-to/connect-a-till.md",
    "how-to/connect-a-telephone.md",
)
BLOCK = re.compile(r"^```(sh|python|text|json)\n(.*?)^```", re.MULTILINE | re.DOTALL)
OF_A_CLONE = ("make ",)
SERVE = "clientela serve --empty"
ADDRESS = "127.0.0.1:8000"
READY_SECONDS_MAX = 120
PAGE_SECONDS_MAX = 600
REST = "…"


@dataclass
class Step:
    """A block to run, and the block after it that shows what it answers."""

    language: str
    code: str
    answer: str = ""
    answer_is_json: bool = False


@dataclass(frozen=True)
class Shop:
    """A running installation, made as the tutorial says."""

    folder: Path
    log: Path
    port: int
    environment: dict[str, str]


def steps_of(page: str) -> list[Step]:
    steps: list[Step] = []
    for language, text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        if language in {"sh", "python"}:
            steps.append(Step(language, text))
        else:
            steps[-1].answer, steps[-1].answer_is_json = text, language == "json"
    return [step for step in steps if not step.code.startswith(OF_A_CLONE)]


def start() -> Step:
    [found] = [step for step in steps_of("tutorial.md") if SERVE in step.code]
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Start the server by the block of the tutorial that does."""
    port, log = free_port(), tmp_path / "serve.log"
    environment = {name: value for name, value in os.environ.items() if "CLIENTELA" not in name}
    environment |= {
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    script = start().code.replace(SERVE, f"exec {SERVE} --port {port}")
    with log.open("wb") as file:
        server = subprocess.Popen(
            ["bash", "-ec", script], env=environment, stdout=file, stderr=file
        )
    try:
        await_ready(server, port, log)
        yield Shop(tmp_path / "blue-kettle", log, port, environment)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=READY_SECONDS_MAX)
        shutil.rmtree(tmp_path / "blue-kettle" / "data", ignore_errors=True)


def await_ready(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while not answers(f"http://127.0.0.1:{port}/readyz"):
        if server.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the server does not start:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.1)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def followed(page: str, shop: Shop) -> list[tuple[Step, int, str]]:
    """Run a page in one shell, as one does: each step, its exit code and what it said."""
    steps = [step for step in steps_of(page) if SERVE not in step.code]
    outputs = shop.folder.parent / "outputs" / Path(page).stem
    outputs.mkdir(parents=True)
    script = "\n".join(
        f"{{\n{runnable(step)}}} >{outputs}/{place} 2>&1\necho $? >{outputs}/{place}.code\n"
        for place, step in enumerate(steps)
    ).replace(ADDRESS, f"127.0.0.1:{shop.port}")
    environment = {**shop.environment, "CLIENTELA_HOME": str(shop.folder / "data")}
    subprocess.run(
        ["bash", "-c", script], cwd=shop.folder, env=environment, timeout=PAGE_SECONDS_MAX,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return [
        (step, int((outputs / f"{place}.code").read_text()), (outputs / str(place)).read_text())
        for place, step in enumerate(steps)
    ]


def runnable(step: Step) -> str:
    if step.language == "python":
        return f"python3 - <<'END_OF_PYTHON'\n{step.code}END_OF_PYTHON\n"
    return step.code


def fault(step: Step, exit_code: int, output: str) -> str | None:
    """Say what is not as the page tells; rows that are refused end with 1."""
    refused = "rejected" in step.answer or "without customer" in step.answer
    if exit_code != (1 if refused else 0):
        return f"exit code {exit_code}"
    if step.answer_is_json:
        return difference(json.loads(step.answer), parsed(output), "$")
    return None if said(step.answer, output) else f"the page shows\n{step.answer}"


def said(expected: str, output: str) -> bool:
    """Whether the output holds the text; white space does not count, `…` stands for anything."""
    pieces = (re.escape(re.sub(r"\s", "", piece)) for piece in expected.split(REST))
    return bool(re.search(".*?".join(pieces), re.sub(r"\s", "", output), re.DOTALL))


def parsed(output: str) -> Any:
    try:
        return json.loads(output)
    except ValueError:
        return output


def difference(expected: Any, found: Any, path: str) -> str | None:
    """Say where two values differ; "…" stands for any value, and as a key for any more of them."""
    if expected == REST:
        return None
    if isinstance(expected, dict) and isinstance(found, dict):
        more, less = found.keys() - expected.keys(), expected.keys() - found.keys() - {REST}
        if less or (more and REST not in expected):
            return f"{path}: missing {sorted(less)}, more {sorted(more)}"
        pairs = [(key, expected[key], found[key]) for key in expected.keys() - {REST}]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = [(str(at), *both) for at, both in enumerate(zip(expected, found, strict=True))]
    elif isinstance(expected, str) and isinstance(found, str):
        return None if said(expected, found) else f"{path}: {expected!r}, not {found!r}"
    else:
        return None if expected == found else f"{path}: {expected!r}, not {found!r}"
    inside = (difference(one, other, f"{path}.{key}") for key, one, other in pairs)
    return next((words for words in inside if words), None)


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("curl"), reason="the pages use curl: apt install curl")
def test_whoever_follows_the_pages_gets_what_they_say(shop: Shop) -> None:
    for page in PAGES:
        for step, exit_code, output in followed(page, shop):
            words = fault(step, exit_code, output)
            assert not words, f"{page}:\n{step.code}\nsaid\n{output}\n{words}"
    address = f"127.0.0.1:{shop.port}"
    assert said(start().answer.replace(ADDRESS, address), shop.log.read_text(encoding="utf-8"))
