//! Makes the page a walk waits at.

use super::{Api, Page, PageControl, PageField, PageItem, texts};
use crate::engine::fields::{self, Control, Field, Item};
use crate::engine::language::Texts;
use crate::engine::pipeline::{Stage, find_profile};
use crate::engine::walk::{PageState, Walk};
use crate::engine::{Failure, Realm, steps};
use crate::model::words::{ScriptExecution, StepKind};
use crate::model::{ContentDefinition, Handler, Policy, Step, TechnicalProfile};
use crate::profiles::{phonefactor, selfasserted};
use crate::trace::Kind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;

/// The page of a walk that waits for a person.
///
/// # Errors
/// When the walk waits for something else or the page's default values are wrong.
pub fn build(realm: &Realm, policy: &Policy, walk: &mut Walk) -> Result<Page, Failure> {
    let step = walk
        .next_step(policy)
        .ok_or_else(|| Failure::new("AADB2C90255", "no step waits for a page"))?;
    let held = walk
        .page()
        .cloned()
        .ok_or_else(|| Failure::new("AADB2C90255", "the walk waits for no page"))?;
    let profile = held
        .profile
        .as_deref()
        .map(|id| find_profile(policy, id))
        .transpose()?;
    let api = api(step, profile);
    let content = content_of(policy, step, profile);
    let providers = steps::providers(policy, walk, step);
    let csrf = walk.csrf.clone();
    let (stage, bag) = Stage::of(realm, policy, walk);
    let texts = Texts::of(policy, content, stage.request);
    let items = match (profile, api) {
        (Some(profile), Api::Phone) => phonefactor::items(stage, profile, &texts, bag)?,
        (Some(profile), _) => {
            let filled = selfasserted::prefill(stage, profile, &held, bag)?;
            let items = fields::items(stage, profile, &texts, &filled);
            items.iter().map(|item| page_item(&texts, item, &held)).collect()
        }
        (None, _) => vec![],
    };
    let sign_up = steps::sign_up_target(policy, step).is_some();
    let (providers, forgot_password) = split_forgot(profile, providers);
    stage
        .trace
        .entry(2, Kind::Page, format!("{} shown", content_id(content)))
        .detail("language", &texts.language)
        .write();
    Ok(Page {
        api,
        content_definition: content_id(content),
        template: template(stage, content, &texts.language, bag),
        data_uri: item(content.and_then(|content| content.data_uri.as_ref())),
        scripts: scripts(policy, content),
        texts: page_texts(api, content, profile, &texts),
        language: texts.language,
        items,
        providers,
        sign_up,
        forgot_password,
        settings: settings(profile),
        path: realm.path_of(&policy.id),
        policy: policy.id.clone(),
        transaction: transaction(stage.walk),
        csrf,
        walk: stage.walk.to_owned(),
        origin: realm.origin.clone(),
    })
}

fn api(step: &Step, profile: Option<&TechnicalProfile>) -> Api {
    match (step.kind, profile.and_then(TechnicalProfile::handler)) {
        (_, Some(Handler::PhoneFactor)) => Api::Phone,
        (StepKind::CombinedSignInAndSignUp, _) => Api::Combined,
        (StepKind::ClaimsProviderSelection, _) => Api::Selection,
        (_, Some(_)) => Api::SelfAsserted,
        (_, None) => Api::Dialog,
    }
}

/// The content definition of a page: the step's, else the profile's.
#[must_use]
pub(crate) fn content_of<'p>(
    policy: &'p Policy,
    step: &Step,
    profile: Option<&TechnicalProfile>,
) -> Option<&'p ContentDefinition> {
    let of_profile = || profile.and_then(|profile| profile.meta("ContentDefinitionReferenceId"));
    policy
        .content_definitions
        .get(step.content_definition.as_deref().or_else(of_profile)?)
}

fn content_id(content: Option<&ContentDefinition>) -> String {
    content.map_or_else(
        || "(no content definition)".to_owned(),
        |content| content.id.clone(),
    )
}

fn item(item: Option<&crate::model::Item>) -> String {
    item.map(|item| item.value.clone()).unwrap_or_default()
}

/// Scripts of the template run when the policy allows them and the page has a contract version.
fn scripts(policy: &Policy, content: Option<&ContentDefinition>) -> bool {
    let party = policy.relying_party.as_ref();
    let allowed = party.and_then(|party| party.behaviors.script) == Some(ScriptExecution::Allow);
    allowed && item(content.and_then(|content| content.data_uri.as_ref())).contains(":contract:")
}

/// `StateProperties=` and the transaction id, as B2C passes it around.
fn transaction(walk: &str) -> String {
    format!(
        "StateProperties={}",
        STANDARD
            .encode(format!(r#"{{"TID":"{walk}"}}"#))
            .trim_end_matches('=')
    )
}

/// The address the browser loads: resolvers filled, parameters added, prefixes of the configuration replaced.
fn template(
    stage: Stage<'_>,
    content: Option<&ContentDefinition>,
    language: &str,
    bag: &crate::claims::Bag,
) -> String {
    let written = item(content.and_then(|content| content.load_uri.as_ref()));
    let written = stage.resolve(&written, bag).unwrap_or(written);
    let mut address = stage.realm.local_page(&written);
    let behaviors = stage.policy.relying_party.as_ref().map(|party| &party.behaviors);
    let parameters = behaviors
        .map(|behaviors| behaviors.parameters.as_slice())
        .unwrap_or_default();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("ui_locales", language);
    for parameter in parameters {
        let value = stage.resolve(&parameter.value, bag).unwrap_or_default();
        query.append_pair(&parameter.key, &value);
    }
    address.push(if address.contains('?') { '&' } else { '?' });
    address.push_str(&query.finish());
    address
}

/// Our English, then metadata `language.*`, then the policy's localised texts.
fn page_texts(
    api: Api,
    content: Option<&ContentDefinition>,
    profile: Option<&TechnicalProfile>,
    localized: &Texts<'_>,
) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = texts::defaults(api)
        .map(|(id, text)| (id.to_owned(), text.to_owned()))
        .collect();
    let metadata = content
        .map(|content| &content.metadata)
        .into_iter()
        .chain(profile.map(|profile| &profile.metadata));
    for row in metadata.flatten() {
        if let Some(id) = row.key.strip_prefix("language.") {
            all.insert(id.to_owned(), row.value.clone());
        }
    }
    if let Some(name) = content.and_then(|content| content.metadata.get("DisplayName")) {
        all.insert("page_title".to_owned(), name.value.clone());
    }
    all.extend(localized.ux().map(|(id, text)| (id.to_owned(), text.to_owned())));
    all
}

fn settings(profile: Option<&TechnicalProfile>) -> BTreeMap<String, String> {
    let rows = profile.into_iter().flat_map(|profile| &profile.metadata);
    let setting = |row: &crate::model::Item| {
        let key = row.key.to_ascii_lowercase();
        Some((key.strip_prefix("setting.")?.to_owned(), row.value.clone()))
    };
    rows.filter_map(setting).collect()
}

/// `setting.forgotPasswordLinkOverride` takes one of the choices out of the list and onto the password field.
fn split_forgot(
    profile: Option<&TechnicalProfile>,
    providers: Vec<super::Provider>,
) -> (Vec<super::Provider>, Option<super::Provider>) {
    let wanted = profile.and_then(|profile| profile.meta("setting.forgotPasswordLinkOverride"));
    let (mut forgot, others): (Vec<_>, Vec<_>) = providers
        .into_iter()
        .partition(|provider| wanted.is_some_and(|id| id.eq_ignore_ascii_case(&provider.id)));
    (others, forgot.pop())
}

fn page_item(texts: &Texts<'_>, item: &Item<'_>, held: &PageState) -> PageItem {
    match item {
        Item::Field(field) => PageItem::Field(page_field(field, held)),
        Item::Control(control) => PageItem::Control(page_control(texts, control, held)),
    }
}

fn page_field(field: &Field, held: &PageState) -> PageField {
    let verified = held.verified.get(&field.claim.to_lowercase());
    PageField {
        id: field.claim.clone(),
        input: field.input,
        label: field.label.clone(),
        help: field.help.clone().unwrap_or_default(),
        value: verified
            .cloned()
            .or_else(|| field.value.clone())
            .unwrap_or_default(),
        pattern: field.pattern.clone(),
        required: field.required,
        verify: field.verify,
        verified: verified.is_some(),
        choices: field.choices.clone(),
        control_type: field.control_type.clone(),
    }
}

fn page_control(localized: &Texts<'_>, control: &Control<'_>, held: &PageState) -> PageControl {
    let id = &control.definition.id;
    let text = |string: &str, default: &str| {
        localized
            .get("DisplayControl", Some(id), string)
            .unwrap_or(default)
            .to_owned()
    };
    PageControl {
        id: id.clone(),
        kind: control.definition.kind.word(),
        actions: control
            .definition
            .actions
            .iter()
            .map(|action| action.id.clone())
            .collect(),
        texts: texts::CONTROL
            .iter()
            .map(|(string, default)| ((*string).to_owned(), text(string, default)))
            .collect(),
        fields: control
            .fields
            .iter()
            .map(|field| page_field(field, held))
            .collect(),
        verified: held.verified.contains_key(&id.to_lowercase()),
    }
}
