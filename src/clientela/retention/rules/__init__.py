"""Deciding what to offer: definitions, gates, scores, rests. Pure arithmetic, without a clock."""
