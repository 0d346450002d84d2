"""Everything Flask answers that is no Dash callback, and the gunicorn worker around it."""
