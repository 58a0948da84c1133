"""Django's backend for PostgreSQL, with transactions that are begun and ended by one call each."""
