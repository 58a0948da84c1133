"""The environment of a test run, set before Django reads its settings (`-p` in pyproject.toml).

Tests have a data folder of their own, so that they touch neither a person's nor the demo's, and
work as the owner of the tables. `CLIENTELA_DATABASE_URL`, if set, is where they run instead.
"""

import os
from pathlib import Path

CLONE = Path(__file__).resolve().parents[4]

os.environ["CLIENTELA_HOME"] = os.environ.get("CLIENTELA_TEST_HOME", str(CLONE / ".home-tests"))
os.environ.setdefault("CLIENTELA_ROLE", "owner")
