"""What cannot be, where somebody's data is concerned."""

from __future__ import annotations

from clientela.platform.errors import NotThere, Problem


class NoSuchPurpose(NotThere):
    code = "no-such-purpose"
    title = "There is no such purpose"


class NoSuchRestriction(NotThere):
    code = "no-such-restriction"
    title = "There is no such restriction"


class NoSuchRequest(NotThere):
    code = "no-such-request"
    title = "There is no such request"


class AlreadyRestricted(Problem):
    code = "already-restricted"
    status = 409
    title = "This restriction stands already"


class RestrictionOver(Problem):
    code = "restriction-over"
    status = 409
    title = "This restriction was lifted already"


class RequestAnswered(Problem):
    code = "request-answered"
    status = 409
    title = "This request was answered already"


class OnLegalHold(Problem):
    code = "on-legal-hold"
    status = 409
    title = "A legal hold forbids this"


class LinkOver(Problem):
    code = "link-over"
    status = 410
    title = "This link does not work any more"
