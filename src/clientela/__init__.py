"""Clientela: every customer's record, loyalty and service in one place."""

__version__ = "0.1.0"
