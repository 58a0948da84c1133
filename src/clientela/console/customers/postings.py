"""Lines of the points ledger and the road to their figures, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.flows import rule_words
from clientela.flows.bought import Bought
from clientela.flows.points import Explained, Why
from clientela.loyalty import sentences
from clientela.loyalty.models import Posting
from clientela.loyalty.queries import granting, rates, rewards
from clientela.loyalty.queries.ledger import Row
from clientela.loyalty.queries.reasons import Reason, Refused
from clientela.loyalty.queries.rewards import Got
from clientela.loyalty.rules import amending
from clientela.platform.money import Money
from clientela.staff import company as companies
from clientela.ui import words
from clientela.ui.templatetags.ui import day, label, moment, money, number, signed

ICONS = {
    Posting.Kind.EARN: "shopping-cart", Posting.Kind.REVERSE: "arrow-back-up",
    Posting.Kind.REDEEM: "gift", Posting.Kind.RESTORE: "arrow-back-up",
    Posting.Kind.EXPIRE: "clock", Posting.Kind.GRANT: "plus", Posting.Kind.ADJUST: "arrow-back-up",
    Posting.Kind.REINSTATE: "clock", Posting.Kind.FORGIVE: "check",
    Posting.Kind.TRANSFER_OUT: "users", Posting.Kind.TRANSFER_IN: "users",
}  # fmt: skip
NO_CAUSES: Mapping[int, str] = {}
REDEMPTIONS = ("redemption", "reversal")  # sources whose keys begin with redemptions


def posting_rows(
    rows: Sequence[Row], purchases: Mapping[UUID, Bought] | None = None,
    redemptions: Mapping[UUID, Got] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Postings as pages show them; with their purchases and redemptions they say what for."""
    known, got = purchases or {}, redemptions or {}
    causes = causes_of([row.posting for row in rows])
    return [
        {
            "id": row.posting.public_id, "occurred_at": row.posting.occurred_at,
            "booked_at": booked_later(row.posting), "kind": row.posting.kind,
            "currency": row.currency, "points": row.points,
            "balance": row.balance, "icon": ICONS.get(Posting.Kind(row.posting.kind), ""),
            "text": text_of(row.posting, known, got, causes),
            "money": money_of(row.posting, known),
        }
        for row in rows
    ]  # fmt: skip


def booked_later(posting: Posting) -> datetime | None:
    """When it was booked, where that is another day than it happened on."""
    booked, happened = map(timezone.localtime, (posting.posted_at, posting.occurred_at))
    return posting.posted_at if booked.date() != happened.date() else None


def got_by(rows: Sequence[Row], family: Sequence[UUID], *, latest: int = 0) -> dict[UUID, Got]:
    """What was got by these lines of the ledger, and the latest besides."""
    wanted = {_redemption(row.posting) for row in rows if row.posting.source in REDEMPTIONS}
    if not wanted and not latest:
        return {}
    return {one.id: one for one in rewards.got(family, named=wanted, latest=latest)}


def _redemption(posting: Posting) -> UUID:
    """What was got; a part of it that went back has a name of its own behind."""
    return UUID(posting.key.partition("/")[0])


def text_of(
    posting: Posting, purchases: Mapping[UUID, Bought],
    redemptions: Mapping[UUID, Got] | None = None, causes: Mapping[int, str] = NO_CAUSES,
) -> str:  # fmt: skip
    """What was bought or got, else what kind of posting it is."""
    if posting.source in REDEMPTIONS and redemptions:
        made = redemptions.get(_redemption(posting))
        what = label(made.labels) if made else ""
        kind = words.of(posting.kind, "posting")
        if posting.kind == Posting.Kind.REDEEM or not what:
            return what or kind
        return _("%(kind)s: %(what)s") % {"kind": kind, "what": what}
    if posting.id in causes:
        return causes[posting.id]
    bought = purchases.get(posting.purchase_id) if posting.purchase_id else None
    what = bought_words(bought) if bought else ""
    kind = words.of(posting.kind, "posting")
    if not what:
        return kind
    if posting.kind == Posting.Kind.EARN:
        return what
    return _("%(kind)s: %(what)s") % {"kind": kind, "what": what}


def causes_of(postings: Sequence[Posting]) -> dict[int, str]:
    """What happened, or why a person gave or took points, by posting."""
    found = granting.causes_of(postings)
    events, reasons = found.events, found.reasons
    return {id: sentences.event(name).capitalize() for id, name in events.items()} | {
        id: _("%(kind)s: %(what)s") % {
            "kind": words.of(kind, "posting"), "what": sentences.reason(reason),
        }
        for id, (kind, reason) in reasons.items()
    }  # fmt: skip


def bought_words(bought: Bought) -> str:
    """`Fridge RB-33, Kettle and 2 more`"""
    if not bought.words or not bought.more:
        return bought.words
    return ngettext("%(words)s and %(more)d more", "%(words)s and %(more)d more", bought.more) % {
        "words": bought.words, "more": bought.more,
    }  # fmt: skip


def money_of(posting: Posting, purchases: Mapping[UUID, Bought]) -> Money | None:
    """What counted, in the currency of the purchase."""
    bought = purchases.get(posting.purchase_id) if posting.purchase_id else None
    if bought is None or posting.money_minor is None:
        return None
    return Money(posting.money_minor, bought.purchase.currency)


def why_of(found: Why, purchases: Mapping[UUID, Bought]) -> dict[str, Any]:
    """The drawer of "why?"."""
    posting, points = found.posting, found.points
    counted = money_of(posting, purchases)
    is_difference = any(reason.rule == amending.KEY for reason in found.steps)
    what = _("Counts besides") if is_difference else _("Counts")
    if is_difference and points < 0:
        what = _("Counts no more")
    steps = [{"icon": "receipt", "words": what, "more": "", "figure": money(counted)}]
    steps = steps if counted and counted.minor else []
    steps += [_step(reason) for reason in found.steps]
    if posting.forgiven:
        steps.append({"icon": "plus", "words": _("Forgiven"), "more": _("It could not be taken."),
                      "figure": number(posting.forgiven)})  # fmt: skip
    return {
        "id": posting.public_id,
        "title": ngettext("Why %(points)s point?", "Why %(points)s points?", abs(points))
        % {"points": number(points)},
        "about": _("%(what)s, %(day)s")
        % {"what": text_of(posting, purchases, causes=causes_of([posting])),
           "day": day(posting.occurred_at)},
        "steps": steps, "total_words": _("Booked"), "total": signed(points),
        "refused": _not_given(found.refused),
        "note": " ".join([
            *_lots(found), *_booked(posting), _("Posting %(number)s") % {"number": posting.id},
        ]),
    }  # fmt: skip


def why_purchase(told: Sequence[Explained], bought: Bought) -> dict[str, Any]:
    """The drawer of "why?" of a purchase, in the points it earned, or would have."""
    points = sum(one.points for one in told)
    return {
        "title": ngettext("Why %(points)s point?", "Why %(points)s points?", abs(points))
        % {"points": number(points)},
        "about": _("%(what)s, %(day)s")
        % {"what": bought_words(bought), "day": day(bought.purchase.purchased_at)},
        "steps": [_step(reason) for one in told for reason in one.steps],
        "total_words": _("Booked") if points else _("Nothing was booked"),
        "total": signed(points),
        "refused": [row for one in told for row in _not_given(one.refused)],
        "note": "" if points else _("Computed by the rules of its day."),
    }


def _not_given(refused: Sequence[Refused]) -> list[dict[str, str]]:
    return [
        {"words": label(one.labels) or one.rule, "more": rule_words.reason(one.reason)}
        for one in refused
    ]


def _booked(posting: Posting) -> Iterator[str]:
    booked_at = booked_later(posting)
    if booked_at is not None:
        yield _("Booked on %(moment)s.") % {"moment": moment(booked_at)}


def _lots(found: Why) -> Iterator[str]:
    """From when points can be used that cannot be yet, and until when those of another life can."""
    for lot in found.lots:
        told = {"points": number(lot.amount)}
        if lot.activated_at is None and lot.active_at is not None:
            yield _("%(points)s can be used from %(day)s on.") % {
                **told, "day": day(lot.active_at),
            }  # fmt: skip
        elif lot.activated_at is None:
            yield _("%(points)s wait for something to happen.") % told
        elif lot.expires_at is not None:
            last = day(lot.expires_at - timedelta(seconds=1))
            yield _("%(points)s can be used through %(day)s.") % {**told, "day": last}


def _step(reason: Reason) -> dict[str, str]:
    if reason.rule == rates.KEY:
        return {"icon": "wallet", "words": _("Rate of exchange"),
                "more": rule_words.rate_words(reason.body), "figure": ""}  # fmt: skip
    if reason.rule == amending.KEY:
        return {"icon": "arrow-back-up", "words": _("Earned before"),
                "more": _("What was earned before it was put right"),
                "figure": signed(reason.after - reason.before)}  # fmt: skip
    if reason.rule in rule_words.NO_RULES:
        title, sentence = rule_words.NO_RULES[reason.rule]
        return {"icon": "plus", "words": str(title), "more": str(sentence),
                "figure": signed(reason.after - reason.before)}  # fmt: skip
    rule = {
        "rule": rule_words.rule_words(
            reason.body, currency=companies.current().currency, labels=reason.labels
        ),
        "version": reason.version,
    }
    return {
        "icon": "trophy" if reason.body.get("earn") == "factor" else "plus",
        "words": label(reason.labels) or reason.rule,
        "more": _("%(rule)s · version %(version)s") % rule,
        "figure": signed(reason.after - reason.before),
    }
