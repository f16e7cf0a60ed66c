"""Signs, validates and revokes JSON Web Tokens: `auth/validator`, `auth/signer` and `auth/revoker`.

    {"auth/validator": {"alg": "RS256", "jwk_url": "https://idp.test/keys", "cache": true}}
"""
from krakpy_jose.generations import Generations, Revocations
from krakpy_jose.key_server import Jwks, KeyServer
from krakpy_jose.revoker import Revoker
from krakpy_jose.service import SharedKeys
from krakpy_jose.signer import Signer, SignerGate
from krakpy_jose.validator import Validator

__version__ = "0.1.0"
__all__ = [
    "Generations", "Jwks", "KeyServer", "Revocations", "Revoker", "SharedKeys", "Signer", "SignerGate", "Validator",
]
