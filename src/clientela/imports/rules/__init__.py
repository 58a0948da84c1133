"""Reading foreign tables: bytes, layout, mapping, typed rows, totals. No Django, no database."""
