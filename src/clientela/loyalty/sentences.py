"""What the log says of points, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from clientela.platform.money import Money
from clientela.ui import dates

Data = Mapping[str, Any]


def day(value: object) -> str:
    return dates.day(date.fromisoformat(str(value)), (get_language() or "en")[:2])


def earned(data: Data) -> str:
    points = int(data["points"])
    if data.get("event"):
        return ngettext(
            "%(points)d point earned: %(event)s", "%(points)d points earned: %(event)s", points
        ) % {"points": points, "event": event(str(data["event"]))}
    return ngettext("%(points)d point earned", "%(points)d points earned", points) % {
        "points": points
    }


def reversed_(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point taken back for a return",
        "%(points)d points taken back for a return",
        points,
    ) % {"points": points}


def forgiven(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point forgiven", "%(points)d points forgiven", points) % {
        "points": points
    }


def redeemed(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point used", "%(points)d points used", points) % {"points": points}


def restored(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point given back", "%(points)d points given back", points) % {
        "points": points
    }


def expired(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point expired", "%(points)d points expired", points) % {
        "points": points
    }


def activated(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point can be used now", "%(points)d points can be used now", points
    ) % {"points": points}  # fmt: skip


def extended(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point can be used longer, through %(last_on)s",
        "%(points)d points can be used longer, through %(last_on)s",
        points,
    ) % {"points": points, "last_on": day(data["last_on"])}


def reinstated(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d expired point can be used again, through %(last_on)s",
        "%(points)d expired points can be used again, through %(last_on)s",
        points,
    ) % {"points": points, "last_on": day(data["last_on"])}


def debt_forgiven(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "A debt of %(points)d point was forgiven",
        "A debt of %(points)d points was forgiven",
        points,
    ) % {"points": points}


def sent(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point given to another member",
        "%(points)d points given to another member",
        points,
    ) % {"points": points}


def received(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point came from another member",
        "%(points)d points came from another member",
        points,
    ) % {"points": points}


def held(data: Data) -> str:
    points = int(data["points"])
    return ngettext("%(points)d point set aside", "%(points)d points set aside", points) % {
        "points": points
    }


def released(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point free again", "%(points)d points free again", points
    ) % {"points": points}  # fmt: skip


def carried(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point came from a merged record",
        "%(points)d points came from a merged record",
        points,
    ) % {"points": points}


def carried_back(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point came back when the records were parted",
        "%(points)d points came back when the records were parted",
        points,
    ) % {"points": points}


def begun(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point that waited can be used",
        "%(points)d points that waited can be used",
        points,
    ) % {"points": points}


def expiry_announced(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "Told by letter: %(points)d point ends by %(last_on)s",
        "Told by letter: %(points)d points end by %(last_on)s",
        points,
    ) % {"points": points, "last_on": day(data["last_on"])}


def granted(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point given: %(reason)s", "%(points)d points given: %(reason)s", points
    ) % {"points": points, "reason": reason(str(data.get("reason", "")))}


def adjusted(data: Data) -> str:
    points = int(data["points"])
    if not data.get("reason"):
        return ngettext("%(points)d point adjusted", "%(points)d points adjusted", points) % {
            "points": points
        }
    return ngettext(
        "%(points)d point taken: %(reason)s", "%(points)d points taken: %(reason)s", points
    ) % {"points": points, "reason": reason(str(data["reason"]))}


def clawed_back(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point that a return could not take was taken back",
        "%(points)d points that a return could not take were taken back", points,
    ) % {"points": points}  # fmt: skip


def clawback_let_go(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point that a return could not take was let go",
        "%(points)d points that a return could not take were let go", points,
    ) % {"points": points}  # fmt: skip


def adjustment_requested(data: Data) -> str:
    points = int(data["points"])
    if data.get("takes"):
        return ngettext(
            "%(points)d point is to be taken; a second person decides",
            "%(points)d points are to be taken; a second person decides",
            points,
        ) % {"points": points}
    return ngettext(
        "%(points)d point is to be given; a second person decides",
        "%(points)d points are to be given; a second person decides",
        points,
    ) % {"points": points}


def adjustment_refused(data: Data) -> str:
    points = int(data["points"])
    return ngettext(
        "%(points)d point by hand refused", "%(points)d points by hand refused", points
    ) % {"points": points}


REASONS = {
    "goodwill": gettext_lazy("goodwill"),
    "compensation": gettext_lazy("compensation"),
    "correction": gettext_lazy("correction"),
    "missing": gettext_lazy("a purchase was missing"),
    "prize": gettext_lazy("prize"),
    "abuse": gettext_lazy("abuse"),
}
EVENTS = {
    "signed_up": gettext_lazy("signed up"),
    "birthday": gettext_lazy("birthday"),
    "referral": gettext_lazy("brought a friend"),
    "referred": gettext_lazy("came by a friend"),
    "review": gettext_lazy("wrote a review"),
    "survey": gettext_lazy("answered a survey"),
    "warranty_registered": gettext_lazy("registered a warranty"),
    "product_activated": gettext_lazy("activated a product"),
    "holding_anniversary": gettext_lazy("anniversary of a product"),
    "holding_renewed": gettext_lazy("renewed a product"),
    "cover_bought": gettext_lazy("bought a cover"),
    "consent_given": gettext_lazy("agreed to hear from us"),
    "delivered": gettext_lazy("was delivered"),
    "invoice_paid": gettext_lazy("paid the invoice"),
    "app_installed": gettext_lazy("installed the app"),
    "newsletter": gettext_lazy("takes the newsletter"),
}
AWAITED = {
    "delivered": gettext_lazy("delivery"),
    "invoice_paid": gettext_lazy("payment of the invoice"),
    "returns_over": gettext_lazy("end of the time for returns"),
    "product_activated": gettext_lazy("activation of the product"),
    "warranty_registered": gettext_lazy("registration of the warranty"),
}


def reason(code: str) -> str:
    """Why a person gave or took points."""
    return str(REASONS.get(code, code))


def event(name_: str, labels: Mapping[str, str] | None = None) -> str:
    """What an event is called; the company's own as it calls the rule, else by its name."""
    return str(EVENTS.get(name_) or name(labels or {}) or name_.replace("_", " "))


def awaited(name_: str) -> str:
    """What points wait for, as a thing that comes."""
    return str(AWAITED.get(name_) or event(name_))


def about(sentence: str) -> Callable[[Data], str]:
    """Sentences that name what the happening is about: a reward, a tier or an amount."""
    return lambda data: (
        gettext(sentence)
        % {
            "name": name(data.get("labels") or {}),
            "amount": amount(data),
            "partner": data.get("partner", ""),
        }
    )


def name(labels: Mapping[str, str]) -> str:
    language = (get_language() or "en")[:2]
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")


def amount(data: Data) -> str:
    if data.get("minor") is None:
        return ""
    return Money(int(data["minor"]), str(data["currency"])).shown((get_language() or "en")[:2])


def _(sentence: str) -> str:
    """Marks a sentence for translation; it is translated when it is told."""
    return sentence


def liability_closed(data: Mapping[str, Any]) -> str:
    return _("%(month)s is closed in the books of points") % {"month": data["month"]}


BY_NAME = {
    "liability.closed": liability_closed,
    "points.earned": earned,
    "points.expiry_announced": expiry_announced,
    "tier.announced": about(_("Told by letter that a tier is near")),
    "reward.announced": about(_("Told by letter that a reward can be had")),
    "notice.changed": about(_("A notice to members changed")),
    "points.begun": begun,
    "points.granted": granted,
    "points.adjusted": adjusted,
    "clawback.taken_back": clawed_back,
    "clawback.let_go": clawback_let_go,
    "adjustment.requested": adjustment_requested,
    "adjustment.refused": adjustment_refused,
    "customer.referred": about(_("Brought by a friend")),
    "earning.paused": about(_("Earning paused")),
    "earning.resumed": about(_("Earning goes on")),
    "points.reversed": reversed_,
    "points.forgiven": forgiven,
    "points.redeemed": redeemed,
    "points.restored": restored,
    "points.expired": expired,
    "points.activated": activated,
    "points.extended": extended,
    "points.reinstated": reinstated,
    "points.debt_forgiven": debt_forgiven,
    "points.sent": sent,
    "points.received": received,
    "points.held": held,
    "points.released": released,
    "points.carried": carried,
    "points.carried_back": carried_back,
    "pool.joined": about(_("Shares points with the household")),
    "pool.changed": about(_("What may be used of the household's points was changed")),
    "pool.left": about(_("No longer shares points with the household")),
    "coupon.issued": about(_("Coupon given: %(name)s")),
    "coupon.used": about(_("Coupon used: %(name)s")),
    "coupon.use_undone": about(_("Coupon free again: %(name)s")),
    "gift_card.issued": about(_("Gift card of %(amount)s issued")),
    "gift_card.topped_up": about(_("%(amount)s put on a gift card")),
    "gift_card.used": about(_("%(amount)s paid with a gift card")),
    "gift_card.refunded": about(_("%(amount)s went back to a gift card")),
    "gift_card.claimed": about(_("Gift card of %(amount)s taken into the wallet")),
    "gift_card.blocked": about(_("Gift card blocked")),
    "gift_card.freed": about(_("Gift card can be used again")),
    "gift_card.replaced": about(_("Gift card got a new code")),
    "gift_card.expired": about(_("%(amount)s on a gift card ended")),
    "wallet.topped_up": about(_("%(amount)s put into the wallet")),
    "wallet.used": about(_("%(amount)s paid from the wallet")),
    "wallet.refunded": about(_("%(amount)s went back to the wallet")),
    "benefit.promised": about(_("To be given: %(name)s")),
    "benefit.given": about(_("Given: %(name)s")),
    "benefit.refused": about(_("Could not be given: %(name)s")),
    "cash_out.requested": about(_("Asked for %(amount)s in cash")),
    "cash_out.approved": about(_("Payment of %(amount)s approved")),
    "cash_out.refused": about(_("Payment of %(amount)s refused")),
    "cash_out.exported": about(_("%(amount)s put into a file for the bank")),
    "cash_out.paid": about(_("%(amount)s paid out")),
    "cash_out.rejected": about(_("The bank refused to pay %(amount)s")),
    "cash_out.returned": about(_("%(amount)s came back from the bank")),
    "partner_statement.made": about(_("A month with a partner was settled")),
    "standing_order.given": about(_("Cash is paid by itself from now on")),
    "standing_order.ended": about(_("Cash is not paid by itself any more")),
    "standing_order.stopped": about(_("Cash was not paid by itself")),
    "travel_order.placed": about(_("Ordered %(name)s from %(partner)s")),
    "travel_order.confirmed": about(_("%(name)s confirmed by %(partner)s")),
    "travel_order.refused": about(_("%(name)s refused by %(partner)s")),
    "travel_order.timed_out": about(_("Nobody answered the order of %(name)s in time")),
    "travel_order.confirmed_late": about(_("%(partner)s confirmed %(name)s too late")),
    "travel_order.unreached": about(_("%(partner)s could not be asked about %(name)s")),
    "travel_order.handled": about(_("Somebody looked at the order of %(name)s")),
    "travel_order.cancelled": about(_("%(name)s given up")),
    "tier.reached": about(_("Reached %(name)s")),
    "tier.lost": about(_("No longer %(name)s")),
}
