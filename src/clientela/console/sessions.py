"""Who is signed in: Django's sessions and allauth's people, read by prepared statements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db

from clientela.flows import signed_in
from clientela.platform import sql
from clientela.staff.models import Person

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    """Django's own store; the row that every page needs comes by a plan made once."""

    def load(self) -> dict[str, Any]:
        key = self.session_key or ""
        row = sql.execute(READ, [key], prepare=True).fetchone() if key.isalnum() else None
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


class People(AuthenticationBackend):
    """Signing in is allauth's; who comes back with a session is ours."""

    def get_user(self, user_id: UUID) -> Person | None:
        return signed_in.person_of(user_id)
