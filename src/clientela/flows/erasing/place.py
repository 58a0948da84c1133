"""Where the list of erasures lies; restores run without Django, so nothing here needs it."""

from __future__ import annotations

from pathlib import Path

from clientela.platform.home import Home

NAME = "erasures.jsonl"


def place(home: Home) -> Path:
    return home.backups / NAME
