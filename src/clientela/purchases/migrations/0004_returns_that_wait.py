from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0003_lines_add_up")]

    operations = [
        migrations.AddField(
            model_name="return",
            name="original",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="return",
            name="product_code",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="return",
            name="quantity_milli",
            field=models.BigIntegerField(db_default=1000, default=1000),
        ),
        AddIndexConcurrently(
            model_name="return",
            index=models.Index(
                condition=models.Q(("purchase_id__isnull", True)),
                fields=["recorded_at"],
                name="returns_that_wait",
            ),
        ),
    ]
