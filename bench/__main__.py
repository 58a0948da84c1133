"""`python -m bench NAME… [--size N] [--home FOLDER]`: measure, and print one JSON list."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from bench import place
from clientela.platform import memory

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    "loyalty-batch", "loyalty-single", "profile", "profile-page", "import-purchases",
    "import-customers", "import-undo", "search", "list", "lookup", "timeline", "seal",
    "make-filterable", "merge", "duplicates", "size", "loyalty-habits",
    "loyalty-what-if", "loyalty-expire", "loyalty-redeem", "loyalty-redeem-batch",
    "loyalty-close-day", "loyalty-codes",
)  # fmt: skip
SIZE = 1_000_000
PAIRS_MIN = 5


def main() -> None:
    asked = _arguments()
    home = asked.home or ROOT / "build" / "bench" / str(asked.size)
    figures = []
    with place.opened(home, size=asked.size, pairs=asked.pairs) as here:
        import django

        django.setup()
        memory.collect_rarely()
        for name in asked.names or NAMES:
            measured = import_module(f"bench.{name.replace('-', '_')}").measured
            for figure in measured(here):
                figures.append(figure.as_dict())
                print(_words(figures[-1]), file=sys.stderr, flush=True)
    print(json.dumps(figures, ensure_ascii=False))


def _words(figure: dict[str, object]) -> str:
    return (
        f"{figure['name']}: {figure['figure']} {figure['unit']}, ceiling {figure['ceiling']}, "
        f"ratio {figure['ratio']}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="clientela bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=(*NAMES, []), metavar="NAME")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--pairs", type=int, default=PAIRS_MIN)
    parser.add_argument("--home", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
