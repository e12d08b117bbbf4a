//! The JSON that the sample's policies and its page read. camelCase names, `application/json; charset=utf-8`.

use bytes::Bytes;
use serde::Serialize;

use super::ordered;

/// Where a verification stands, in the words of the sample's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Progress {
    /// The person is verified.
    Success,
    /// The person is not, and will not be by waiting.
    Failed,
    /// It is not known yet: the page asks again.
    Retry,
}

/// Of `InitializeTransaction`: how the transaction is named, and where the person goes.
#[must_use]
pub(crate) fn transaction(reference: &str, redirect_url: &str) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Transaction<'a> {
        transaction_reference: &'a str,
        redirect_url: &'a str,
    }
    let answer = Transaction {
        transaction_reference: reference,
        redirect_url,
    };
    ordered::json(&answer).into()
}

/// Of `InitializeVerification`: the first token.
#[must_use]
pub(crate) fn verification(token: &str) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Verification<'a> {
        verification_token: &'a str,
    }
    let answer = Verification {
        verification_token: token,
    };
    ordered::json(&answer).into()
}

/// Of `VerifyTransactionStatus`: the next token, and where the verification stands.
#[must_use]
pub(crate) fn status(token: &str, status: Progress) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Status<'a> {
        verification_token: &'a str,
        status: Progress,
    }
    let answer = Status {
        verification_token: token,
        status,
    };
    ordered::json(&answer).into()
}

/// Of `ValidateVerificationToken`. A message that is not there is left out, where the sample writes `null`: an empty
/// claim and no claim are the same to its policies.
#[must_use]
pub(crate) fn validation(success: bool, message: Option<&str>) -> Bytes {
    #[derive(Serialize)]
    struct Validation<'a> {
        success: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<&'a str>,
    }
    ordered::json(&Validation { success, message }).into()
}

/// The body of 409, the only error that B2C reads.
#[must_use]
pub(crate) fn conflict(user_message: &str) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Conflict<'a> {
        version: &'a str,
        status: u16,
        user_message: &'a str,
    }
    let answer = Conflict {
        version: "1.0.0.0",
        status: 409,
        user_message,
    };
    ordered::json(&answer).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_as_the_sample_writes_it() {
        let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!(
            text(transaction("v-1", "https://idv.example.com/x?a=1&b=2")),
            r#"{"transactionReference":"v-1","redirectUrl":"https://idv.example.com/x?a=1&b=2"}"#
        );
        assert_eq!(text(verification("t")), r#"{"verificationToken":"t"}"#);
        for (progress, word) in [
            (Progress::Success, "SUCCESS"),
            (Progress::Failed, "FAILED"),
            (Progress::Retry, "RETRY"),
        ] {
            let expected = format!(r#"{{"verificationToken":"t","status":"{word}"}}"#);
            assert_eq!(text(status("t", progress)), expected);
        }
        assert_eq!(
            text(validation(false, Some("a \"b\""))),
            r#"{"success":false,"message":"a \"b\""}"#
        );
        assert_eq!(text(validation(true, None)), r#"{"success":true}"#);
        assert_eq!(
            text(conflict("m")),
            r#"{"version":"1.0.0.0","status":409,"userMessage":"m"}"#
        );
    }
}
