#!/bin/sh
# Makes jws.json: tokens signed by the openssl command line alone, so that what we believe is checked against something
# that shares no code with us. The keys are thrown away; only public parts are kept. NEVER trust anything in here.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
text() { printf %s "$1" | b64url; }
json() { awk '{printf "%s\\n", $0}' "$1"; }

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/rsa" -out "$work/rsa-cert" -subj /CN=vectors -days 36500 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -out "$work/ec"
openssl req -x509 -key "$work/ec" -out "$work/ec-cert" -subj /CN=vectors -days 36500

# 2026-11-20T08:00:00Z is 1795161600; the assertion is valid for five minutes from then.
claims='{"iss":"okta","sub":"okta","aud":"https://idv.example.com/api/token","iat":1795161600,"exp":1795161900,"jti":"v1"}'
rs_message="$(text '{"alg":"RS256","typ":"JWT"}').$(text "$claims")"
rs_signature=$(printf %s "$rs_message" | openssl dgst -sha256 -sign "$work/rsa" -binary | b64url)
es_message="$(text '{"alg":"ES256","typ":"JWT"}').$(text "$claims")"
# The command line signs as ASN.1; a token wants both numbers at 32 bytes each.
es_signature=$(printf %s "$es_message" | openssl dgst -sha256 -sign "$work/ec" -binary \
  | openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p' \
  | while read -r number; do printf '%64s' "$number" | tr ' ' 0 | tail -c 64; done \
  | xxd -r -p | b64url)
pss_signature=$(printf %s "$rs_message" \
  | openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sign "$work/rsa" -binary | b64url)

cat > jws.json <<JSON
{
  "rsa_certificate": "$(json "$work/rsa-cert")",
  "ec_certificate": "$(json "$work/ec-cert")",
  "rs256": "$rs_message.$rs_signature",
  "es256": "$es_message.$es_signature",
  "rs256_header_over_pss_signature": "$rs_message.$pss_signature"
}
JSON
