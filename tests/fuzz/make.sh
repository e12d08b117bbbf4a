#!/bin/sh
# Makes corpus/keys.json: public keys, and tokens signed by the openssl command line with their private parts, which are
# thrown away. Every name and id is invented. NEVER trust anything in here.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
text() { printf %s "$1" | b64url; }

openssl genrsa -out "$work/rsa" 2048 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -out "$work/ec"
modulus=$(openssl rsa -in "$work/rsa" -noout -modulus | cut -d= -f2 | xxd -r -p | b64url)
openssl ec -in "$work/ec" -pubout -outform DER -out "$work/point" 2>/dev/null
x=$(tail -c 64 "$work/point" | head -c 32 | b64url)
y=$(tail -c 32 "$work/point" | b64url)

# 2026-11-20T08:00:00Z is 1795161600.
times='"iat":1795161000,"nbf":1795161000,"exp":1795165200'
app=99045fe1-7639-4a75-9d4a-577b6ca3810f
tenant=11111111-2222-4333-8444-555555555555
v2="{\"iss\":\"https://login.example/$tenant/v2.0\",\"aud\":\"api://idv.example\",\"azp\":\"$app\",\"ver\":\"2.0\",\"tid\":\"$tenant\",$times}"
v1="{\"iss\":\"https://login.example/$tenant/v2.0\",\"aud\":\"api://idv.example\",\"appid\":\"$app\",\"ver\":\"1.0\",$times}"
person="{\"iss\":\"https://login.example/$tenant/v2.0\",\"aud\":\"api://idv.example\",\"azp\":\"$app\",\"scp\":\"user\",$times}"
token() {
  message="$(text '{"typ":"JWT","alg":"RS256","kid":"k1"}').$(text "$1")"
  printf '%s.%s' "$message" "$(printf %s "$message" | openssl dgst -sha256 -sign "$work/rsa" -binary | b64url)"
}

cat > corpus/keys.json <<JSON
{
  "tenant": "$tenant",
  "application": "$app",
  "jwks": {
    "keys": [
      { "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": "$modulus", "e": "AQAB" },
      { "kty": "EC", "use": "sig", "alg": "ES256", "kid": "k2", "crv": "P-256", "x": "$x", "y": "$y" }
    ]
  },
  "entra_v2": "$(token "$v2")",
  "entra_v1": "$(token "$v1")",
  "entra_of_a_person": "$(token "$person")"
}
JSON
