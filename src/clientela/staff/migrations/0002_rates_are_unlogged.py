from django.db import migrations


class Migration(migrations.Migration):
    """What a key may still call is not worth a write to the log of the database."""

    dependencies = [("staff", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE staff_ratebucket SET UNLOGGED", "ALTER TABLE staff_ratebucket SET LOGGED"
        ),
    ]
