"""How many customers are found by a word: kept, so that a search knows which way is short."""

from __future__ import annotations

from django.db import models


class WordCount(models.Model):
    """Only what many customers share is kept, so that no row tells of one of them.

    `word` is a word, or the first letters of words with `*` behind; "" counts everybody.
    """

    word = models.TextField(primary_key=True)
    customers = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.word}: {self.customers}"
