"""`python -m drills NAME [--seed N] [--minutes N]`: break things, and print one JSON object."""

from __future__ import annotations

import argparse
import json
import random
import sys

from drills import day, kill, phases
from drills.installation import DrillStuck

NAMES = {"kill": kill.run, "day": day.run, "imports": phases.run}
DAMAGE = 6


def main() -> int:
    asked = _arguments()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", file=sys.stderr, flush=True)
    try:
        result = NAMES[asked.name](seed=seed, minutes=asked.minutes)
    except DrillStuck as stuck:
        result = {"name": asked.name, "seed": seed, "ok": False, "stuck": str(stuck)}
    print(json.dumps(result, ensure_ascii=False, default=str))
    return 0 if result["ok"] else DAMAGE


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="clientela drill", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--minutes", type=float, default=kill.MINUTES)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
