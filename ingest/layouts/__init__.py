"""The columns of each platform’s exports, one module a platform."""
