"""OAuth 2.0 client credentials for backends: `auth/client-credentials`.

    {"auth/client-credentials": {"client_id": "gw", "client_secret": "…", "token_url": "https://idp.test/token"}}
"""
from krakpy_client_credentials.config import Config
from krakpy_client_credentials.credentials import ClientCredentials

__version__ = "0.1.0"
__all__ = ["ClientCredentials", "Config"]
