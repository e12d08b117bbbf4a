//! The request: where claims go and how the tenant proves itself.

use crate::claims::{Bag, Value};
use crate::engine::Failure;
use crate::engine::pipeline::{Input, Stage};
use crate::model::TechnicalProfile;
use crate::policy_keys::PolicyKey;
use crate::trace::mask;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;
use serde_json::{Map, Value as Json};
use url::Url;
use url::form_urlencoded::Serializer;

/// A request that can be sent more than once.
pub(super) struct Draft {
    pub(super) method: &'static str,
    address: Url,
    headers: Vec<(String, String)>,
    body: Option<Body>,
}

enum Body {
    Json(String),
    Form(String),
}

fn refused(profile: &TechnicalProfile, what: impl std::fmt::Display) -> Failure {
    Failure::new(
        "AADB2C90277",
        format!("the technical profile '{}': {what}", profile.id),
    )
}

pub(super) fn draft(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
    bag: &Bag,
) -> Result<Draft, Failure> {
    let written = profile
        .meta("ServiceUrl")
        .ok_or_else(|| refused(profile, "it has no ServiceUrl"))?;
    let place = profile.meta("SendClaimsIn").unwrap_or("Body");
    let address = address(stage, profile, written, place, inputs, bag)?;
    let draft = Draft {
        method: "POST",
        address,
        headers: authentication(stage, profile, inputs, bag)?,
        body: None,
    };
    place_claims(profile, place, inputs, bag, draft)
}

fn address(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    written: &str,
    place: &str,
    inputs: &[Input],
    bag: &Bag,
) -> Result<Url, Failure> {
    let written = stage.resolve(written, bag).unwrap_or_else(|| written.to_owned());
    let written = if place.eq_ignore_ascii_case("Url") {
        fill(&written, inputs)
    } else {
        written
    };
    let address =
        Url::parse(&written).map_err(|fault| refused(profile, format!("ServiceUrl {written}: {fault}")))?;
    if address.scheme() != "https" {
        stage.trace.warn(format!(
            "{}: B2C calls https addresses only, not {address}",
            profile.id
        ));
    }
    let called = stage.realm.outbound.address(address.as_str());
    Url::parse(&called).map_err(|fault| refused(profile, format!("outbound.replace {called}: {fault}")))
}

/// Claims into the `{placeholders}` of an address, escaped.
fn fill(written: &str, inputs: &[Input]) -> String {
    let mut out = written.to_owned();
    for input in inputs {
        let text = input.value.as_ref().map(Value::text).unwrap_or_default();
        let escaped: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        out = out.replace(&format!("{{{}}}", input.partner), &escaped.replace('+', "%20"));
    }
    out
}

fn place_claims(
    profile: &TechnicalProfile,
    place: &str,
    inputs: &[Input],
    bag: &Bag,
    mut draft: Draft,
) -> Result<Draft, Failure> {
    let bearer = profile.meta("UseClaimAsBearerToken").unwrap_or_default();
    let sent = || {
        inputs
            .iter()
            .filter(|input| !input.claim.eq_ignore_ascii_case(bearer))
    };
    let texts = || sent().filter_map(|input| Some((input.partner.clone(), input.value.as_ref()?.text())));
    match place.to_ascii_lowercase().as_str() {
        "body" => draft.body = Some(Body::Json(payload(profile, sent(), bag))),
        "form" => {
            let form = Serializer::new(String::new()).extend_pairs(texts()).finish();
            draft.body = Some(Body::Form(form));
        }
        "querystring" => {
            draft.method = "GET";
            draft.address.query_pairs_mut().extend_pairs(texts());
        }
        "url" => draft.method = "GET",
        "header" => {
            draft.method = "GET";
            draft.headers.extend(texts());
        }
        other => {
            return Err(Failure::unsupported(format_args!(
                "SendClaimsIn '{other}' of '{}' ({})",
                profile.id, profile.span
            )));
        }
    }
    Ok(draft)
}

/// One flat object, or the one claim that holds the whole body.
fn payload<'a>(profile: &TechnicalProfile, inputs: impl Iterator<Item = &'a Input>, bag: &Bag) -> String {
    if let Some(claim) = profile.meta("ClaimUsedForRequestPayload") {
        return bag.text(claim).unwrap_or_default();
    }
    let members: Map<String, Json> = inputs
        .filter_map(|input| Some((input.partner.clone(), input.value.as_ref()?.json())))
        .collect();
    Json::Object(members).to_string()
}

fn authentication(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
    bag: &Bag,
) -> Result<Vec<(String, String)>, Failure> {
    let secret = |id: &str| secret(stage, profile, id);
    match profile
        .meta("AuthenticationType")
        .unwrap_or("None")
        .to_ascii_lowercase()
        .as_str()
    {
        "none" | "clientcertificate" => Ok(vec![]),
        "basic" => {
            let name = secret("BasicAuthenticationUsername")?;
            let pair = format!("{name}:{}", secret("BasicAuthenticationPassword")?);
            Ok(vec![(
                "authorization".to_owned(),
                format!("Basic {}", STANDARD.encode(pair)),
            )])
        }
        "bearer" => {
            let token = match profile.meta("UseClaimAsBearerToken") {
                Some(claim) => bearer_claim(profile, claim, inputs, bag)?,
                None => secret("BearerAuthenticationToken")?,
            };
            Ok(vec![("authorization".to_owned(), format!("Bearer {token}"))])
        }
        "apikeyheader" => {
            let all = profile.keys.iter();
            all.map(|key| Ok((key.key.clone(), secret(&key.key)?))).collect()
        }
        other => Err(Failure::unsupported(format_args!(
            "AuthenticationType '{other}' of '{}' ({})",
            profile.id, profile.span
        ))),
    }
}

fn bearer_claim(
    profile: &TechnicalProfile,
    claim: &str,
    inputs: &[Input],
    bag: &Bag,
) -> Result<String, Failure> {
    let input = inputs
        .iter()
        .find(|input| input.claim.eq_ignore_ascii_case(claim));
    let value = input
        .and_then(|input| input.value.as_ref())
        .map(Value::text)
        .or_else(|| bag.text(claim));
    value.filter(|text| !text.is_empty()).ok_or_else(|| {
        let text = format!(
            "A claim with id '{claim}' for the bearer token of '{}' was not found.",
            profile.id
        );
        Failure::new("AADB2C90194", text)
    })
}

fn secret(stage: Stage<'_>, profile: &TechnicalProfile, id: &str) -> Result<String, Failure> {
    let name = profile
        .policy_key(id)
        .ok_or_else(|| refused(profile, format!("it has no key '{id}'")))?;
    match stage.realm.keys.get(name).as_deref() {
        Some(PolicyKey::Secret(secret)) => Ok(secret.expose().to_owned()),
        Some(PolicyKey::Rsa(_)) => Err(refused(
            profile,
            format!("the policy key '{name}' is a certificate"),
        )),
        None => Err(Failure::new(
            "AADB2C90073",
            format!(
                "there is no policy key '{name}' ({}); give it as [keys.{name}] in the file of --config",
                profile.span
            ),
        )),
    }
}

impl Draft {
    /// A request to send.
    pub(super) fn build(
        &self,
        stage: Stage<'_>,
        profile: &TechnicalProfile,
    ) -> Result<RequestBuilder, Failure> {
        let outbound = &stage.realm.outbound;
        let certified = profile
            .meta("AuthenticationType")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("ClientCertificate"));
        let (client, forwarded) = if certified {
            self.certified(stage, profile)?
        } else {
            (outbound.client().clone(), None)
        };
        let method = if self.method == "GET" {
            reqwest::Method::GET
        } else {
            reqwest::Method::POST
        };
        let mut request = client
            .request(method, self.address.clone())
            .header("accept", "application/json");
        for (name, text) in self.headers.iter().chain(&forwarded) {
            request = request.header(name, text);
        }
        Ok(match &self.body {
            Some(Body::Json(text)) => request
                .header("content-type", "application/json; charset=utf-8")
                .body(text.clone()),
            Some(Body::Form(text)) => request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(text.clone()),
            None => request,
        })
    }

    /// The client with the certificate, and the header App Service would make of it.
    fn certified(
        &self,
        stage: Stage<'_>,
        profile: &TechnicalProfile,
    ) -> Result<(reqwest::Client, Option<(String, String)>), Failure> {
        let name = profile
            .policy_key("ClientCertificate")
            .ok_or_else(|| refused(profile, "it has no key 'ClientCertificate'"))?;
        let broken = |fault: String| Failure::new("AADB2C90028", format!("policy key '{name}': {fault}"));
        let Some(PolicyKey::Rsa(key)) = stage.realm.keys.get(name).as_deref().cloned() else {
            return Err(broken("there is none with a certificate".to_owned()));
        };
        let client = stage
            .realm
            .outbound
            .client_with(&key)
            .map_err(|fault| broken(format!("{fault:#}")))?;
        let host = self.address.host_str().unwrap_or_default();
        let der = key.certificate_der().map_err(|fault| broken(fault.to_string()))?;
        let header = ("X-ARR-ClientCert".to_owned(), STANDARD.encode(der));
        Ok((
            client,
            stage
                .realm
                .outbound
                .forwards_certificate_to(host)
                .then_some(header),
        ))
    }

    pub(super) fn shown_address(&self) -> String {
        let mut address = self.address.clone();
        if let Some(query) = self.address.query() {
            address.set_query(Some(&mask::form(query)));
        }
        address.to_string()
    }

    pub(super) fn shown_headers(&self) -> Vec<(String, String)> {
        self.headers
            .iter()
            .map(|(name, text)| (name.clone(), mask::value(name, text)))
            .collect()
    }

    pub(super) fn shown_body(&self) -> String {
        match &self.body {
            Some(Body::Json(text)) => mask::body(text),
            Some(Body::Form(text)) => mask::form(text),
            None => String::new(),
        }
    }
}
