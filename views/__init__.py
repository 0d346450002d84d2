"""A query becomes a page’s data: totals read once, each visual drawn. No Flask, no Dash."""
