//! Somebody with a browser, with or without a window.

use anyhow::{Context as _, Result};
use serde_json::Value;
use url::Url;

use super::stage::Place;
use super::table::{Peer, Probe};
use super::visitor::{Visitor, text};
use super::window::Window;
use crate::rig::Rig;

/// As much of a page as is kept, in characters.
const KEPT: usize = 300;

/// Somebody with a browser.
pub(super) enum Person<'a> {
    /// Without a window.
    Plain(Visitor),
    /// With one, and a browser profile of this name.
    Windowed(&'a Window, &'static str),
}

/// Where somebody ended.
#[derive(Debug)]
pub(super) struct Seen {
    /// Address of the page.
    pub(super) address: Url,
    /// Status of its answer; 200 in a window.
    pub(super) status: u16,
    /// What it says.
    pub(super) text: String,
    /// Who is signed in, as the application has it.
    pub(super) sub: Option<String>,
}

impl Person<'_> {
    /// Signs in, and looks at who the application thinks it is.
    ///
    /// # Errors
    /// A page leads nowhere, or no answer.
    pub(super) async fn sign_in(&self, peer: &Peer, place: &Place, scenario: &str) -> Result<Seen> {
        let begin = place.at(peer.begin)?;
        match self {
            Self::Plain(visitor) => {
                let page = visitor.walk(&begin, scenario).await?;
                Ok(Seen {
                    status: page.status.as_u16(),
                    text: shortened(&text(&page.html)),
                    address: page.address,
                    sub: probed(visitor, peer, place).await?,
                })
            }
            Self::Windowed(window, profile) => {
                let told = window.walk(profile, &begin, scenario).await?;
                let value: Value = serde_json::from_str(&told.told).unwrap_or_default();
                Ok(Seen {
                    address: Url::parse(&told.address)?,
                    status: 200,
                    text: shortened(&told.told),
                    sub: value.get("sub").and_then(Value::as_str).map(str::to_owned),
                })
            }
        }
    }

    /// The same person, whom the application does not know any more. A window's page forgets by itself.
    ///
    /// # Errors
    /// Never with the certificates a rig has.
    pub(super) fn forgotten(&self, rig: &Rig) -> Result<Self> {
        Ok(match self {
            Self::Plain(visitor) => Self::Plain(visitor.forgotten(rig)?),
            Self::Windowed(window, profile) => Self::Windowed(window, profile),
        })
    }
}

/// Who is signed in. An application that sends a stranger away, or says 401, knows nobody.
async fn probed(visitor: &Visitor, peer: &Peer, place: &Place) -> Result<Option<String>> {
    let (Probe::Json(path, _) | Probe::Header(path, ..)) = peer.probe;
    let page = visitor.fetch(&place.at(path)?).await?;
    if !page.status.is_success() {
        return Ok(None);
    }
    let found = match peer.probe {
        Probe::Json(_, member) => {
            let value: Value = serde_json::from_str(&page.html).context("the probe is no JSON")?;
            value.get(member).and_then(Value::as_str).map(str::to_owned)
        }
        Probe::Header(_, name, end) => {
            let value = page.headers.get(name).and_then(|value| value.to_str().ok());
            value.and_then(|value| Some(value.split(end).next()?.to_owned()))
        }
    };
    Ok(found.filter(|sub| !sub.is_empty()))
}

fn shortened(text: &str) -> String {
    text.chars().take(KEPT).collect()
}
