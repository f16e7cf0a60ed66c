"""Documents are downloaded whole, or not at all: from real servers on the loopback."""
import asyncio
import gzip
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from krakpy_jose.fetching import FetchError, fetch
from krakpy_jose.trust import client_context, pinned
from krakpy_sdk import ConfigError


@asynccontextmanager
async def serving(answer, context=None):
    """A server that answers every request with these bytes; the requests, and its address."""
    requests = []

    async def serve(reader, writer):
        try:
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            if answer is not None:
                writer.write(answer)
                await writer.drain()
                writer.close()
            else:
                await reader.read()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    scheme = "https" if context else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests
    finally:
        server.close()


async def document(answer, *, path="/keys?a=1", deadline_s=10.0, max_bytes=1000):
    async with serving(answer) as (url, _):
        return await fetch(url + path, context=None, deadline_s=deadline_s, max_bytes=max_bytes)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 2\r\n\r\n{}",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n",
        HEAD + b"\r\n{}",
        b"HTTP/1.0 200 OK\r\ncontent-type:application/json\r\n\r\n{}",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\n{}",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}"),
    ],
    ids=["length", "chunks", "until the end", "HTTP/1.0", "early hints", "gzip"],
)
async def test_a_document_in_every_framing(answer):
    assert await document(answer) == (200, "application/json", b"{}")


async def test_what_a_server_is_asked():
    async with serving(HEAD + b"\r\n{}") as (url, requests):
        await fetch(f"{url}/keys?a=1#x", context=None, deadline_s=10.0, max_bytes=10)
    head = requests[0].decode()
    assert head.startswith("GET /keys?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert "Connection: close\r\n" in head


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"",
        HEAD,
        HEAD + b"Content-Length: 3\r\n\r\n{}",
        HEAD + b"Content-Length: -1\r\n\r\n{}",
        HEAD + b"Content-Length: 2, 2\r\n\r\n{}",
        HEAD + b"Transfer-Encoding: gzip\r\n\r\n{}",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}",
        HEAD + b"Content-Encoding: br\r\n\r\n{}",
        HEAD + b"Content-Encoding: gzip\r\n\r\n{}",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}")[:-4],
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20000 + b"\r\n\r\n{}",
    ],
    ids=[
        "no HTTP", "nothing", "half a head", "short", "negative length", "two lengths", "other coding", "no size",
        "negative size", "cut chunks", "other encoding", "no gzip", "cut gzip", "long head",
    ],
)
async def test_broken_answers_are_no_documents(answer):
    with pytest.raises(FetchError):
        await document(answer)


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 1001\r\n\r\n" + b"x" * 1001,
        HEAD + b"\r\n" + b"x" * 1001,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"1f4\r\n" + b"x" * 500 + b"\r\n") * 3 + b"0\r\n\r\n",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 100_000),
    ],
    ids=["length", "until the end", "chunks", "gzip"],
)
async def test_o13_large_documents_are_refused(answer):
    """O13: 100 MB."""
    with pytest.raises(FetchError, match="larger than 1000 bytes"):
        await document(answer)


async def test_a_server_that_does_not_answer_is_left_at_the_deadline():
    with pytest.raises(FetchError, match="no answer within"):
        await document(None, deadline_s=0.05)


async def test_no_server_is_no_document():
    with pytest.raises(FetchError, match="ConnectionRefusedError"):
        await fetch("http://127.0.0.1:11/", context=None, deadline_s=10.0, max_bytes=10)


@pytest.mark.parametrize("url", ["ftp://a.test/", "file:///etc/passwd", "http://", "//a.test", "http://a.test:x/"])
async def test_only_addresses_of_http_are_asked(url):
    with pytest.raises(FetchError):
        await fetch(url, context=None, deadline_s=10.0, max_bytes=10)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1, the context of its server, and the digest of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp")])
    now = datetime.now(UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tls")
    pem, private = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(own.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return str(pem), context, sha256(spki).digest()


async def over_tls(certificate, *, ca_file="", pins=(), cipher_suites=()):
    _, server, _ = certificate
    async with serving(HEAD + b"Content-Length: 2\r\n\r\n{}", server) as (url, _):
        context = client_context(ca_file=ca_file, cipher_suites=cipher_suites)
        return await fetch(url, context=context, deadline_s=10.0, max_bytes=10, check_peer=pinned(pins))


async def test_certificates_are_verified(certificate):
    with pytest.raises(FetchError, match="SSLCertVerificationError"):
        await over_tls(certificate)
    assert (await over_tls(certificate, ca_file=certificate[0])).body == b"{}"


async def test_a_pinned_key_is_asked_for(certificate):
    good = {"ca_file": certificate[0]}
    assert (await over_tls(certificate, **good, pins=[bytes(32), certificate[2]])).status == 200
    with pytest.raises(FetchError, match="pinned"):
        await over_tls(certificate, **good, pins=[bytes(32)])


def test_cipher_suites_are_those_that_are_listed():
    def names(*suites):
        chosen = client_context(ca_file="", cipher_suites=suites).get_ciphers()
        return {cipher["name"] for cipher in chosen if cipher["protocol"] == "TLSv1.2"}

    assert names(49199) == {"ECDHE-RSA-AES128-GCM-SHA256"}
    assert names(49199, 4865) == {"ECDHE-RSA-AES128-GCM-SHA256"}
    assert len(names()) == len(names(4865)) == 6


def test_a_file_without_certificates_is_refused(tmp_path):
    for path in (tmp_path / "none.pem", tmp_path):
        with pytest.raises(ConfigError) as error:
            client_context(ca_file=str(path), cipher_suites=())
        assert error.value.path == "jwk_local_ca"
