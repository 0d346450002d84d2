"""Turns a query into a page’s data: totals are read once and each visual is drawn. No Flask, no Dash."""
