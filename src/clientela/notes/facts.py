"""What lists may ask of what people noted of a customer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.columns import Column, Columns, of_family
from clientela.platform.conditions.facts import Fact, Type

FACTS = (Fact("notes.tags", Type.LIST, _("Tags")),)
_TAGGED = f"""
    SELECT DISTINCT lower(tagged.tag_id)
    FROM notes_tagged AS tagged
    JOIN customers_customer AS carrier ON carrier.id = tagged.customer_id
    WHERE {of_family("carrier")}
    ORDER BY 1"""
COLUMNS = Columns({"notes.tags": Column(f"nullif(ARRAY({_TAGGED}), '{{}}')")})
