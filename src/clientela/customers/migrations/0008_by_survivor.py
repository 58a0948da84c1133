from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    """Who counts as whom, for lists that ask about the rows of merged customers as well."""

    atomic = False
    dependencies = [("customers", "0007_hidden")]
    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(Coalesce("merged_into", "id"), name="customers_by_survivor"),
        ),
    ]
