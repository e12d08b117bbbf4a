#!/usr/bin/env python3
"""Makes keys.json: public keys and tokens by Python's `cryptography`, which shares no code with the handler.

Weak keys on purpose: with exponent 1 a signature is the padded hash itself, with exponent 2 whoever knows the primes takes a square
root, and the last has the structure that CVE-2017-15361 (ROCA) gives away. The private keys are thrown away. NEVER trust anything in here.
"""
import base64
import hashlib
import json
import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

AUDIENCE = "https://idv.example.com/api/token"
ISSUED = 1795161600  # 2026-11-20T08:00:00Z


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def message(header: dict, jti: str = "v1", aud=AUDIENCE) -> bytes:
    claims = {"iss": "okta", "sub": "okta", "aud": aud, "iat": ISSUED, "exp": ISSUED + 300, "jti": jti}
    return ".".join(b64(json.dumps(part).encode()) for part in (header, claims)).encode()


def padded(text: bytes, size: int) -> int:
    """EMSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 9.2)."""
    digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(text).digest()
    return int.from_bytes(b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest, "big")


def jwk(kid: str, n: int, e: int) -> dict:
    return {"kty": "RSA", "use": "sig", "kid": kid, "n": number(n), "e": number(e)}


def token(text: bytes, signature: bytes) -> str:
    return text.decode() + "." + b64(signature)


def sign(key: rsa.RSAPrivateKey, header: dict, **claims) -> str:
    text = message({"alg": "RS256", **header}, **claims)
    return token(text, key.sign(text, padding.PKCS1v15(), hashes.SHA256()))


def is_prime(n: int) -> bool:
    return all(pow(base, n - 1, n) == 1 for base in (2, 3, 5, 7, 11, 13))


def primes(count: int) -> list[int]:
    found, n = [], 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def of_infineon(bits: int) -> int:
    """A prime k * M + 65537^a mod M, M the product of the first 126 primes (Nemec and others, CCS 2017)."""
    m = 1
    for p in primes(126):
        m *= p
    while True:
        low = pow(65537, secrets.randbits(256), m)
        k = (3 << (bits - 2)) // m + secrets.randbelow((1 << (bits - 2)) // m - 1)
        if (p := k * m + low).bit_length() == bits and is_prime(p):
            return p


def private(p: int, q: int, e: int = 65537) -> rsa.RSAPrivateKey:
    d = pow(e, -1, (p - 1) * (q - 1))
    crt = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *crt, rsa.RSAPublicNumbers(e, p * q)).private_key()


def square_root(p: int, q: int) -> tuple[bytes, int]:
    """A message whose padded hash is a square modulo p * q (both 3 modulo 4), and its root."""
    for jti in range(1000):
        text = message({"alg": "RS256", "kid": "two"}, jti=f"v{jti}")
        value = padded(text, 256)
        if pow(value, (p - 1) // 2, p) == 1 and pow(value, (q - 1) // 2, q) == 1:
            at_p, at_q = pow(value, (p + 1) // 4, p), pow(value, (q + 1) // 4, q)
            return text, at_p + p * ((at_q - at_p) * pow(p, -1, q) % q)
    sys.exit("no square")


def main() -> None:
    strong = rsa.generate_private_key(65537, 2048)
    three = rsa.generate_private_key(3, 2048)
    n = rsa.generate_private_key(65537, 2048).private_numbers().public_numbers.n
    one = message({"alg": "RS256", "kid": "one"})
    while True:
        blum = rsa.generate_private_key(65537, 2048).private_numbers()
        if blum.p % 4 == 3 and blum.q % 4 == 3:
            break
    two, root = square_root(blum.p, blum.q)
    p, q = of_infineon(1024), of_infineon(1024)
    types = ["JWT", "jwt", "client-authentication+jwt", "application/client-authentication+jwt", "at+jwt", "dpop+jwt", "logout+jwt", ""]
    other = "https://other.example.com"
    audiences = {
        "ours": AUDIENCE,
        "ours_in_a_list": [AUDIENCE],
        "all_ours": [AUDIENCE, "https://idv.example.com"],
        "ours_and_another": [AUDIENCE, other],
        "another_and_ours": [other, AUDIENCE],
        "another": other,
        "nobody": [],
    }
    out = {
        "strong": jwk("strong", strong.public_key().public_numbers().n, 65537),
        "types": {kind: sign(strong, {"kid": "strong", "typ": kind}) for kind in types},
        "no_type": sign(strong, {"kid": "strong"}),
        "audiences": {name: sign(strong, {"kid": "strong", "typ": "JWT"}, aud=aud) for name, aud in audiences.items()},
        "exponent_3": {"jwk": jwk("three", three.public_key().public_numbers().n, 3), "token": sign(three, {"kid": "three"})},
        "exponent_1": {"jwk": jwk("one", n, 1), "token": token(one, padded(one, 256).to_bytes(256, "big"))},
        "exponent_2": {"jwk": jwk("two", blum.public_numbers.n, 2), "token": token(two, root.to_bytes(256, "big"))},
        "roca": {"jwk": jwk("roca", p * q, 65537), "token": sign(private(p, q), {"kid": "roca"})},
    }
    Path(__file__).with_name("keys.json").write_text(json.dumps(out, indent=2) + "\n")


if __name__ == "__main__":
    main()
