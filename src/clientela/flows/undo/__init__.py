"""An import is undone piece by piece, the latest first; each kind of record in its own file."""
