"""The Delta table on disk: its rows, its versions, what goes with it."""
