from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial")]

    operations = [
        migrations.AddField(
            "outgoingmail", "purpose", models.TextField(db_default="", default="")
        ),
        migrations.AlterField(
            "outgoingmail",
            "state",
            models.TextField(
                choices=[
                    ("queued", "Queued"),
                    ("sent", "Sent"),
                    ("filed", "Filed"),
                    ("failed", "Failed"),
                    ("undeliverable", "Undeliverable"),
                    ("stopped", "Stopped"),
                ],
                default="queued",
            ),
        ),
    ]
