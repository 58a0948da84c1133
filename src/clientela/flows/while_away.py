"""Jobs that wait for the database to come back."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from clientela.platform.errors import Unavailable

DATABASE_AWAY = (OperationalError, InterfaceError, Unavailable)
TRIES_MAX = 1_000
PAUSE_SECONDS = 2


class WhileAway(BaseRetryStrategy):
    """Run a job again when the database was away: nothing is wrong with the job, however often its
    worker was killed before. That it is to run again can be noted only once the database is back.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, DATABASE_AWAY) or job.attempts >= TRIES_MAX:
            return None
        return RetryDecision(retry_in={"seconds": PAUSE_SECONDS})


AGAIN = WhileAway()
