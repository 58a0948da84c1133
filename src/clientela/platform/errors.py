"""Expected refusals: each has a code, an HTTP status and a sentence, and never pages anyone."""

from __future__ import annotations

from typing import Any, ClassVar

ERRORS_ADDRESS = "https://clientela.dev/errors/"


class Problem(Exception):
    """Something that cannot be. Subclasses are named for it and carry `code`, `status`, `title`.

    `detail` says what happened in this case and what would mend it; `field` names the input at
    fault (a path such as `purchases.3.total`); `extra` travels with the problem as members of
    its JSON.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request cannot be carried out"

    def __init__(self, detail: str = "", *, field: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.field = field
        self.extra = extra

    def as_dict(self, *, request_id: str | None = None) -> dict[str, Any]:
        """The members of an `application/problem+json` body (RFC 9457)."""
        body: dict[str, Any] = {
            "type": ERRORS_ADDRESS + self.code,
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.field is not None:
            body["field"] = self.field
        if request_id is not None:
            body["request_id"] = request_id
        return {**body, **self.extra}


class InvalidInput(Problem):
    code = "invalid-input"
    status = 422
    title = "Something in the input cannot be used"


class MalformedBody(Problem):
    code = "malformed-body"
    status = 400
    title = "The body is not well-formed JSON"


class NotSignedIn(Problem):
    code = "not-signed-in"
    status = 401
    title = "No valid key or session was given"


class RightMissing(Problem):
    code = "right-missing"
    status = 403
    title = "A right is missing"


class NotThere(Problem):
    code = "not-found"
    status = 404
    title = "There is no such thing here"


class BatchTooLarge(Problem):
    code = "batch-too-large"
    status = 413
    title = "The batch has too many rows"


class TooManyRequests(Problem):
    code = "too-many-requests"
    status = 429
    title = "This key has used up its rate"


class Unexpected(Problem):
    code = "unexpected"
    status = 500
    title = "Something went wrong on our side"


class Unavailable(Problem):
    code = "unavailable"
    status = 503
    title = "Something needed is not available at the moment"


class OutcomeUnknown(Unavailable):
    code = "outcome-unknown"
    title = "The answer of the database was lost; send the same request again"
