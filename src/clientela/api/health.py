"""Is the process alive; can it serve."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from clientela.jobs import queries as jobs

FREE_SHARE_MIN = 0.05
RETRY_SECONDS = 2
MIGRATED = threading.Event()


def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Each part that serving needs, 503 when one of them is not well."""
    parts = {
        "database": _well(_database),
        "migrations": _well(_migrations),
        "worker": _well(lambda: jobs.worker_is_alive(now=request.started_at)),  # type: ignore[attr-defined]
        "disk": _disk(),
    }
    ready = all(parts.values())
    answer = JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)
    if not ready:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _well(part: Callable[[], bool]) -> bool:
    try:
        return part()
    except (DatabaseError, InterfaceError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    """Whether no migration is waiting; once that holds it is not asked again."""
    if not MIGRATED.is_set():
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            MIGRATED.set()
    return MIGRATED.is_set()


def _disk() -> bool:
    usage = shutil.disk_usage(settings.HOME.path)
    return usage.free / usage.total > FREE_SHARE_MIN
