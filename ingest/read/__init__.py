"""One file becomes one table of figures, or a sentence that says why not."""
