from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("loyalty", "0016_let_go")]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        AddIndexConcurrently(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False)),
                fields=["expires_at"],
                name="holds_that_end",
            ),
        ),
    ]
