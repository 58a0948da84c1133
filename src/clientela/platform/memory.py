"""How a long-lived process looks for garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = 50_000, 20, 100


def collect_rarely() -> None:
    """Call it once a process has loaded what it needs. What is loaded stays for good and is looked
    at no more; and a batch of 10,000 rows, which holds no cycles, is not gone through a hundred
    times while it grows: that took as long as computing with it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


@contextmanager
def without_collecting() -> Iterator[None]:
    """For large pieces that hold no cycles: looking for some takes as long as making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
