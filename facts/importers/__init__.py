"""A company's own data: exports of advertising platforms, warehouse tables and the shop's days, one file a source."""

from facts.importers.options import Options
from facts.importers.report import Dropped, Fault, Finding, Import, ImportProblem, WrongRows

__all__ = ["Dropped", "Fault", "Finding", "Import", "ImportProblem", "Options", "WrongRows"]
