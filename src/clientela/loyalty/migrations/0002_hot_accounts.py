from django.db import migrations


class Migration(migrations.Migration):
    """Accounts are updated all the time in place: leave room in their pages, vacuum them early."""

    dependencies = [("loyalty", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE loyalty_account SET"
            " (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE loyalty_account RESET (fillfactor, autovacuum_vacuum_scale_factor)",
        ),
    ]
