"""Issues at the terminal: the queue, one issue, answering and resolving it, a customer's review."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

app = typer.Typer(
    help="List, open, answer and resolve issues.", epilog=EVERYWHERE, no_args_is_help=True
)
Option = typer.Option


@app.command("list", epilog=EVERYWHERE)
@with_database(switch="issues")
def list_(
    view: Annotated[str, Option(help="unassigned, customer, late, today or all")] = "all",
    search: Annotated[str, Option(help="A number, or words of the subject")] = "",
) -> None:
    """Open issues, what is due first at the top.

    Examples: clientela issues list --view late
              clientela issues list --search internet --json
    """
    from clientela.issues import queries
    from clientela.platform.errors import InvalidInput

    actor().needs("issues.view")
    if view not in queries.VIEWS:
        raise InvalidInput(f"A view is one of {', '.join(queries.VIEWS)}.", field="view")
    rows = queries.page(
        queries.Wanted(view, search=search), now=now(), tonight=_tonight(), limit=queries.LIST_MAX
    )
    answer(
        [_line(issue) for issue in rows],
        "\n".join(_words(issue) for issue in rows) or "Nothing is open.",
    )


@app.command(epilog=EVERYWHERE)
@with_database(switch="issues")
def show(number: int) -> None:
    """One issue: what was said, promised, and how it ended.

    Examples: clientela issues show 100017
              clientela issues show 100017 --json
    """
    from clientela.flows import show_issue

    actor().needs("issues.view")
    whole = show_issue.whole(number, now=now())
    said = [
        {"at": one.written_at.isoformat(), "direction": one.direction,
         "by": whole.names.get(one.author, one.author), "text": one.body}
        for one in whole.messages
    ]  # fmt: skip
    promised = [
        {"id": one.public_id, "kind": one.kind, "words": one.words,
         "due_at": one.due_at.isoformat(), "standing": clock.standing,
         "owed_by": whole.names.get(one.owed_by, one.owed_by)}
        for one, clock in whole.promises
    ]  # fmt: skip
    ended = [
        {"outcome": one.outcome, "cause": one.cause_id, "words": one.words,
         "by": whole.names.get(one.resolved_by, one.resolved_by),
         "undone": one.undone_at is not None}
        for one in whole.resolutions
    ]  # fmt: skip
    lines = [_words(whole.issue)]
    lines += [f"  {one['at'][:16]}  {one['direction']:4}  {one['by']}: {one['text']}"
              for one in said]  # fmt: skip
    lines += [f"  {one['standing']:9}  {one['kind']} {one['words']} by {one['due_at'][:16]}"
              for one in promised]  # fmt: skip
    lines += [f"  {one['outcome']} ({one['cause']}) {one['words']}" for one in ended]
    document = {
        **_line(whole.issue), "messages": said, "promises": promised, "resolutions": ended,
    }  # fmt: skip
    answer(document, "\n".join(lines))


@app.command("open", epilog=EVERYWHERE)
@with_database(switch="issues")
def open_(
    customer: str, text: str, *,
    subject: Annotated[str, Option(help="Left out it is the first line")] = "",
    holding: Annotated[str, Option(help="hol_… it is about, or none")] = "",
    queue: Annotated[str, Option(help="Key of a queue")] = "",
    complaint: Annotated[bool, Option("--complaint", help="It is a complaint")] = False,
) -> None:  # fmt: skip
    """Open an issue of a customer (cus_…).

    Examples: clientela issues open cus_0190… "No internet since morning" --holding none
    """
    from clientela.flows.open_issue import open_issue
    from clientela.issues.actions.opening import NewIssue
    from clientela.issues.models import Issue

    who = actor()
    who.needs("issues.answer")
    is_nothing = holding == "none"
    issue = open_issue(
        NewIssue(
            customer_id=id_of("cus", customer), text=text, subject=subject, queue=queue,
            channel=Issue.Channel.API, is_complaint=complaint, about_nothing=is_nothing,
            holding_id=id_of("hol", holding) if holding and not is_nothing else None,
        ),
        actor=who, now=now(),
    )  # fmt: skip
    answer({"number": issue.number, "id": issue.public_id}, f"Issue {issue.number} is open.")


@app.command("answer", epilog=EVERYWHERE)
@with_database(switch="issues")
def answer_(
    number: int, text: str,
    note: Annotated[bool, Option("--note", help="For the company only")] = False,
) -> None:  # fmt: skip
    """Answer the customer; it leaves as a letter to their address. Or write a note.

    Examples: clientela issues answer 100017 "We are on it."
              clientela issues answer 100017 "Called the field team." --note
    """
    from clientela.flows import answer_issue as talks
    from clientela.issues.actions.talk import Said
    from clientela.issues.models import Issue

    who = actor()
    who.needs("issues.answer")
    said = Said(text, Issue.Channel.EMAIL)
    carry_out = talks.note_on_issue if note else talks.answer_issue
    done = carry_out(number, said, actor=who, now=now())
    to = done.letter.recipient if done.letter else ""
    answer(
        {"message": done.message.public_id, "recipient": to, "version": done.issue.version},
        f"The answer goes to {to}." if to else "Written down.",
    )


@app.command(epilog=EVERYWHERE)
@with_database(switch="issues")
def resolve(number: int, outcome: str, cause: str, words: str) -> None:
    """Resolve an issue: outcome, cause and what was done.

    Examples: clientela issues resolve 100017 solved network "Cable joined."
    """
    from clientela.flows.handle_issue import resolve_issue
    from clientela.issues.actions.ending import Ending

    who = actor()
    who.needs("issues.answer")
    issue, resolution = resolve_issue(number, Ending(outcome, cause, words), actor=who, now=now())
    answer(
        {"number": issue.number, "state": issue.state_id, "outcome": resolution.outcome},
        f"Issue {issue.number} is resolved.",
    )


@app.command(epilog=EVERYWHERE)
@with_database(switch="issues")
def review(customer: str) -> None:
    """A customer's detailed review: every issue, its promises and how it ended.

    Examples: clientela issues review cus_0190…
              clientela issues review cus_0190… --json
    """
    from clientela.flows import show_issue
    from clientela.issues import review as reviews

    actor().needs("issues.view")
    family = show_issue.customer_of(id_of("cus", customer))
    found = reviews.of_family(family, now=now())
    rows = [_reviewed(one, found.names) for one in found.issues]
    totals = {
        "issues": found.totals.issues, "open": found.totals.open,
        "complaints": found.totals.complaints, "kept": found.totals.kept,
        "broken": found.totals.broken, "reopened": found.totals.reopened,
    }  # fmt: skip
    lines = [f"{key}: {value}" for key, value in totals.items()]
    lines += [
        f"{row['number']}  {row['opened_at'][:10]}  {row['subject']}"
        f"  {row['outcome'] or row['state']}  promises {', '.join(row['promises']) or '-'}"
        for row in rows
    ]
    answer({"totals": totals, "issues": rows}, "\n".join(lines))


@app.command(epilog=EVERYWHERE)
@with_database(switch="issues")
def clock(
    start: str, minutes: int,
    calendar: Annotated[str, Option(help="Key of a calendar; else the company's")] = "",
) -> None:  # fmt: skip
    """When something is due: START and so many minutes of open time.

    Examples: clientela issues clock 2027-02-10T16:30+02:00 45
              clientela issues clock 2027-02-10T16:30+02:00 45 --calendar office --json
    """
    from clientela.platform.errors import InvalidInput
    from clientela.staff import calendars

    actor().needs("issues.view")
    try:
        begins = datetime.fromisoformat(start)
    except ValueError:
        raise InvalidInput("Write an instant such as 2027-02-10T16:30+02:00.",
                           field="start") from None  # fmt: skip
    if begins.tzinfo is None:
        raise InvalidInput("An instant needs its zone, such as +02:00.", field="start")
    chosen = calendars.get(calendar) if calendar else calendars.listed()[0]
    hours, zone = calendars.open_time_of(chosen), calendars.zone_of(chosen)
    due = hours.add(begins, minutes * 60)
    steps = [
        {"starts_at": one.starts_at.astimezone(zone).isoformat(),
         "ends_at": one.ends_at.astimezone(zone).isoformat(), "seconds": one.seconds}
        for one in hours.stretches(begins, due)
    ]  # fmt: skip
    shown = due.astimezone(zone).isoformat()
    lines = [f"  {one['starts_at']} - {one['ends_at']}  {one['seconds']} s" for one in steps]
    answer(
        {"calendar": chosen.key, "due_at": shown, "steps": steps},
        "\n".join([f"due {shown} ({chosen.name})", *lines]),
    )


def _reviewed(one: Any, names: Any) -> dict[str, Any]:
    standing = one.standing
    return {
        "number": one.issue.number, "subject": one.issue.subject, "claim": one.claim,
        "product": one.product or None, "opened_at": one.issue.opened_at.isoformat(),
        "state": one.issue.state_id, "complaint": one.issue.complaint_at is not None,
        "promises": [made.clock.standing for made in one.promises],
        "outcome": standing.outcome if standing else None,
        "cause": standing.cause_id if standing else None,
        "resolved_by": names.get(standing.resolved_by) if standing else None,
        "reopenings": one.reopenings,
    }  # fmt: skip


def _line(issue: Any) -> dict[str, Any]:
    return {
        "number": issue.number, "subject": issue.subject, "customer": issue.customer_name,
        "product": issue.product_name, "owner": issue.owner_name, "queue": issue.queue.key,
        "state": issue.state_id, "priority": issue.priority,
        "complaint": issue.complaint_at is not None,
        "next_due_at": issue.next_due_at.isoformat() if issue.next_due_at else None,
    }  # fmt: skip


def _words(issue: Any) -> str:
    due = issue.next_due_at.isoformat(timespec="minutes") if issue.next_due_at else "-"
    return f"{issue.number}  {due}  {issue.state_id}  {issue.customer_name}: {issue.subject}"


def _tonight() -> datetime:
    from datetime import timedelta

    from clientela.platform import periods
    from clientela.staff import company

    here = company.current()
    return periods.local_midnight(here.today(now()) + timedelta(days=1), here.zone)
