//! The page that asks the person to agree, before anything is sent to the vendor.

use maud::html;

use super::icon;
use super::language::Language;
use super::layout::{page, token};
use super::provider::{Provider, link};
use super::sentence::naming;
use super::state::State;
use super::texts;
use crate::digest::digest;

/// Version of the sentences in `ui/handler/locales`. New ones have a new one.
pub(crate) const CONSENT_VERSION: &str = "handler-2";
/// The field of the form by which the answer says what was shown.
pub(crate) const SHOWN: &str = "text_version";
/// What the vendor itself says about the data.
const VENDORS_NOTICE: &str = "https://www.jumio.com/legal-information/privacy-notices/";

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsentView<'a> {
    /// In which language.
    pub language: Language,
    /// Address of the waiting page.
    pub path: &'a str,
    /// What goes on afterwards.
    pub action: &'a str,
    /// Stands in its forms.
    pub form_token: &'a str,
    /// Who is responsible.
    pub provider: &'a Provider,
    /// For how many days what is known of the check is kept here.
    pub kept_days: u64,
}

impl ConsentView<'_> {
    /// What is recorded with the consent: the version of the sentences, a hyphen and 16 hexadecimal digits for what the settings
    /// put into them, in every language the same. `handler-2` alone is of a page or a
    /// release that names the sentences only.
    #[must_use]
    pub(crate) fn version(&self) -> String {
        let Provider {
            controller,
            privacy,
            alternative,
            help: _,
        } = self.provider;
        let text = |setting: &Option<String>| setting.clone().unwrap_or_default();
        let days = self.kept_days.to_string();
        let [controller, privacy, alternative] = [controller, privacy, alternative].map(text);
        let hash = digest(&[&controller, &privacy, &alternative, &days]);
        let first = hash.first_chunk().copied().unwrap_or_default();
        format!("{CONSENT_VERSION}-{:016x}", u64::from_be_bytes(first))
    }
}

/// The page.
#[must_use]
pub(crate) fn consent(view: &ConsentView<'_>) -> String {
    let texts = texts::of(view.language);
    let (said, provider) = (&texts.consent, view.provider);
    let days = view.kept_days.to_string();
    let filled = |text: &str| {
        let text = text.replace("{days}", &days);
        if let Some(name) = &provider.controller {
            naming(&text, "{controller}", name)
        } else {
            html! { (text.replace("{controller}", &said.controller)) }
        }
    };
    let content = html! {
        main.card.ready {
            (icon::of(State::Ready))
            h1 { (said.title) }
            p.soft { (said.text) }
            dl.notice { @for point in &said.points { dt { (point.title) } dd { (filled(&point.text)) } } }
            (link(provider.privacy.as_ref(), &said.privacy))
            p.soft { a href=(VENDORS_NOTICE) target="_blank" rel="noopener noreferrer" { (said.notice) } }
            (link(provider.alternative.as_ref(), &texts.alternative))
            div.actions {
                form method="post" action={ (view.path) "/consent" } {
                    input type="hidden" name="action" value=(view.action);
                    input type="hidden" name=(SHOWN) value=(view.version());
                    (token(view.form_token))
                    button.button.first type="submit" { (said.agree) }
                }
                form method="post" action=(view.path) {
                    input type="hidden" name="action" value="cancel";
                    (token(view.form_token))
                    button.button type="submit" { (said.refuse) }
                }
            }
        }
    };
    page(view.language, &said.title, None, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(provider: &Provider, kept_days: u64) -> String {
        let view = |language| ConsentView {
            language,
            path: "/p",
            action: "begin",
            form_token: "t",
            provider,
            kept_days,
        };
        let versions = Language::ALL.map(|language| view(language).version());
        assert!(
            versions.iter().all(|version| *version == versions[0]),
            "{versions:?}"
        );
        let page = consent(&view(Language::English));
        assert!(page.contains(&format!("value=\"{}\"", versions[0])), "{page}");
        versions[0].clone()
    }

    #[test]
    fn each_setting_in_the_text_makes_another_version_of_it() {
        let some = |text: &str| Some(text.to_owned());
        let plain = Provider::default();
        let named = Provider {
            controller: some("Contoso"),
            ..plain.clone()
        };
        let private = Provider {
            privacy: some("https://a.example/"),
            ..plain.clone()
        };
        let other = Provider {
            alternative: some("https://a.example/"),
            ..plain.clone()
        };
        let of_400 = [&plain, &named, &private, &other].map(|provider| version(provider, 400));
        let all: std::collections::HashSet<_> = of_400.iter().cloned().chain([version(&plain, 30)]).collect();
        assert_eq!(all.len(), 5, "{all:?}");
        assert!(all.iter().all(|version| version.len() < 100), "{all:?}");
    }

    /// What stands in no text makes no other one, and no restart does.
    #[test]
    fn the_same_text_has_the_same_version_for_ever() {
        let plain = Provider::default();
        let helpful = Provider {
            help: Some("https://help.example/".into()),
            ..plain.clone()
        };
        assert_eq!(version(&helpful, 400), version(&plain, 400));
        assert_eq!(version(&plain, 400), "handler-2-0fa3ecb0ff71bb76");
    }
}
