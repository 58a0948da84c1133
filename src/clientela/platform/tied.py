"""Run a program that ends when its parent does: `python tied.py PARENT SIGNAL PROGRAM ARGUMENT…`.

Uses nothing but the standard library and is run by its path, so that it starts in no time.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie_to_parent(parent: int, ending: int = signal.SIGKILL) -> None:
    """Have the kernel send `ending` to this process when the thread that started it ends.

    `parent` is the number it knew its parent by: one that ended before this call is noticed too.
    Only Linux can do this; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(ending), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: list[str]) -> None:
    parent, ending, *argv = arguments
    tie_to_parent(int(parent), int(ending))
    try:
        os.execvp(argv[0], argv)  # noqa: S606
    except OSError as error:
        sys.exit(f"{argv[0]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
