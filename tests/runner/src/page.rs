//! What a person sees: a shell that fetches the content definition's template into the browser and renders the fields
//! into its `<div id="api">`.
//!
//! Globals, requests and element ids are those of Azure AD B2C's pages, so that templates, style sheets and scripts made
//! for B2C work; the renderer itself is our own.

mod build;
mod shell;
mod texts;
mod wire;

pub use build::build;
pub(crate) use build::content_of;
pub use shell::{JQUERY, RENDERER, STYLE, TEMPLATE, failure as failure_shell, html, post_form};

use crate::model::claim::Choice;
use crate::model::words::UserInputType;
use std::collections::BTreeMap;

/// Which of B2C's pages it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// A page of fields.
    SelfAsserted,
    /// Sign-in with a sign-up link and other providers.
    Combined,
    /// A list of providers.
    Selection,
    /// A phone that is called or texted.
    Phone,
    /// A text with Continue and Cancel.
    Dialog,
}

impl Api {
    /// The word in addresses and in `SETTINGS.api`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SelfAsserted => "SelfAsserted",
            Self::Combined => "CombinedSigninAndSignup",
            Self::Selection => "ClaimsProviderSelection",
            Self::Phone => "Phonefactor",
            Self::Dialog => "Dialog",
        }
    }
}

/// A provider or exchange the person may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Claims exchange.
    pub id: String,
    /// Name on the button.
    pub name: String,
}

/// One field, ready to be written down.
#[derive(Debug, Clone)]
pub struct PageField {
    /// Claim and element id.
    pub id: String,
    /// How it is asked for.
    pub input: UserInputType,
    /// Label.
    pub label: String,
    /// Help.
    pub help: String,
    /// Prefilled value.
    pub value: String,
    /// Pattern and its help.
    pub pattern: Option<(String, String)>,
    /// Must be filled in.
    pub required: bool,
    /// Has to be verified with an e-mailed code.
    pub verify: bool,
    /// Was verified already.
    pub verified: bool,
    /// Choices of a list.
    pub choices: Vec<Choice>,
    /// Part in a display control.
    pub control_type: Option<String>,
}

/// A display control, ready to be written down.
#[derive(Debug, Clone)]
pub struct PageControl {
    /// Its id.
    pub id: String,
    /// Its kind, as the schema writes it.
    pub kind: &'static str,
    /// Its actions.
    pub actions: Vec<String>,
    /// Its texts by string id.
    pub texts: BTreeMap<String, String>,
    /// Its fields.
    pub fields: Vec<PageField>,
    /// Was verified already.
    pub verified: bool,
}

/// Field or control.
#[derive(Debug, Clone)]
pub enum PageItem {
    /// A field.
    Field(PageField),
    /// A display control.
    Control(PageControl),
}

/// A page, complete.
#[derive(Debug, Clone)]
pub struct Page {
    /// Which of B2C's pages it is.
    pub api: Api,
    /// Content definition it uses.
    pub content_definition: String,
    /// Address of the template, for the browser.
    pub template: String,
    /// `DataUri`.
    pub data_uri: String,
    /// Whether the template's scripts run.
    pub scripts: bool,
    /// Language.
    pub language: String,
    /// Texts by string id.
    pub texts: BTreeMap<String, String>,
    /// Fields and controls, in order.
    pub items: Vec<PageItem>,
    /// Providers to choose from.
    pub providers: Vec<Provider>,
    /// Whether there is a sign-up link.
    pub sign_up: bool,
    /// Exchange of the forgotten-password link; the old link answers the application with AADB2C90118.
    pub forgot_password: Option<Provider>,
    /// Metadata `setting.*`, lower case without the prefix.
    pub settings: BTreeMap<String, String>,
    /// `/{tenant}/{policy}`.
    pub path: String,
    /// Policy.
    pub policy: String,
    /// Transaction, as `StateProperties=…`.
    pub transaction: String,
    /// Token requests repeat.
    pub csrf: String,
    /// Correlation id.
    pub walk: String,
    /// Origin of the tenant.
    pub origin: String,
}
