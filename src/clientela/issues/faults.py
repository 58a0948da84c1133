"""What cannot be done to an issue or a promise."""

from __future__ import annotations

from clientela.platform.errors import NotThere, Problem


class NoSuchIssue(NotThere):
    code = "no-such-issue"
    title = "There is no such issue; check the last digit"


class NoSuchPromise(NotThere):
    code = "no-such-promise"
    title = "There is no such promise"


class NoSuchQueue(NotThere):
    code = "no-such-queue"
    title = "There is no such queue"


class HoldingOfAnotherCustomer(Problem):
    code = "holding-of-another-customer"
    status = 422
    title = "This customer does not hold that product"


class IssueMovedOn(Problem):
    code = "issue-moved-on"
    status = 409
    title = "Something happened on this issue while you were writing"


class IssueEnded(Problem):
    code = "issue-ended"
    status = 409
    title = "This issue has ended; open it again first"


class IssueRuns(Problem):
    code = "issue-runs"
    status = 409
    title = "This issue has not ended"


class ResolutionMissing(Problem):
    code = "resolution-missing"
    status = 422
    title = "An issue is closed with a resolution"


class PromiseInThePast(Problem):
    code = "promise-in-the-past"
    status = 422
    title = "A promise lies in the future"


class PromiseEnded(Problem):
    code = "promise-ended"
    status = 409
    title = "This promise has been kept, moved or released already"


class PromiseOfTarget(Problem):
    code = "promise-of-target"
    status = 409
    title = "A response target is neither moved nor released by hand"


class ReasonMissing(Problem):
    code = "reason-missing"
    status = 422
    title = "A reason is missing"
