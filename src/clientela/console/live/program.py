"""The live process's entry for an ASGI server: it imports no Django before that is set up."""

from __future__ import annotations

import os
from typing import Any

from clientela.platform import tied


def tied_application() -> Any:
    """The stream, for a worker that must not outlive its killed master."""
    tied.tie_to_parent(os.getppid())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clientela.settings")
    import django

    django.setup()
    from clientela.console.live.stream import application

    return application
