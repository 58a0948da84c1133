"""Sending the house's own letters through an SMTP server given as an address."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

DEFAULT_PORTS = {"smtp": 25, "smtps": 465, "submission": 587}


class SmtpByAddress(EmailBackend):
    """`CLIENTELA_SMTP_URL` = smtp://user:password@host:port; smtps: TLS, submission: STARTTLS."""

    def __init__(self, *args: Any, **options: Any) -> None:
        place = urlsplit(settings.SMTP)
        super().__init__(
            host=place.hostname,
            port=place.port or DEFAULT_PORTS.get(place.scheme, 25),
            username=unquote(place.username or ""),
            password=unquote(place.password or ""),
            use_ssl=place.scheme == "smtps",
            use_tls=place.scheme == "submission",
            timeout=settings.EMAIL_TIMEOUT,
            fail_silently=bool(options.get("fail_silently")),
        )
