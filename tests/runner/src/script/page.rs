//! What a browser arrived at.

use anyhow::{Context as _, Result};
use regex::Regex;
use serde_json::Value as Json;
use std::sync::LazyLock;
use url::Url;

/// Where a request led to.
#[derive(Debug, Clone)]
pub enum Landing {
    /// A page of the tenant.
    Page(Box<PageView>),
    /// The application's redirect address, with what it was told.
    Answer(Vec<(String, String)>),
    /// Anything else.
    Other {
        /// Status.
        status: u16,
        /// Address.
        address: String,
        /// Body.
        body: String,
    },
}

/// A page of the tenant, as its script sees it.
#[derive(Debug, Clone)]
pub struct PageView {
    /// Where it came from.
    pub address: Url,
    settings: Json,
    fields: Json,
    texts: Json,
    providers: Json,
}

static GLOBAL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^.*window\.(SETTINGS|SA_FIELDS|CONTENT|CP) = (.*);$").ok());

impl Landing {
    pub(super) fn of(status: u16, address: &Url, body: String) -> Self {
        match PageView::read(address, &body) {
            Some(page) if status == 200 => Self::Page(Box::new(page)),
            _ => Self::Other {
                status,
                address: address.to_string(),
                body,
            },
        }
    }

    /// The page.
    ///
    /// # Errors
    /// Says what it is instead.
    pub fn page(self) -> Result<PageView> {
        match self {
            Self::Page(page) => Ok(*page),
            other => Err(anyhow::anyhow!("expected a page, got {}", other.summary())),
        }
    }

    /// A field of the application's answer.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        match self {
            Self::Answer(fields) => fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str()),
            _ => None,
        }
    }

    /// In a few words, for messages.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Page(page) => format!("the page {}", page.content_definition()),
            Self::Answer(fields) => {
                let told = fields
                    .iter()
                    .filter(|(name, _)| name.starts_with("error"))
                    .map(|(_, value)| value.as_str());
                let told: Vec<&str> = told.collect();
                if told.is_empty() {
                    "an answer with tokens".to_owned()
                } else {
                    format!("the answer {}", told.join(": "))
                }
            }
            Self::Other {
                status,
                address,
                body,
            } => {
                let text: String = body.chars().take(300).collect();
                format!("HTTP {status} from {address}: {text}")
            }
        }
    }
}

impl PageView {
    fn read(address: &Url, body: &str) -> Option<Self> {
        let regex = GLOBAL.as_ref()?;
        let global = |name: &str| {
            let found = regex
                .captures_iter(body)
                .find(|found| found.get(1).is_some_and(|word| word.as_str() == name))?;
            serde_json::from_str(found.get(2)?.as_str()).ok()
        };
        Some(Self {
            address: address.clone(),
            settings: global("SETTINGS")?,
            fields: global("SA_FIELDS")?,
            texts: global("CONTENT")?,
            providers: global("CP")?,
        })
    }

    /// A setting as text.
    #[must_use]
    pub fn setting(&self, name: &str) -> String {
        let value = self
            .settings
            .get(name)
            .or_else(|| self.settings.get("hosts").and_then(|hosts| hosts.get(name)));
        value.and_then(Json::as_str).unwrap_or_default().to_owned()
    }

    /// A switch of `SETTINGS.config`.
    #[must_use]
    pub fn switch(&self, name: &str) -> bool {
        self.settings
            .get("config")
            .and_then(|config| config.get(name))
            .and_then(Json::as_bool)
            .unwrap_or(false)
    }

    /// The content definition of the page.
    #[must_use]
    pub fn content_definition(&self) -> String {
        self.setting("contentDefinition")
    }

    /// A text of the page.
    #[must_use]
    pub fn text(&self, id: &str) -> Option<&str> {
        self.texts.get(id).and_then(Json::as_str)
    }

    /// Fields, those inside display controls included.
    pub fn fields(&self) -> impl Iterator<Item = &Json> {
        let all = self
            .fields
            .get("AttributeFields")
            .and_then(Json::as_array)
            .into_iter()
            .flatten();
        all.flat_map(
            |field| match field.get("DISPLAY_FIELDS").and_then(Json::as_array) {
                Some(inner) => inner.iter().collect::<Vec<_>>(),
                None => vec![field],
            },
        )
    }

    /// Claims the page asks for or shows.
    #[must_use]
    pub fn claims(&self) -> Vec<String> {
        self.fields()
            .filter_map(|field| field.get("ID").and_then(Json::as_str))
            .map(str::to_owned)
            .collect()
    }

    /// The display control a claim belongs to.
    #[must_use]
    pub fn control_of(&self, claim: &str) -> Option<String> {
        let all = self.fields.get("AttributeFields").and_then(Json::as_array)?;
        let has = |control: &&Json| {
            let inner = control.get("DISPLAY_FIELDS").and_then(Json::as_array);
            inner.is_some_and(|fields| {
                fields.iter().any(|field| {
                    field
                        .get("ID")
                        .and_then(Json::as_str)
                        .is_some_and(|id| id.eq_ignore_ascii_case(claim))
                })
            })
        };
        all.iter()
            .find(has)?
            .get("ID")
            .and_then(Json::as_str)
            .map(str::to_owned)
    }

    /// The claim of a control that takes the code.
    #[must_use]
    pub fn code_claim(&self, control: &str) -> Option<String> {
        let all = self.fields.get("AttributeFields").and_then(Json::as_array)?;
        let control = all
            .iter()
            .find(|field| field.get("ID").and_then(Json::as_str) == Some(control))?;
        let inner = control.get("DISPLAY_FIELDS").and_then(Json::as_array)?;
        let code = inner.iter().find(|field| {
            field.get("CONTROL_CLAIM_TYPE").and_then(Json::as_str) == Some("VerificationCode")
        })?;
        code.get("ID").and_then(Json::as_str).map(str::to_owned)
    }

    /// What a field holds to begin with.
    #[must_use]
    pub fn value(&self, claim: &str) -> Option<&str> {
        let named = |field: &&Json| {
            field
                .get("ID")
                .and_then(Json::as_str)
                .is_some_and(|id| id.eq_ignore_ascii_case(claim))
        };
        self.fields().find(named)?.get("PRE").and_then(Json::as_str)
    }

    /// Providers and exchanges the page offers.
    #[must_use]
    pub fn choices(&self) -> Vec<String> {
        let list = self
            .providers
            .get("list")
            .and_then(Json::as_array)
            .into_iter()
            .flatten();
        list.filter_map(|one| one.get("id").and_then(Json::as_str))
            .map(str::to_owned)
            .collect()
    }

    /// An address of the page: `path` below the policy, with the transaction.
    ///
    /// # Errors
    /// When the page's settings are no address.
    pub fn address(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Url> {
        let text = format!("{}/{path}", self.setting("tenant"));
        let mut address = self.address.join(&text).context("the page's settings")?;
        let mut query = address.query_pairs_mut();
        query
            .extend_pairs(parameters)
            .append_pair("tx", &self.setting("transId"))
            .append_pair("p", &self.setting("policy"));
        drop(query);
        Ok(address)
    }
}
