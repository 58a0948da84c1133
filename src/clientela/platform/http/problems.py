"""Refusals as `application/problem+json`."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from clientela.platform.errors import Problem

CONTENT_TYPE = "application/problem+json"


def answer(problem: Problem, *, request_id: str) -> HttpResponse:
    """The response of a refusal; 429 and 503 say when to come back."""
    body = json.dumps(problem.as_dict(request_id=request_id), ensure_ascii=False, default=str)
    response = HttpResponse(body, status=problem.status, content_type=CONTENT_TYPE)
    if problem.status in (429, 503):
        response.headers["Retry-After"] = str(problem.extra.get("retry_after", 1))
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="clientela"'
    return response


def faults_of(errors: list[dict[str, Any]]) -> list[dict[str, str]]:
    """pydantic's errors as (field, code, detail); the path leaves out where the body lies."""
    return [
        {
            "field": ".".join(str(part) for part in error["loc"] if part not in SKIPPED),
            "code": error["type"].replace("_", "-"),
            "detail": error["msg"],
        }
        for error in errors
    ]


SKIPPED = ("body", "query", "path", "payload")
