"""Charts, one module each: a layout and trace prototypes sent to the browser once, and the arrays that fill them."""

from components.figures.frame import chart

__all__ = ["chart"]
