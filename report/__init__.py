"""A page as a file, without a reader: `marketing-dashboard report`."""
