"""`marketing-dashboard report`: writes a page as a file, without a browser open."""
