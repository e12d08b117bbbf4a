//! Making texts: random ones, secrets, addresses.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::form_urlencoded;

use super::super::{
    Failure,
    call::{Call, Outcome, broken, one},
    dotnet,
};
use crate::claims::Value;
use loopback::random::uuid_of;

/// Letters of base 32 (RFC 4648 §6) in lower case, as authenticator secrets are shown.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Ten random bytes in base 32: 16 letters.
pub(in super::super) fn otp_secret(call: &Call<'_>) -> Outcome {
    let mut bytes = [0; 10];
    (call.context.random)(&mut bytes);
    let bits = bytes
        .iter()
        .fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letter = |at: u32| {
        let index = usize::try_from((bits >> (75 - 5 * at)) & 31).unwrap_or_default();
        BASE32.get(index).copied().map(char::from).unwrap_or_default()
    };
    Ok(one("outputClaim", Value::String((0..16).map(letter).collect())))
}

/// A GUID or a whole number, formatted and encoded as asked.
pub(in super::super) fn random(call: &Call<'_>) -> Outcome {
    let text = match call
        .need_parameter("randomGeneratorType")?
        .to_ascii_uppercase()
        .as_str()
    {
        "GUID" => guid(call),
        "INTEGER" => integer(call)?.to_string(),
        other => return Err(broken(format!("there is no random generator {other}"))),
    };
    let text = match call.parameter("stringFormat") {
        Some(template) => dotnet::format(&call.expression(template), &[text]).map_err(broken)?,
        None => text,
    };
    let text = if call.switch("base64", false) {
        STANDARD.encode(text)
    } else {
        text
    };
    Ok(one("outputClaim", Value::String(text)))
}

fn guid(call: &Call<'_>) -> String {
    let mut bytes = [0; 16];
    (call.context.random)(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    uuid_of(&bytes)
}

/// Below `maximumNumber`; a seed always gives the number .NET gives for it.
fn integer(call: &Call<'_>) -> Result<i32, Failure> {
    let within =
        |number: i64, id: &str| i32::try_from(number).map_err(|_| broken(format!("{id} is out of range")));
    let maximum = within(
        call.number("maximumNumber")?.unwrap_or(i64::from(i32::MAX)),
        "maximumNumber",
    )?;
    if maximum < 0 {
        return Err(broken("maximumNumber is negative"));
    }
    if let Some(seed) = call.number("seed")? {
        return Ok(dotnet::seeded(within(seed, "seed")?, maximum));
    }
    let mut bytes = [0; 8];
    (call.context.random)(&mut bytes);
    let number = u64::from_be_bytes(bytes) % u64::from(maximum.unsigned_abs().max(1));
    Ok(i32::try_from(number).unwrap_or_default())
}

/// `scheme://host/path?…`, with every part called `query.…` as a query parameter, claims before constants.
pub(in super::super) fn build_uri(call: &Call<'_>) -> Outcome {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for input in &call.transformation.inputs {
        if let (Some(name), Some(value)) = (query_name(&input.role), call.bag.text(&input.claim)) {
            query.append_pair(name, &value);
        }
    }
    for parameter in &call.transformation.parameters {
        if let Some(name) = query_name(&parameter.id) {
            query.append_pair(name, &call.expression(&parameter.value));
        }
    }
    let (scheme, host) = (call.need_parameter("scheme")?, call.need_parameter("host")?);
    let path = encoded(&call.text("path").unwrap_or_default());
    let query = query.finish();
    let query = if query.is_empty() {
        query
    } else {
        format!("?{query}")
    };
    Ok(one(
        "outputClaim",
        Value::String(format!("{scheme}://{host}/{path}{query}")),
    ))
}

fn query_name(role: &str) -> Option<&str> {
    let (prefix, name) = role.split_once('.')?;
    prefix.eq_ignore_ascii_case("query").then_some(name)
}

/// Percent-encoding of a path, in which `:`, `@` and `/` may stand (RFC 3986 §3.3).
fn encoded(path: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    path.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::super::super::bench::Bench;

    #[test]
    fn a_secret_has_sixteen_letters_of_base_32() {
        let secret = Bench::new("CreateOtpSecret")
            .output("out", "outputClaim")
            .out()
            .unwrap();
        // printf '\7\7\7\7\7\7\7\7\7\7' | base32
        assert_eq!(secret, "a4dqobyha4dqobyh");
    }

    fn random(kind: &str) -> Bench {
        Bench::new("CreateRandomString")
            .parameter("randomGeneratorType", kind)
            .output("out", "outputClaim")
    }

    #[test]
    fn a_guid_has_version_four() {
        assert_eq!(
            random("guid").out().as_deref(),
            Some("07070707-0707-4707-8707-070707070707")
        );
    }

    #[test]
    fn a_number_is_formatted_and_encoded() {
        let number = || {
            random("INTEGER")
                .parameter("maximumNumber", "1000")
                .parameter("stringFormat", "OTP_{0}")
        };
        let text = number().out().unwrap();
        let digits: u32 = text.strip_prefix("OTP_").unwrap().parse().unwrap();
        assert!(digits < 1000);
        let encoded = number().parameter("base64", "true").out().unwrap();
        let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
        assert_eq!(String::from_utf8(decoded).unwrap(), text);
    }

    #[test]
    fn a_seed_gives_the_same_number_every_time() {
        let seeded = || {
            random("INTEGER")
                .parameter("maximumNumber", "100")
                .parameter("seed", "1")
                .out()
        };
        assert_eq!(seeded().as_deref(), Some("24"));
        assert_eq!(seeded(), seeded());
    }

    #[test]
    fn an_unknown_generator_is_an_error() {
        assert!(random("DICE").broken());
    }

    #[test]
    fn an_authenticator_address_is_built() {
        let bench = Bench::new("BuildUri").input("l", "path", "Contoso demo:emily@fabrikam.com");
        let bench = bench
            .input("s", "query.secret", "fay2lj7ynpntjgqa")
            .parameter("scheme", "otpauth");
        let bench = bench
            .parameter("host", "totp")
            .parameter("query.issuer", "Contoso demo");
        let uri =
            "otpauth://totp/Contoso%20demo:emily@fabrikam.com?secret=fay2lj7ynpntjgqa&issuer=Contoso+demo";
        assert_eq!(bench.output("out", "outputClaim").out().as_deref(), Some(uri));
    }
}
