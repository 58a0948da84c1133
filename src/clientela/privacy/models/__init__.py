"""The tables of this app, so that Django finds them."""

from clientela.privacy.models import consents, periods, rights

__all__ = ["consents", "periods", "rights"]
