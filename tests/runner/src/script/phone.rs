//! A phone page, passed with the code from the mailbox.

use super::browser::Browser;
use super::file::Act;
use super::page::{Landing, PageView};
use crate::engine::Realm;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value as Json;

/// Asks for a code for `fill.number` (or the number the account has), sends it back (or `fill.code` instead), and
/// continues.
///
/// # Errors
/// When a request is refused that should not be, or not refused that should be.
pub(super) async fn pass(realm: &Realm, browser: &Browser, act: &Act, page: PageView) -> Result<Landing> {
    let typed = act.fill.get("number").map(String::as_str);
    let number = typed.or_else(|| page.value("number")).unwrap_or_default();
    let ask = [
        field("request_type", "VERIFICATION_REQUEST"),
        field("auth_type", "onewaysms"),
        field("id", number),
    ];
    let asked = browser.call(&page, "Phonefactor/verify", &ask).await?;
    if is_refused(&asked) {
        return refused(act, &asked, page);
    }
    let code = match act.fill.get("code") {
        Some(code) => code.clone(),
        None => newest_code(realm, number)?,
    };
    let answer = [
        field("request_type", "VALIDATION_REQUEST"),
        field("verification_code", &code),
    ];
    let answered = browser.call(&page, "Phonefactor/verify", &answer).await?;
    if is_refused(&answered) {
        return refused(act, &answered, page);
    }
    ensure!(
        act.refused.is_none(),
        "expected a refusal, but the phone was accepted"
    );
    browser.go(&page, "confirmed", &[]).await
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The tenant leaves punctuation out of numbers.
fn newest_code(realm: &Realm, number: &str) -> Result<String> {
    let bare: String = number.chars().filter(|one| !" -()".contains(*one)).collect();
    let newest = realm.mailbox.read(Some(&bare)).into_iter().next();
    newest
        .map(|message| message.code)
        .with_context(|| format!("no code for {bare} in the mailbox"))
}

fn is_refused(answer: &Json) -> bool {
    answer.get("status").and_then(Json::as_str) != Some("200")
}

fn refused(act: &Act, answer: &Json, page: PageView) -> Result<Landing> {
    let found = answer.get("message").and_then(Json::as_str).unwrap_or_default();
    match &act.refused {
        Some(wanted) if found.contains(wanted.as_str()) => Ok(Landing::Page(Box::new(page))),
        Some(wanted) => bail!("expected the refusal {wanted:?}, but it is {found:?}"),
        None => bail!("the phone was refused: {found}"),
    }
}
