"""The Import page’s addresses: files come in, are checked and kept, in processes of their own."""
