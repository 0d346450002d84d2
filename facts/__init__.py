"""Where totals come from: the `Facts` protocol, the pandas frame behind it, the table on disk."""

from facts.protocol import DataProblem, Facts, Scope

__all__ = ["DataProblem", "Facts", "Scope"]
