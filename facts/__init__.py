"""Where totals come from: the `Facts` protocol, the pandas frame behind it, the table on disk."""

from facts.protocol import ALL_ROWS, DataProblem, Facts, Scope

__all__ = ["ALL_ROWS", "DataProblem", "Facts", "Scope"]
