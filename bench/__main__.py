"""`python -m bench NAME… [--size N] [--home FOLDER]`: measure, and print one JSON list."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench import data, measure, place

ROOT = Path(__file__).resolve().parent.parent
NAMES = {"loyalty-batch": "loyalty_batch"}


def main() -> None:
    asked = _arguments()
    home = asked.home or ROOT / "build" / "bench" / str(asked.size)
    with place.opened(home, size=asked.size, pairs=asked.pairs) as here:
        print('loaded')
