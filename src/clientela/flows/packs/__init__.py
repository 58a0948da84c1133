"""Packs: profile types, fields and kinds of products in one file, for a trade or a company."""
