"""The package holds all it needs: installing it takes no Node and no compiler."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "clientela"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """List the files of a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def inside(pattern: str) -> set[str]:
    found = {path.relative_to(ROOT / "src").as_posix() for path in PACKAGE.rglob(pattern)}
    return {path for path in found if "/tests/" not in path}


def test_the_wheel_holds_the_front_end_files_and_their_terms(names: set[str]) -> None:
    vendor = "clientela/ui/static/vendor"
    wanted = ("tabler.min.css", "tabler.min.js", "icons.svg", "LICENSES.txt")
    assert [file for file in wanted if f"{vendor}/{file}" not in names] == []


@pytest.mark.parametrize("pattern", ["*.html", "*.sql", "*.mo", "*.toml", "static/**/*.*"])
def test_the_wheel_holds_every_file_that_is_no_code(names: set[str], pattern: str) -> None:
    assert sorted(inside(pattern) - names) == []


def test_the_wheel_holds_the_static_files_compressed_under_hashed_names(names: set[str]) -> None:
    assert "clientela/static/staticfiles.json" in names
    hashed = r"clientela/static/vendor/tabler\.min\.[0-9a-f]{12}\.css"
    assert [name for name in names if re.fullmatch(hashed, name) and f"{name}.gz" in names]


def test_the_wheel_holds_no_tests(names: set[str]) -> None:
    assert sorted(name for name in names if "/tests/" in name) == []
