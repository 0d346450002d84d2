"""Imports: files exported from advertising platforms, warehouse tables and the shop’s days become the facts table."""
