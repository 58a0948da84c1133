"""What may be taken out of the record, each kind in its own file."""
