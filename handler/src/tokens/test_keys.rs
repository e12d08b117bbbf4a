//! Keys, certificates and tokens made on the spot.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use serde_json::{Value, json};

pub(crate) static RSA: LazyLock<PKey<Private>> = LazyLock::new(|| rsa(2048));
pub(crate) static OTHER_RSA: LazyLock<PKey<Private>> = LazyLock::new(|| rsa(2048));
pub(crate) static EC: LazyLock<EcKey<Private>> = LazyLock::new(|| {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    EcKey::generate(&group).unwrap()
});

pub(crate) fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

/// A key with the structure that vulnerable chips give it: primes k * M + 65537^a mod M (Nemec and others, CCS 2017),
/// where M is the product of the primes up to 167.
pub(crate) fn roca() -> PKey<Private> {
    let (one, exponent) = (BigNum::from_u32(1).unwrap(), BigNum::from_u32(65537).unwrap());
    let primes = [roca_prime(), roca_prime()];
    let [below_first, below_second] = [&primes[0] - &one, &primes[1] - &one];
    let modulus = &primes[0] * &primes[1];
    let private = inverse(&exponent, &(&below_first * &below_second));
    let (at_first, at_second) = (&private % &below_first, &private % &below_second);
    let coefficient = inverse(&primes[1], &primes[0]);
    let [first, second] = primes;
    let key = Rsa::from_private_components(
        modulus,
        exponent,
        private,
        first,
        second,
        at_first,
        at_second,
        coefficient,
    );
    PKey::from_rsa(key.unwrap()).unwrap()
}

fn inverse(of: &BigNum, modulus: &BigNum) -> BigNum {
    let (mut inverse, mut context) = (BigNum::new().unwrap(), BigNumContext::new().unwrap());
    inverse.mod_inverse(of, modulus, &mut context).unwrap();
    inverse
}

fn roca_prime() -> BigNum {
    let mut context = BigNumContext::new().unwrap();
    let mut product = BigNum::from_u32(1).unwrap();
    for number in 2..=167 {
        if (2..number).all(|divisor| number % divisor != 0) {
            product.mul_word(number).unwrap();
        }
    }
    let generator = BigNum::from_u32(65537).unwrap();
    let random = |bits| {
        let mut random = BigNum::new().unwrap();
        random
            .rand(bits, openssl::bn::MsbOption::TWO_ONES, false)
            .unwrap();
        random
    };
    loop {
        let (mut low, mut high) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        low.mod_exp(&generator, &random(128), &product, &mut context)
            .unwrap();
        let factor = &random(1024) / &product;
        high.checked_mul(&factor, &product, &mut context).unwrap();
        let candidate = &high + &low;
        if candidate.num_bits() == 1024 && candidate.is_prime(16, &mut context).unwrap() {
            return candidate;
        }
    }
}

pub(crate) fn x509(key: &PKey<Private>) -> X509 {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "test").unwrap();
    let name = name.build();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder
        .set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap())
        .unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder
        .set_not_before(&Asn1Time::from_unix(1_700_000_000).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::from_unix(1_900_000_000).unwrap())
        .unwrap();
    builder.set_pubkey(key).unwrap();
    builder.sign(key, MessageDigest::sha256()).unwrap();
    builder.build()
}

/// Key and certificate as PEM.
pub(crate) fn pem(key: &PKey<Private>) -> Vec<u8> {
    let mut pem = key.private_key_to_pem_pkcs8().unwrap();
    pem.extend(x509(key).to_pem().unwrap());
    pem
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token, signed with whatever `sign` does.
pub(crate) fn jws(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let signature = encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

pub(crate) fn rs256(key: &PKey<Private>) -> impl Fn(&[u8]) -> Vec<u8> {
    move |message| {
        let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
        signer.sign_oneshot_to_vec(message).unwrap()
    }
}

pub(crate) fn ps256(key: &PKey<Private>) -> impl Fn(&[u8]) -> Vec<u8> {
    move |message| {
        let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
        signer.set_rsa_padding(openssl::rsa::Padding::PKCS1_PSS).unwrap();
        let salt = openssl::sign::RsaPssSaltlen::DIGEST_LENGTH;
        signer.set_rsa_pss_saltlen(salt).unwrap();
        signer.sign_oneshot_to_vec(message).unwrap()
    }
}

pub(crate) fn ed25519(key: &PKey<Private>) -> impl Fn(&[u8]) -> Vec<u8> {
    move |message| {
        let mut signer = Signer::new_without_digest(key).unwrap();
        signer.sign_oneshot_to_vec(message).unwrap()
    }
}

pub(crate) fn hs256(secret: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = PKey::hmac(secret).unwrap();
    move |message| {
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.sign_oneshot_to_vec(message).unwrap()
    }
}

pub(crate) fn es256(key: &EcKey<Private>) -> impl Fn(&[u8]) -> Vec<u8> {
    move |message| {
        let signature = EcdsaSig::sign(&sha256(message), key).unwrap();
        let mut bytes = signature.r().to_vec_padded(32).unwrap();
        bytes.extend(signature.s().to_vec_padded(32).unwrap());
        bytes
    }
}

pub(crate) fn rsa_jwk(key: &PKey<Private>, kid: &str) -> Value {
    let rsa = key.rsa().unwrap();
    json!({ "kty": "RSA", "use": "sig", "kid": kid, "n": encode(rsa.n().to_vec()), "e": encode(rsa.e().to_vec()) })
}

pub(crate) fn ec_jwk(key: &EcKey<Private>, kid: &str) -> Value {
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    let mut context = BigNumContext::new().unwrap();
    key.public_key()
        .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
        .unwrap();
    let (x, y) = (
        encode(x.to_vec_padded(32).unwrap()),
        encode(y.to_vec_padded(32).unwrap()),
    );
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y })
}
