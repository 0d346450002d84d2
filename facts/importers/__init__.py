"""A company's own data: exports of advertising platforms, warehouse tables and the shop's days, one file a source."""

from facts.importers.options import Options
from facts.importers.report import Dropped, Finding, Import, ImportProblem

__all__ = ["Dropped", "Finding", "Import", "ImportProblem", "Options"]
