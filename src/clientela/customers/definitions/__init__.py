"""The shapes of records: profile types, their fields, and what a change of them would break."""
