"""The web process's entry for a WSGI server: `python -m clientela.wsgi` and granian's arguments."""

import os
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse

from clientela.platform import memory, tied
from clientela.platform.http.by_thread import keep_by_thread

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clientela.settings")
django = get_wsgi_application()
keep_by_thread()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    """Hand over an answer that is finished in one piece: sent by the piece it costs far more."""
    response = django(environ, start_response)
    if not isinstance(response, HttpResponse):
        return response
    body = [response.content]
    response.close()
    return body


def tied_application() -> Callable[..., Any]:
    """The application for a worker that must not outlive its killed master."""
    tied.tie_to_parent(os.getppid())
    return application


def main() -> None:
    """Be the master of the workers: all that they need is loaded once, before they are forked."""
    from granian.cli import entrypoint

    import clientela.urls  # noqa: F401

    memory.collect_rarely()
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
