"""One letter to one mail server, and what the server said."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from html import escape
from pathlib import Path

from django.conf import settings

from clientela.mail.models import OutgoingMail
from clientela.privacy import links
from clientela.staff.letters import SmtpByAddress

ANSWER_LENGTH_MAX = 300


class Result(StrEnum):
    SENT = "sent"
    FILED = "filed"  # no mail server is set
    LATER = "later"  # it may work another time
    REFUSED = "refused"  # it never will


@dataclass(frozen=True, slots=True)
class Answer:
    result: Result
    words: str


def deliver(letter: OutgoingMail) -> Answer:
    """Try once. What is uncertain counts as `later`: it is repeated under the same Message-ID."""
    whole = written(letter).as_bytes(policy=SMTP)
    if not settings.SMTP:
        return _filed(letter, whole)
    server = SmtpByAddress(fail_silently=False)
    try:
        server.open()
        assert server.connection is not None
        server.connection.sendmail(letter.sender, [letter.recipient], whole)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = refused.recipients[letter.recipient]
        return _refused(code, words)
    except smtplib.SMTPResponseException as refused:
        return _refused(refused.smtp_code, refused.smtp_error)
    except (OSError, smtplib.SMTPException) as fault:
        return Answer(Result.LATER, _short(str(fault) or type(fault).__name__))
    finally:
        _hang_up(server)
    return Answer(Result.SENT, "")


def written(letter: OutgoingMail) -> EmailMessage:
    """The letter as it travels: text, and the same as plain HTML."""
    message = EmailMessage()
    message["Message-ID"] = letter.message_id
    message["Date"] = format_datetime(letter.queued_at)
    message["From"] = letter.sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = letter.in_reply_to
    if letter.purpose and letter.customer_id is not None:
        _may_be_refused(message, links.refusing(letter.customer_id, letter.purpose))
    message.set_content(letter.body)
    message.add_alternative(_as_html(letter), subtype="html")
    if letter.language:
        message["Content-Language"] = letter.language
    return message


def _may_be_refused(message: EmailMessage, address: str) -> None:
    """One click in the mail program refuses (RFC 8058)."""
    message["List-Unsubscribe"] = f"<{address}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _as_html(letter: OutgoingMail) -> str:
    paragraphs = "".join(
        f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in letter.body.split("\n\n")
    )
    language = f' lang="{escape(letter.language)}"' if letter.language else ""
    return f"<!doctype html><html{language}><body>{paragraphs}</body></html>"


def _filed(letter: OutgoingMail, whole: bytes) -> Answer:
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / f"{letter.public_id}.eml").write_bytes(whole)
    return Answer(Result.FILED, "no mail server is set")


def _refused(code: int, words: bytes | str) -> Answer:
    """4xx may work later; 5xx never will."""
    told = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    result = Result.REFUSED if code >= 500 else Result.LATER
    return Answer(result, _short(f"{code} {told}"))


def _short(words: str) -> str:
    return " ".join(words.replace("\0", "").split())[:ANSWER_LENGTH_MAX]


def _hang_up(server: SmtpByAddress) -> None:
    try:
        server.close()
    except (OSError, smtplib.SMTPException):
        server.connection = None
