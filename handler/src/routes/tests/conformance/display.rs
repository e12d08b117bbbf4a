//! How the provider is to speak with the person: none of it may be an error (`OpenID` Connect Core section 15.1).

use super::callback::MODES;
use super::client::Party;

#[tokio::test]
async fn oidcc_display_page() {
    for mode in MODES {
        Party::signed_in_with(mode, "display", "page").await;
    }
}

#[tokio::test]
async fn oidcc_display_popup() {
    for mode in MODES {
        Party::signed_in_with(mode, "display", "popup").await;
    }
}

/// A language that our pages have not is still asked of the vendor.
#[tokio::test]
async fn oidcc_ui_locales() {
    for mode in MODES {
        for (asked, spoken) in [("se", "se"), ("se de", "de")] {
            let (party, _) = Party::signed_in_with(mode, "ui_locales", asked).await;
            assert_eq!(party.world.vendor.start_of(0).locale.as_deref(), Some(spoken));
        }
    }
}

/// No claim of ours has a language.
#[tokio::test]
async fn oidcc_claims_locales() {
    for mode in MODES {
        let (party, signed_in) = Party::signed_in_with(mode, "claims_locales", "se").await;
        assert_eq!(party.world.vendor.start_of(0).locale, None);
        let mut told = signed_in.claims.as_object().unwrap().keys();
        assert!(told.all(|claim| !claim.contains('#')), "{:?}", signed_in.claims);
    }
}
