"""Reads one file into one table of figures, or refuses it with a sentence that says why."""
