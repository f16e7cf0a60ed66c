"""Signs, validates and revokes JSON Web Tokens."""

__version__ = "0.1.0"
