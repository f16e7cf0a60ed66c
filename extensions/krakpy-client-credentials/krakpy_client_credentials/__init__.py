"""OAuth 2.0 client credentials for backends."""

__version__ = "0.1.0"
