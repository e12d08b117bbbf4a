"""Verification tokens and hints of the sample front, by jwcrypto: it shares no line and no library with the handler.

Reads a list of tasks (JSON) from standard input and writes a list of what came of them: for each task the result, or
{"refused": "<why>"} where jwcrypto refuses. Keys of verification tokens are the UTF-8 of a text, as in the sample.
"""

import base64
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from jwcrypto import jwe, jwk, jws, jwt
from jwcrypto.common import JWException, base64url_decode, base64url_encode

# Bytes of a content encryption key (RFC 7518 section 5.1) or of a key that wraps one (section 4.4).
KEY_BYTES = {"A128CBC-HS256": 32, "A192CBC-HS384": 48, "A256CBC-HS512": 64, "A128GCM": 16, "A256GCM": 32}
WRAPPING_KEY_BYTES = {"A128KW": 16, "A256KW": 32, "A256GCMKW": 32}


def secret(text, length=None):
    """The first `length` bytes of a text as a key; all of them when not given."""
    return jwk.JWK(kty="oct", k=base64url_encode(text.encode()[:length]))


def compact(value):
    """JSON without blanks; a text is JSON already."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def read(task):
    """Opens a verification token of the one form there is."""
    outer = jwe.JWE(algs=["dir", "A256CBC-HS512"])
    outer.deserialize(task["token"], secret(task["encryption"], 64))
    inner = jws.JWS()
    inner.allowed_algs = ["HS256"]
    inner.deserialize(outer.payload.decode(), secret(task["signing"]))
    return {
        "header": base64url_decode(task["token"].split(".")[0]).decode(),
        "inner": base64url_decode(outer.payload.decode().split(".")[0]).decode(),
        "claims": inner.payload.decode(),
    }


def signed(task):
    """A signed token under any header."""
    inner = jws.JWS(compact(task["claims"]))
    inner.add_signature(secret(task["signing"]), None, compact(task["inner"]), None)
    return inner.serialize(compact=True)


def make(task):
    """Makes a verification token under any two headers; without an outer one, only the signed token."""
    if task["header"] is None:
        return {"token": signed(task)}
    plain = task["plain"] if "plain" in task else signed(task)
    algorithm, encryption = task["header"]["alg"], task["header"]["enc"]
    length = KEY_BYTES[encryption] if algorithm == "dir" else WRAPPING_KEY_BYTES[algorithm]
    outer = jwe.JWE(plain, protected=compact(task["header"]))
    outer.add_recipient(secret(task["encryption"], length))
    return {"token": outer.serialize(compact=True)}


def hint(task):
    """Verifies a hint by the keys that are published, as B2C does."""
    keys = jwk.JWKSet.from_json(json.dumps(task["keys"]))
    checked = {"iss": task["issuer"], "aud": task["audience"], "exp": None, "nbf": None}
    token = jwt.JWT(jwt=task["token"], key=keys, algs=["RS256"], check_claims=checked)
    return {"header": json.loads(token.header), "claims": json.loads(token.claims)}


def certificates(task):
    """What each key of a set says of its certificate, taken from the certificate itself."""
    found = []
    for key in task["keys"]["keys"]:
        certificate = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
        public = jwk.JWK.from_pyca(certificate.public_key()).export_public(as_dict=True)
        digest = certificate.fingerprint(hashes.SHA1())
        not_before = int(certificate.not_valid_before_utc.timestamp())
        found.append({"n": public["n"], "e": public["e"], "sha1": digest.hex().upper(),
                      "x5t": base64url_encode(digest), "nbf": not_before})
    return {"certificates": found}


DO = {"read": read, "make": make, "hint": hint, "certificates": certificates}


def answer(task):
    try:
        return DO[task["do"]](task)
    except (JWException, ValueError) as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


json.dump([answer(task) for task in json.load(sys.stdin)], sys.stdout)
