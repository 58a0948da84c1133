from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Lines that were there before are looked at without keeping anybody waiting."""

    dependencies = [("purchases", "0002_tills_and_amendments")]

    operations = [ValidateConstraint(model_name="line", name="line_amounts_add_up")]
