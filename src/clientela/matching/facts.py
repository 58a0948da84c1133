"""What lists may ask of who may be whom."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.columns import Column, Columns, of_family
from clientela.platform.conditions.facts import Fact, Type

FACTS = (Fact("duplicates.open", Type.NUMBER, _("Possible doubles")),)
COLUMNS = Columns({
    "duplicates.open": Column(
        "(SELECT count(*)::numeric FROM customers_customer AS side"
        " JOIN matching_pair AS pair ON side.id IN (pair.customer_id, pair.other_id)"
        f" WHERE {of_family('side')} AND pair.is_open)"
    ),
})  # fmt: skip
