from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0025_stamp_and_headroom")]

    operations = [
        migrations.AddField(
            model_name="allocation", name="paid_at", field=models.DateTimeField(null=True)
        ),
    ]
