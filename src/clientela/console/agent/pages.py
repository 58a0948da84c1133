"""The agent page: who waits, whom one talks with, and the whole customer while one does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clientela.calls import queries as calls
from clientela.calls.actions.conversations import NoSuchConversation
from clientela.calls.models import Call, Conversation
from clientela.console.agent import lists, present, whole
from clientela.console.once import sent
from clientela.console.pages import SENT, page, see, show
from clientela.customers import queries as customers
from clientela.flows import close_conversation as closing
from clientela.flows import converse, look_up, match_caller
from clientela.flows.close_conversation import OutcomeMissing
from clientela.flows.match_caller import Number
from clientela.platform import ids
from clientela.platform.errors import InvalidInput
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies

SERVES = "calls.serve"
QUERY_LENGTH_MAX = 200
Outcome = Conversation.Outcome
SAID = (Outcome.DONE, Outcome.TO_DO)


@page(SERVES, "customers.view")
def start(request: HouseRequest) -> HttpResponse:
    """What waits, what was missed, and a box to begin a conversation with anybody."""
    query = _query(request)
    context = {"query": query, "hits": _hits(_found(query)) if query else []}
    return show(request, "console/agent/start.html", {**context, **lists.of(request)})


@page(SERVES, "customers.view")
def listed(request: HouseRequest) -> HttpResponse:
    """The lists again, when something in them has changed."""
    return show(request, "console/agent/lists.html", lists.of(request))


@page(SERVES)
def bar(request: HouseRequest) -> HttpResponse:
    return show(request, "ui/calls.html", {"calls": present.bar(request)})


@page(SERVES, "customers.view", methods=SENT, shown_on="console:agent")
def begin(request: HouseRequest) -> HttpResponse:
    """Talk with a customer who stands at the desk, or was dialled by hand."""

    def carry_out() -> str:
        begun = converse.begin(
            _customer(request), channel=Conversation.Channel.SHOP, actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip
        return reverse("console:conversation", args=[begun.id])

    return see(sent(request, carry_out).body.decode())


@page(SERVES, "customers.view", methods=SENT, shown_on="console:agent")
def take(request: HouseRequest, call_id: UUID) -> HttpResponse:
    """Look after a call that the telephone system gave to nobody in particular."""
    taken = converse.take(
        call_id, actor=request.actor, now=request.started_at, request=request.request_id
    )
    return see(reverse("console:conversation", args=[taken.id]))


@page(SERVES, methods=SENT, shown_on="console:agent")
def put_aside(request: HouseRequest, call_id: UUID) -> HttpResponse:
    converse.put_aside(call_id, actor=request.actor, now=request.started_at)
    messages.success(request, _("The missed call is put aside."))
    return see(reverse("console:agent"))


@page(SERVES, "customers.view")
def conversation(request: HouseRequest, conversation_id: UUID) -> HttpResponse:
    """The whole customer; or, while nobody is named, those it may be."""
    talk = _own(request, conversation_id)
    if talk.customer_id is None:
        return show(request, "console/agent/nobody.html", _nobody(request, talk))
    return show(request, "console/agent/show.html", whole.of(request, talk))


@page(SERVES, "customers.view", methods=SENT, shown_on="console:agent")
def name(request: HouseRequest, conversation_id: UUID) -> HttpResponse:
    """It is this customer."""
    named = converse.name(
        conversation_id, customer_id=_customer(request), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return see(reverse("console:conversation", args=[named.id]))


@page(SERVES, methods=SENT, shown_on="console:agent")
def note(request: HouseRequest, conversation_id: UUID) -> HttpResponse:
    """Kept while it is typed."""
    talk = converse.note(
        conversation_id, text=request.POST.get("note", ""), actor=request.actor,
        now=request.started_at,
    )  # fmt: skip
    if "HX-Request" not in request.headers:
        return see(reverse("console:conversation", args=[talk.id]))
    return show(request, "console/agent/saved.html", {"conversation": talk})


@page(SERVES, methods=SENT, shown_on="console:agent")
def end(request: HouseRequest, conversation_id: UUID) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    if outcome not in SAID:
        raise InvalidInput(_("Say how the conversation ended."), field="outcome")
    try:
        closing.close(
            conversation_id, outcome=outcome, actor=request.actor, now=request.started_at,
            not_presented=request.POST.get("offers") == "not_presented",
            request=request.request_id,
        )  # fmt: skip
    except OutcomeMissing as missing:
        return _asked(request, conversation_id, outcome, missing)
    messages.success(request, _("The conversation is over."))
    return see(reverse("console:agent"))


def _asked(
    request: HouseRequest, conversation_id: UUID, outcome: str, missing: OutcomeMissing
) -> HttpResponse:
    """The page again, asking inline what came of the offers; nothing is lost of it."""
    talk = _own(request, conversation_id)
    unsaid = closing.unsaid(talk, actor=request.actor)
    ask = closing.in_words(unsaid, language=get_language() or "en")
    context = {**whole.of(request, talk), "ask": ask, "outcome": outcome}
    return show(request, "console/agent/show.html", context, status=missing.status)


def _own(request: HouseRequest, conversation_id: UUID) -> Conversation:
    found = calls.conversation(conversation_id)
    if found is None or found.person_id != converse.person_of(request.actor):
        raise NoSuchConversation
    return found


def _nobody(request: HouseRequest, talk: Conversation) -> dict[str, Any]:
    """Those the number may be of, or those found by what is asked for."""
    call, asked = talk.call, _query(request)
    assert call is not None
    found = match_caller.matched(Number(call.number, why=call.match))
    hits = _found(asked) if asked else customers.candidates(found.customers)
    return {
        "conversation": talk, "number": call.number, "number_shown": call.number_shown,
        "is_hidden": call.match == Call.Match.HIDDEN, "maybe": found.kind == Call.Match.MAYBE,
        "match": present.MATCHES[Call.Match(found.kind)], "match_name": f"match-{found.kind}",
        "query": asked or call.number, "asked": asked, "hits": _hits(hits),
    }  # fmt: skip


def _found(query: str) -> Sequence[customers.Hit]:
    company = companies.current()
    found = look_up.look_up(query, company=company)
    return found.hits if found.one is None else customers.candidates([found.one])


def _hits(found: Sequence[customers.Hit]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.hit.customer.public_id, "name": one.hit.customer.display_name,
            "number": one.hit.customer.number, "phone": one.hit.phone,
            "holdings": one.holdings, "last_contact_at": one.last_contact_at,
        }
        for one in look_up.told_apart(tuple(found))
    ]  # fmt: skip


def _query(request: HouseRequest) -> str:
    typed = request.GET.get("q", "")[:QUERY_LENGTH_MAX]
    return "".join(filter(str.isprintable, typed)).strip()


def _customer(request: HouseRequest) -> UUID:
    try:
        return ids.parse("cus", request.POST.get("customer", ""))
    except ValueError:
        raise InvalidInput(_("Choose a customer."), field="customer") from None
