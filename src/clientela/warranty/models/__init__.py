"""The tables: what is promised (`promised`), what a customer has of it (`covered`), claims
(`claimed`). Django looks for them here.
"""

from clientela.warranty.models import claimed, covered, promised

__all__ = ["claimed", "covered", "promised"]
