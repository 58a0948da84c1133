"""Build what the clone needs to run, or to be worked on: `python3 tools/install.py [--dev]`.

Needs nothing but Python. Each step is done only when what it was made from has changed, so a second
call takes a moment; each says in one line what it did and how long it took.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMPS = os.path.join(VENV, "stamps")
OLDEST = (3, 11)
FRONT_END = "front-end files"
TRANSLATIONS = "translations"
STATIC = "files under hashed names"
PIP = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
PIP += ["--no-compile"]  # most modules are never imported; those that are, Python compiles itself
FOLDERS = {FRONT_END: "ui/static/vendor", STATIC: "static"}

begun: list[subprocess.Popen[bytes]] = []


def main(options: list[str]) -> None:
    """Bring the clone up to date; nothing is asked."""
    check_python()
    folder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # two at once would write over each other
    step("python environment", [], make_environment, place_of_environment())
    begin_front_end()
    step("packages", ["requirements/run.txt"], install_packages)
    if "--dev" in options:
        step("packages for work on the code", ["requirements/dev.txt"], install_tools)
    step("clientela", ["pyproject.toml"], install_clientela)
    step(FRONT_END, front_end_sources(), build_front_end)
    step(TRANSLATIONS, catalogues(), compile_messages)
    step(STATIC, [*static_sources(), "requirements/run.txt"], collect_static)


def check_python() -> None:
    if sys.version_info < OLDEST:
        stop(
            "Clientela needs Python {}.{} or newer and found {}.{}. "
            "Name another one: make PYTHON=python3.12 ...",
            *(OLDEST + sys.version_info[:2]),
        )
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        stop("This Python cannot make environments. On Debian and Ubuntu: apt install python3-venv")


def step(name: str, sources: list[str], work: Callable[[], None], more: str = "") -> None:
    """Run `work` unless it was run before on exactly these sources."""
    digest = digest_of(sources, more)
    if done(name, digest):
        return
    began = time.monotonic()
    work()
    os.makedirs(STAMPS, exist_ok=True)
    with open(stamp(name), "w", encoding="utf-8") as file:
        file.write(digest)
    print("{:<34} {:5.1f} s".format(name, time.monotonic() - began), flush=True)


def done(name: str, digest: str) -> bool:
    return read(stamp(name)) == digest and not missing(name)


def stamp(name: str) -> str:
    return os.path.join(STAMPS, name.replace(" ", "-"))


def missing(name: str) -> bool:
    """Say whether what a step leaves outside of the environment was removed by hand."""
    if name in FOLDERS:
        return not os.path.isdir(in_package(FOLDERS[name]))
    made = [os.path.join(ROOT, source[:-3] + ".mo") for source in catalogues()[1:]]
    return name == TRANSLATIONS and not all(map(os.path.exists, made))


def digest_of(sources: list[str], more: str) -> str:
    digest = hashlib.sha256(more.encode())
    for source in sorted(sources):
        digest.update(source.encode() + b"\0")
        with open(os.path.join(ROOT, source), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def place_of_environment() -> str:
    """Name where the environment is and by which Python: neither can change under it."""
    return f"{ROOT}\n{sys.version}\n{sys.base_prefix}"


def make_environment() -> None:
    run([sys.executable, "-m", "venv", "--clear", VENV])


def install_packages() -> None:
    install_locked("run")


def install_tools() -> None:
    install_locked("dev")


def install_locked(name: str) -> None:
    lock = os.path.join("requirements", name + ".txt")
    run([*PIP, "--require-hashes", "--only-binary", ":all:", "--requirement", lock])


def install_clientela() -> None:
    run([*PIP, "--no-build-isolation", "--editable", ROOT])


def front_end_sources() -> list[str]:
    names = ["package.json", "package-lock.json", "tools/frontend.py", "src/clientela/ui/icons.txt"]
    return [name for name in names if os.path.exists(os.path.join(ROOT, name))]


def begin_front_end() -> None:
    """Start building the front-end files beside the packages, where the machine has an npm."""
    if shutil.which("npm") and not done(FRONT_END, digest_of(front_end_sources(), "")):
        begun.append(subprocess.Popen([PYTHON, os.path.join("tools", "frontend.py")], cwd=ROOT))


def build_front_end() -> None:
    if not begun or begun.pop().wait():
        run([PYTHON, os.path.join("tools", "frontend.py")])


def catalogues() -> list[str]:
    found = ["tools/messages.py"]
    for folder, _, names in os.walk(in_package("locale")):
        found += [os.path.relpath(os.path.join(folder, n), ROOT) for n in names if n[-3:] == ".po"]
    return found


def compile_messages() -> None:
    run([PYTHON, os.path.join("tools", "messages.py"), "compile"])


def static_sources() -> list[str]:
    found = []
    for app in os.listdir(in_package(".")):
        for folder, _, names in os.walk(in_package(os.path.join(app, "static"))):
            found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return found


def collect_static() -> None:
    """Put all static files into one folder, compressed, each also under a name with its hash."""
    with tempfile.TemporaryDirectory() as home:
        settings = {"DJANGO_SETTINGS_MODULE": "clientela.settings", "CLIENTELA_HOME": home}
        collect = [PYTHON, "-m", "django", "collectstatic", "--no-input", "--clear"]
        run([*collect, "--verbosity=0"], {**os.environ, **settings})


def in_package(path: str) -> str:
    return os.path.join(ROOT, "src", "clientela", path)


def read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    ended = subprocess.run(command, cwd=ROOT, check=False, env=environment)
    if ended.returncode:
        stop("That did not work: {}", " ".join(command))


def stop(message: str, *words: object) -> NoReturn:
    sys.exit(message.format(*words))


if __name__ == "__main__":
    main(sys.argv[1:])
