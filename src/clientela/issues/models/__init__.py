"""The tables of issues; Django finds them here."""

from __future__ import annotations

from clientela.issues.models.desk import RUNNING, Category, Cause, Queue, State
from clientela.issues.models.ending import Promise, Resolution, Review
from clientela.issues.models.issue import Assignment, Issue, IssueKey, Message, Span

__all__ = [
    "RUNNING",
    "Assignment",
    "Category",
    "Cause",
    "Issue",
    "IssueKey",
    "Message",
    "Promise",
    "Queue",
    "Resolution",
    "Review",
    "Span",
    "State",
]
