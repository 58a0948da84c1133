"""Files that commands are given: what cannot be read is said with the file and why."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any


def text_of(file: Path) -> str:
    from clientela.platform.errors import InvalidInput

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise InvalidInput(f"{file} cannot be read: {fault}", field="file") from None


def written(file: Path) -> Any:
    """What a JSON or TOML file says."""
    from clientela.platform.errors import InvalidInput

    text = text_of(file)
    try:
        return tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except ValueError as fault:
        raise InvalidInput(f"{file} cannot be read: {fault}", field="file") from None


def document(file: Path, *, of: str) -> dict[str, Any]:
    """The object in a JSON or TOML file; `of` says in the error what it should hold."""
    from clientela.platform.errors import InvalidInput

    read = written(file)
    if not isinstance(read, dict):
        raise InvalidInput(f"{file} holds no {of}.", field="file")
    return read
