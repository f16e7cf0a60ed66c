"""The examples of the RFCs verify; with one character changed, or under another algorithm, none of them does."""
import json

import pytest
from krakpy_jose.algorithms import NAMES, algorithm
from krakpy_jose.keys import KeySet
from krakpy_jose.tokens import TokenError, parsed

_PAYLOAD = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
VECTORS = {
    "RFC 7515 A.1": (
        "HS256",
        {
            "kty": "oct",
            "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        },
        f"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{_PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ),
    "RFC 7515 A.2": (
        "RS256",
        {
            "kty": "RSA",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4Ql"
            "L-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-"
            "KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9"
            "iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
            "e": "AQAB",
        },
        f"eyJhbGciOiJSUzI1NiJ9.{_PAYLOAD}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4B"
        "h-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSj"
        "tQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipU"
        "TI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    ),
    "RFC 7515 A.3": (
        "ES256",
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        f"eyJhbGciOiJFUzI1NiJ9.{_PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKT"
        "UJqPP3-Kg6NU1Q",
    ),
    "RFC 8037 A.4": (
        "EdDSA",
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhi"
        "jcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ),
}


def verifies(alg, key, text):
    """Whether a token is good, as the validator finds out."""
    keys = KeySet.read(json.dumps({"keys": [key]}).encode())
    verify = keys.verifiers("kid", algorithm(alg)).get("")
    try:
        token = parsed(text)
    except TokenError:
        return False
    return token.header.get("alg") == alg and verify is not None and verify(token.signed, token.signature)


@pytest.mark.parametrize(("alg", "key", "text"), VECTORS.values(), ids=VECTORS)
def test_an_example_verifies(alg, key, text):
    assert verifies(alg, key, text)


@pytest.mark.parametrize(("alg", "key", "text"), VECTORS.values(), ids=VECTORS)
def test_no_example_verifies_under_another_algorithm(alg, key, text):
    assert not any(verifies(other, key, text) for other in NAMES if other != alg)


def changed(text):
    """The text with every character of it changed, added and taken away, one at a time."""
    for place, character in enumerate(text):
        if character != ".":
            other = "B" if character == "A" else "A"
            yield text[:place] + other + text[place + 1 :]
        yield text[:place] + "A" + text[place:]
        yield text[:place] + text[place + 1 :]


@pytest.mark.parametrize(("alg", "key", "text"), VECTORS.values(), ids=VECTORS)
def test_no_change_of_a_single_character_passes(alg, key, text):
    assert not [other for other in changed(text) if other != text and verifies(alg, key, other)]
