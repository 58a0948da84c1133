"""What a person likes: theme, row height, language."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Preference(models.Model):
    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable"
        COMPACT = "compact"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE
    )
    theme = models.TextField(choices=Theme.choices, default=Theme.SYSTEM)
    density = models.TextField(choices=Density.choices, default=Density.COMFORTABLE)
    language = models.TextField(default="")

    def __str__(self) -> str:
        return f"preferences of {self.person_id}"
