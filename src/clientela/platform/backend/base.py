"""The connection of a thread, as Django finds it: by this name, in a module of this name.

psycopg's connection stays in autocommit, and Django begins a transaction where it wants one, as it
does for SQLite. Through psycopg's own autocommit each transaction costs the client four waits more.
"""

from __future__ import annotations

from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction

from clientela.platform import prepared


class DatabaseWrapper(base.DatabaseWrapper):
    """`connection`, as the rest of the product imports it from Django."""

    def _start_transaction_under_autocommit(self) -> None:
        self._say("BEGIN")

    def _set_autocommit(self, autocommit: bool) -> None:
        if self.connection.autocommit != autocommit:
            with self.wrap_database_errors:
                self.connection.autocommit = autocommit

    def _commit(self) -> None:
        if self.connection is not None:
            self._say("COMMIT")

    def _rollback(self) -> None:
        if self.connection is not None:
            self._say("ROLLBACK")

    def _savepoint(self, sid: str) -> None:
        self._say(self.ops.savepoint_create_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        self._say(self.ops.savepoint_rollback_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._say(self.ops.savepoint_commit_sql(sid))

    def _say(self, command: str) -> None:
        with debug_transaction(self, command), self.wrap_database_errors:
            prepared.say(self.connection, command)
