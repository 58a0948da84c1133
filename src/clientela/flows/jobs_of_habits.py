"""Jobs that keep habits."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * * */5")
@app.task(
    name="purchases.fold_habits", queue="housekeeping", pass_context=False, lock="habits",
    queueing_lock="habits",
)  # fmt: skip
def fold_habits(timestamp: int) -> None:
    """Fold what was bought into habits, every five seconds: small steps, and most find nothing."""
    from clientela.flows import fold_habits as flow

    flow.fold(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="purchases.describe_habits", queue="housekeeping", pass_context=False)
def describe_habits(timestamp: int) -> None:
    """Say anew what is usual for whoever bought since, and tell of who is silent for too long."""
    from clientela.flows import fold_habits as flow

    now = datetime.fromtimestamp(timestamp, UTC)
    flow.describe(now=now)
    flow.lapse(now=now)
