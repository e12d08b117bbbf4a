//! The globals of a page: `SETTINGS`, `CONTENT`, `SA_FIELDS`, `CP`.

use super::{Page, PageControl, PageField, PageItem};
use crate::model::words::UserInputType;
use serde_json::{Map, Value, json};

/// The inline script that sets the globals. No text of a policy can end the script element.
pub(super) fn script(page: &Page) -> String {
    let rows = [
        (
            "CP",
            json!({"list": page.providers.iter().map(|one| json!({"id": one.id, "description": one.name})).collect::<Vec<_>>()}),
        ),
        (
            "SA_FIELDS",
            json!({"AttributeFields": page.items.iter().map(item).collect::<Vec<_>>()}),
        ),
        ("CONTENT", json!(page.texts)),
        ("SETTINGS", settings(page)),
    ];
    let line = |(name, value): (&str, Value)| format!("window.{name} = {};\n", safe(&value));
    rows.into_iter().map(line).collect()
}

/// JSON inside a script element: `<` cannot begin a tag, and the two line separators stay legal.
fn safe(value: &Value) -> String {
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn settings(page: &Page) -> Value {
    let flag = |name: &str, default: bool| match page.settings.get(name).map(|text| text.to_ascii_lowercase())
    {
        Some(text) => text == "true",
        None => default,
    };
    let text = |name: &str, default: &str| page.settings.get(name).map_or(default, String::as_str).to_owned();
    let (lang, country) = page.language.split_once('-').unwrap_or((&page.language, ""));
    json!({
        "remoteResource": page.template,
        "retryLimit": text("retrylimit", "7").parse().unwrap_or(7),
        "trimSpacesInPassword": true,
        "api": page.api.word(),
        "csrf": page.csrf,
        "transId": page.transaction,
        "contentDefinition": page.content_definition,
        "pageViewId": page.walk,
        "suppressElementCss": false,
        "isPageViewIdSentWithHeader": false,
        "allowAutoFocusOnPasswordField": true,
        "pageMode": 0,
        "dataUri": page.data_uri,
        "scriptsAllowed": page.scripts,
        "config": {
            "showSignupLink": page.sign_up,
            "showContinueButton": flag("showcontinuebutton", true),
            "showCancelButton": flag("showcancelbutton", true),
            "operatingMode": text("operatingmode", "Email"),
            "enableRememberMe": flag("enablerememberme", false),
            "forgotPasswordLinkLocation": text("forgotpasswordlinklocation", "AfterInput"),
            "forgotPasswordLinkOverride": page.forgot_password.as_ref().map(|exchange| &exchange.id),
            "inputVerificationDelayTimeInMilliseconds":
                text("inputverificationdelaytimeinmilliseconds", "2000").parse().unwrap_or(2000),
            "announceVerCompleteMsg": true,
        },
        "hosts": {
            "tenant": page.path,
            "policy": page.policy,
            "static": format!("{}/runner/", page.origin),
        },
        "locale": {"lang": lang, "country": country},
        "xhrSettings": {"retryEnabled": true, "retryMaxAttempts": 3, "retryDelay": 200, "retryExponent": 2},
    })
}

fn item(item: &PageItem) -> Value {
    match item {
        PageItem::Field(one) => field(one),
        PageItem::Control(one) => control(one),
    }
}

fn control(control: &PageControl) -> Value {
    json!({
        "UX_INPUT_TYPE": "DisplayControl",
        "USER_INPUT_TYPE": "DisplayControl",
        "ID": control.id,
        "DISPLAY_CONTROL_TYPE": control.kind,
        "CONTROL_CLAIM": control.fields.first().map(|field| &field.id),
        "DISPLAY_FIELDS": control.fields.iter().map(field).collect::<Vec<_>>(),
        "ACTIONS": control.actions,
        "CONTENT": control.texts,
        "VERIFIED": control.verified,
    })
}

fn field(field: &PageField) -> Value {
    let is = |kind: UserInputType| field.input == kind;
    let mut out = Map::new();
    let mut set = |name: &str, value: Value| out.insert(name.to_owned(), value);
    set("UX_INPUT_TYPE", json!(field.input.word()));
    set("USER_INPUT_TYPE", json!(field.input.word()));
    set("IS_TEXT", json!(is(UserInputType::TextBox)));
    set("IS_EMAIL", json!(is(UserInputType::EmailBox)));
    set("IS_PASSWORD", json!(is(UserInputType::Password)));
    set("IS_DATE", json!(is(UserInputType::DateTimeDropdown)));
    set("IS_RADIO", json!(is(UserInputType::RadioSingleSelect)));
    set("IS_DROP", json!(is(UserInputType::DropdownSingleSelect)));
    set("IS_TEXT_IN_PARAGRAPH", json!(is(UserInputType::Paragraph)));
    set("IS_CHECK_MULTI", json!(is(UserInputType::CheckboxMultiSelect)));
    set("IS_LINK", json!(false));
    set("IS_RDO", json!(is(UserInputType::Readonly)));
    set("VERIFY", json!(field.verify));
    set("VERIFIED", json!(field.verified));
    set("DN", json!(field.label));
    set("ID", json!(field.id));
    set("U_HELP", json!(field.help));
    set("PRE", json!(field.value));
    set("DAY_PRE", json!("0"));
    set("MONTH_PRE", json!("0"));
    set("YEAR_PRE", json!("0"));
    set("IS_REQ", json!(field.required));
    if let Some((pattern, help)) = &field.pattern {
        set("PAT", json!(pattern));
        set("PAT_DESC", json!(help));
    }
    if let Some(part) = &field.control_type {
        set("CONTROL_CLAIM_TYPE", json!(part));
    }
    if !field.choices.is_empty() {
        let option = |choice: &crate::model::claim::Choice| json!({"VAL": choice.value, "DISP": choice.text, "SELECTED": choice.selected});
        set("OPTIONS", field.choices.iter().map(option).collect());
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_script() {
        let text = safe(&json!("</script><script>alert(1)</script>\u{2028}"));
        assert!(!text.contains('<') && !text.contains('\u{2028}'));
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, "</script><script>alert(1)</script>\u{2028}");
    }
}
