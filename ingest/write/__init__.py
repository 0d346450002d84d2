"""Writes figures as a new version of the table: what is replaced, what stays, and whose files may be touched."""
