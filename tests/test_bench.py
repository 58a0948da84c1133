"""Every benchmark runs, beside its ceiling, in the form the contract gives; never how fast."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

import pytest

from bench.__main__ import NAMES
from clientela.cli import bench as command
from clientela.platform.tests.samples import CLONE

TRIED = ("loyalty-batch", "import-purchases", "profile")
MEMBERS = {"name", "figure", "unit", "ceiling", "ratio", "size", "detail"}


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, object]]:
    """The benchmarks on a company of thirty customers, one turn each; one of those over HTTP."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        arguments = [
            sys.executable,
            "-m",
            "bench",
            "--size",
            "30",
            "--pairs",
            "1",
            "--home",
            folder,
        ]
        done = subprocess.run(arguments, cwd=CLONE, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    return {one["name"]: one for one in json.loads(done.stdout)}


@pytest.mark.long
def test_every_benchmark_measures_beside_its_ceiling(
    figures: dict[str, dict[str, object]],
) -> None:
    assert set(TRIED) <= set(figures)
    for one in figures.values():
        assert set(one) == MEMBERS
        assert one["size"] == 30
        assert isinstance(one["detail"], dict)
        assert "load" in one["detail"]


def test_the_command_names_the_benchmarks_there_are() -> None:
    assert command.NAMES == NAMES
