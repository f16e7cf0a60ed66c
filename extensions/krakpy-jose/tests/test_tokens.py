"""A token has three parts in base64url, and nothing that a lenient reader would let pass."""
import pytest
from krakpy_jose.tokens import MAX_TOKEN_CHARACTERS, TokenError, decoded, parsed


def test_the_parts_of_a_token(issuer):
    text = issuer.token({"sub": "ada"})
    token = parsed(text)
    assert token.header == {"alg": "HS256", "kid": "HS256", "typ": "JWT"}
    assert token.signed == text.rpartition(".")[0].encode()
    assert token.claims() == {"sub": "ada"}
    assert len(token.signature) == 32


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: "garbage",
        lambda text: text.rpartition(".")[0],
        lambda text: text.rpartition(".")[0] + ".",
        lambda text: "." + text.partition(".")[2],
        lambda text: text.replace(".", "..", 1),
        lambda text: text + ".x",
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text[:20] + "\n" + text[20:],
        lambda text: text[:20] + "+" + text[21:],
        lambda text: text[:20] + "/" + text[21:],
        lambda text: text[:20] + "é" + text[21:],
        lambda text: text + "AA",
        lambda text: '{"payload":"e30","protected":"e30","signature":"e30"}',
        lambda text: "e30." + "A" * MAX_TOKEN_CHARACTERS + ".e30",
    ],
    ids=[
        "empty", "one part", "two parts", "no signature", "no header", "no payload", "four parts", "padding",
        "line end", "space before", "line end within", "plus", "slash", "no ASCII", "two characters more",
        "JSON serialisation",
        "too long",
    ],
)
def test_other_texts_are_no_tokens(issuer, change):
    with pytest.raises(TokenError):
        parsed(change(issuer.token()))


def test_bits_that_nobody_reads_have_to_be_zero():
    assert decoded("AA") == b"\0"
    with pytest.raises(TokenError):
        decoded("AB")
    assert decoded("AAA") == b"\0\0"
    with pytest.raises(TokenError):
        decoded("AAB")


@pytest.mark.parametrize(
    "header",
    ['{"alg":"HS256","crit":["exp"],"exp":1}', '{"alg":"HS256","crit":[]}', '{"alg":"HS256","b64":false}', "[]", "zzz",
     '{"alg":"HS256","alg":"none"}'],
    ids=["crit", "empty crit", "b64", "list", "no JSON", "alg twice"],
)  # fmt: skip
def test_headers_that_are_not_understood_end_it(issuer, header):
    with pytest.raises(TokenError):
        parsed(issuer.sign(header, "{}", "HS256"))


@pytest.mark.parametrize("payload", ["[1]", "zzz", "null", "1", '{"a":1,"a":2}'])
def test_claims_are_an_object(issuer, payload):
    with pytest.raises(TokenError):
        parsed(issuer.sign({"alg": "HS256"}, payload, "HS256")).claims()
