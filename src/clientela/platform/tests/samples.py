"""Real public files that tests read. They lie beside the clone, not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[4]
SAMPLES = Path(os.environ.get("CLIENTELA_SAMPLES", CLONE.parent / "shared" / "data"))


def sample(name: str) -> Path:
    """The file of this name, such as `cdnow/CDNOW_master.txt.gz`; else the test is skipped."""
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"needs {name} in ../shared/data beside the clone, or in CLIENTELA_SAMPLES")
    return path
