"""One figure a file: a layout and trace prototypes that the browser knows beforehand, and the arrays that fill them."""

from components.figures.frame import chart

__all__ = ["chart"]
