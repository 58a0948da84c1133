"""That somebody made sure of an identity. Each time is a row; none is edited."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Verification(models.Model):
    """`method`: how it was made sure of; `until`: from that day on it is to be done again."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    identity_id = models.UUIDField()
    method = models.TextField()
    verified_at = models.DateTimeField()
    verified_by = models.TextField()
    valid_until = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "identity_id", "-verified_at"], name="latest_verification"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} for {self.identity_id}"
