"""What lists may ask of what covers a customer's things."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clientela.platform.conditions.columns import Column, Columns, Rows, of_family
from clientela.platform.conditions.facts import Fact, Relation, Type

FACTS = (Fact("covers.next_end", Type.DATE, _("Next cover that ends")),)
COVERS = Relation(
    "covers",
    _("Covers"),
    (
        Fact("cover.plan", Type.CHOICE, _("Plan")),
        Fact("cover.ends_on", Type.DATE, _("Cover ends")),
    ),
)
# The last day of each cover that runs now; of a policy its whole thing, not each part of it.
_RUNNING = f"""
    warranty_cover AS cover
    JOIN customers_customer AS covered ON covered.id = cover.customer_id
    LEFT JOIN warranty_policy AS policy
        ON policy.id = cover.policy_id AND policy.customer_id = cover.customer_id
    LEFT JOIN warranty_terms AS terms ON terms.id = policy.terms_id
    LEFT JOIN warranty_plan AS plan ON plan.id = terms.plan_id
    WHERE {of_family("covered")}
        AND cover.included
        AND cover.component_path = ''
        AND cover.starts_on <= %(today)s::date
        AND cover.ends_on > %(today)s::date"""
COLUMNS = Columns(
    {"covers.next_end": Column(f"(SELECT min(cover.ends_on) - 1 FROM {_RUNNING})")},
    {
        "covers": Rows(
            _RUNNING,
            {
                "cover.plan": Column("coalesce(plan.code, 'legal')"),
                "cover.ends_on": Column("(cover.ends_on - 1)"),
            },
        )
    },
)
