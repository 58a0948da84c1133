from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Least


class Migration(migrations.Migration):
    """A holding ends with its fixed rate or its term, whichever is sooner."""

    atomic = False

    dependencies = [("products", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            "holding",
            models.Index(
                Least("fixed_until_on", "matures_on"),
                name="holdings_that_end",
                condition=Q(closed_on__isnull=True)
                & (Q(fixed_until_on__isnull=False) | Q(matures_on__isnull=False)),
            ),
        ),
        RemoveIndexConcurrently("holding", "holdings_that_mature"),
    ]
