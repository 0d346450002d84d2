"""The Import page’s addresses: files arrive and are checked and kept by processes of their own."""
