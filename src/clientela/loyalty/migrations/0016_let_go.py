from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("loyalty", "0015_notices")]

    operations = [
        AddIndexConcurrently(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("forgiven__gt", 0), ("kind", "forgive"), _connector="OR"),
                fields=["id"],
                name="postings_that_let_go",
            ),
        ),
    ]
