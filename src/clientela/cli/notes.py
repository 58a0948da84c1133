"""Notes and tasks at the terminal."""

from __future__ import annotations

from datetime import date

import typer

from clientela.cli import naming
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

app = typer.Typer(help="Notes about customers.", epilog=EVERYWHERE, no_args_is_help=True)
tasks = typer.Typer(help="What is to be done.", epilog=EVERYWHERE, no_args_is_help=True)


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_notes(customer: str) -> None:
    """The notes about a customer, newest first.

    Examples: clientela notes list cus_0190…
              clientela notes list +37126124408 --json
    """
    from clientela.notes import queries
    from clientela.staff import queries as staff

    actor().needs("notes.view")
    rows = queries.notes_of(naming.family(customer))
    names = staff.names_of({row.written_by for row in rows})
    told = [
        {"id": row.public_id, "words": row.words, "written_at": row.written_at,
         "written_by": names.get(row.written_by, row.written_by)}
        for row in rows
    ]  # fmt: skip
    words = [f"{row['written_at']:%Y-%m-%d %H:%M}  {row['written_by']}\n{row['words']}\n"
             for row in told]  # fmt: skip
    answer(told, "\n".join(words) or "No notes yet.")


@app.command(epilog=EVERYWHERE)
@with_database()
def add(customer: str, words: str) -> None:
    """Write a note; a colleague named after an @ finds it among their tasks.

    Examples: clientela notes add cus_0190… "@liga please call back"
    """
    from clientela.flows import keep_notes

    who = actor()
    who.needs("notes.write")
    note = keep_notes.write_note(naming.customer(customer), words, actor=who, now=now())
    answer({"id": note.public_id, "words": note.words}, f"{note.public_id}  written down.")


@app.command(epilog=EVERYWHERE)
@with_database()
def tag(customer: str, tag: str, off: bool = False) -> None:
    """Put a tag on a customer, or take it off.

    Examples: clientela notes tag cus_0190… VIP
              clientela notes tag cus_0190… VIP --off
    """
    from clientela.flows import keep_notes
    from clientela.notes.rules import tag_key

    who = actor()
    who.needs("notes.write")
    if off:
        changed = keep_notes.take_tag(naming.customer(customer), tag_key(tag), actor=who, now=now())
    else:
        _tag, changed = keep_notes.put_tag(naming.customer(customer), tag, actor=who, now=now())
    answer({"tag": tag, "changed": changed}, "Saved." if changed else "It was so already.")


@tasks.command("list", epilog=EVERYWHERE)
@with_database()
def list_tasks(owner: str = "", limit: int = 50) -> None:
    """What is to be done, the most pressing first; of one person by e-mail, or of everybody.

    Examples: clientela tasks list
              clientela tasks list --owner liga@example.com --json
    """
    from clientela.customers import queries as customers
    from clientela.notes import queries
    from clientela.platform.errors import InvalidInput
    from clientela.staff import queries as staff

    actor().needs("notes.view")
    whose = ""
    if owner:
        person = staff.person_by_email(owner)
        if person is None:
            raise InvalidInput(f"Nobody here has the address {owner}.", field="--owner")
        whose = person.public_id
    rows = queries.open_tasks(owner=whose, limit=max(1, min(limit, queries.TASKS_SHOWN)))
    names = staff.names_of({row.owner for row in rows})
    called = customers.names_of(row.customer_id for row in rows)
    told = [
        {"id": row.public_id, "due_on": row.due_on, "words": row.words,
         "owner": names.get(row.owner, row.owner), "customer": called.get(row.customer_id, "")}
        for row in rows
    ]  # fmt: skip
    words = [f"{row['due_on']}  {row['id']}  {row['customer']}: {row['words']} ({row['owner']})"
             for row in told]  # fmt: skip
    answer(told, "\n".join(words) or "Nothing is to be done.")


@tasks.command("add", epilog=EVERYWHERE)
@with_database()
def add_task(customer: str, words: str, due: str, owner: str = "") -> None:
    """Set a task for a customer until a day; --owner is the e-mail of who is to do it.

    Examples: clientela tasks add cus_0190… "Send the contract" 2026-12-01 --owner liga@example.com
    """
    from clientela.flows import keep_notes
    from clientela.platform.errors import InvalidInput
    from clientela.staff import queries as staff

    who = actor()
    who.needs("notes.write")
    try:
        due_on = date.fromisoformat(due)
    except ValueError:
        raise InvalidInput(f"{due} is not a date; write it as 2026-12-01.", field="due") from None
    person = staff.person_by_email(owner) if owner else None
    if owner and person is None:
        raise InvalidInput(f"Nobody here has the address {owner}.", field="--owner")
    task = keep_notes.set_task(
        naming.customer(customer), words, due_on=due_on,
        owner=person.public_id if person else "", actor=who, now=now(),
    )  # fmt: skip
    answer({"id": task.public_id, "due_on": task.due_on}, f"{task.public_id}  until {task.due_on}.")


@tasks.command(epilog=EVERYWHERE)
@with_database()
def done(task: str) -> None:
    """A task is done; a second time changes nothing.

    Examples: clientela tasks done tsk_0190…
    """
    from clientela.flows import keep_notes

    who = actor()
    who.needs("notes.write")
    finished = keep_notes.finish_task(id_of("tsk", task), actor=who, now=now())
    answer({"id": finished.public_id, "done_at": finished.done_at}, "Done.")
