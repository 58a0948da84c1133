"""Write the lock files below requirements/ from pyproject.toml.

    python3 tools/lock.py             keep what is pinned, add and remove what pyproject.toml says
    python3 tools/lock.py --upgrade   take the newest versions pyproject.toml allows

One lock serves every supported Python and platform; every line carries the hashes of its files.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11"
RESOLVER = "uv==0.13.*"
LOCKS: dict[str, tuple[str, ...]] = {
    "run": ("pyproject.toml", "--group", "pyproject.toml:build"),
    "dev": (
        *("pyproject.toml", "--extra", "dedupe"),
        *("--group", "pyproject.toml:build", "--group", "pyproject.toml:dev"),
        *("--constraints", "requirements/run.txt"),
    ),
    "node": ("--group", "pyproject.toml:node"),
}


def compile_lock(uv: Path, name: str, sources: tuple[str, ...], options: list[str]) -> None:
    """Pin one set of packages; `dev` agrees with the versions of `run`."""
    command = [str(uv), "pip", "compile", *sources, "--universal", "--quiet"]
    command += ["--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header"]
    command += ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    command += [*options, "--output-file", f"requirements/{name}.txt"]
    subprocess.run(command, cwd=ROOT, check=True)


def main(options: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", RESOLVER], check=True)
        for name, sources in LOCKS.items():
            compile_lock(Path(folder, "bin", "uv"), name, sources, options)


if __name__ == "__main__":
    main(sys.argv[1:])
