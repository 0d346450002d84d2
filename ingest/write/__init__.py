"""Figures become a version of the table: what is replaced, what is kept, whose files they are."""
