from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """What renews another holding is found while others write."""

    atomic = False

    dependencies = [("products", "0003_terms_and_meanings")]

    operations = [
        AddIndexConcurrently(
            model_name='holding',
            index=models.Index(condition=models.Q(('renewal_of__isnull', False)), fields=['renewal_of'], name='holdings_that_renew_others'),
        ),
        ValidateConstraint("product", "a_product_does_not_succeed_itself"),
    ]
