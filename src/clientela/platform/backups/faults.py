"""What can go wrong with backups, each with the code it is refused by."""

from __future__ import annotations

from clientela.platform.errors import Problem, Unavailable


class OwnServer(Problem):
    code = "own-server"
    status = 409
    title = "The database is your own server"


class NoBackup(Problem):
    code = "no-backup"
    status = 404
    title = "There is no such backup"


class TimeNotCovered(Problem):
    code = "time-not-covered"
    status = 422
    title = "No backup reaches this time"


class StillInUse(Problem):
    code = "still-in-use"
    status = 409
    title = "The data folder is in use"


class BackupFailed(Unavailable):
    code = "backup-failed"
    title = "The backup could not be made"


class BackupDamaged(Problem):
    """`faults` are sentences, each naming a file."""

    code = "backup-damaged"
    status = 500
    title = "The backup is damaged"

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults), faults=faults)
        self.faults = faults
