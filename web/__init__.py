"""Flask’s edges that are no Dash callback, and the server around them."""
