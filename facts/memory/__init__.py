"""The pandas frame: totals of rows that are in memory."""
