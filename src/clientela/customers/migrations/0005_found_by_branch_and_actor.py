from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Customers of a branch, latest first, and whom somebody looked at: made while others write."""

    atomic = False
    dependencies = [("customers", "0004_who_sees_what")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                fields=["branch", "-last_activity_at", "-id"], name="customers_of_a_branch",
                condition=~Q(("branch", "")),
            ),
        ),
        AddIndexConcurrently(
            model_name="access",
            index=models.Index(fields=["actor", "-id"], name="accesses_by_an_actor"),
        ),
    ]
