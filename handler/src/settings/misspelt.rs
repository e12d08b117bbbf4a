//! Names that are no settings and were probably meant as such: a slip of the pen would otherwise be a default.

use super::table::{ALL, Setting};

/// App Service gives every app setting once more under this prefix.
const COPY: &str = "APPSETTING_";
/// Letters that may differ in a section, or in the rest of a name, and it is still taken for it.
const SLIPS: usize = 2;

/// What is to be said about a name that is probably meant as a setting, as the end of a sentence; nothing about settings,
/// and nothing about what is another program's.
pub(crate) fn remark(name: &str) -> Option<String> {
    if name.starts_with(COPY) || known().any(|known| matches(known, name)) {
        return None;
    }
    let meant = known()
        .filter_map(|known| Some((distance_of(known, name)?, known)))
        .min_by_key(|(distance, _)| *distance);
    match meant {
        Some((_, known)) => Some(format!(
            "is not a setting; the nearest is {}",
            numbered(known, name)
        )),
        None => is_in_our_section(name).then(|| "is not a setting".to_owned()),
    }
}

fn known() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(Setting::names)
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether a name of the table is this name.
fn matches(known: &str, name: &str) -> bool {
    let (known, name): (Vec<&str>, Vec<&str>) = (known.split(':').collect(), name.split(':').collect());
    let same = |(known, part): (&&str, &&str)| known == part || (*known == "<n>" && is_number(part));
    known.len() == name.len() && known.iter().zip(&name).all(same)
}

fn is_in_our_section(name: &str) -> bool {
    let section = |name: &str| name.split_once(':').map(|(section, _)| section.to_owned());
    let given = section(name);
    given.is_some() && known().any(|known| section(known) == given)
}

/// How many slips lead from one to the other; none if that many that another name must have been meant.
fn distance_of(known: &str, name: &str) -> Option<usize> {
    let (section, rest) = known.split_once(':')?;
    // Without a colon it is another program's, unless nothing but the colons is wrong.
    if !name.contains(':') && separated(known) != separated(name) {
        return None;
    }
    let name = separated(name);
    let (given, given_rest) = name.split_once(':')?;
    let (section, given) = (section.to_ascii_lowercase(), given.to_ascii_lowercase());
    Some(likeness(&section, &given)? + likeness(&separated(rest), given_rest)?)
}

/// Slips between two texts; half of one counts as the other, too.
fn likeness(known: &str, given: &str) -> Option<usize> {
    let is_half = given.len() > 3 && (known.contains(given) || given.contains(known));
    match slips(known, given) {
        few if few <= SLIPS => Some(few),
        _ => is_half.then_some(SLIPS + 1),
    }
}

/// With colons for whatever stands between words, and `0` for any number.
fn separated(name: &str) -> String {
    let parts = name.split([':', '_', '.', '-']).filter(|part| !part.is_empty());
    let parts = parts.map(|part| {
        if is_number(part) || part == "<n>" {
            "0"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join(":").to_ascii_lowercase()
}

/// A name of the table with the number that stands in the other.
fn numbered(known: &str, name: &str) -> String {
    let number = name.split([':', '_', '.', '-']).find(|part| is_number(part));
    known.replace("<n>", number.unwrap_or("0"))
}

/// Levenshtein's distance of two texts in ASCII.
fn slips(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.bytes().enumerate() {
        let mut next = vec![place + 1];
        for (over, (above, wanted)) in row.windows(2).zip(other.bytes()).enumerate() {
            let [diagonal, above] = above else { continue };
            let left = next.get(over).copied().unwrap_or_default();
            let replaced = diagonal + usize::from(letter != wanted);
            next.push(replaced.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn meant(name: &str, setting: &str) {
        let said = remark(name).unwrap_or_else(|| panic!("nothing is said about {name}"));
        assert_eq!(
            said,
            format!("is not a setting; the nearest is {setting}"),
            "{name}"
        );
    }

    #[test]
    fn slips_are_told_with_what_was_meant() {
        for (name, setting) in [
            ("AppSetings:LogLevel", "AppSettings:LogLevel"),
            ("AppSettings:LogLvel", "AppSettings:LogLevel"),
            ("Appsettings:PublicUrl", "AppSettings:PublicUrl"),
            ("AppSettings:PublicURL", "AppSettings:PublicUrl"),
            ("APPSETTINGS:PUBLICURL", "AppSettings:PublicUrl"),
            ("AppSettings_PublicUrl", "AppSettings:PublicUrl"),
            ("AppSettings.PublicUrl", "AppSettings:PublicUrl"),
            ("Jumio:Region", "JumioSettings:Region"),
            ("JumioSetting:AuthUserName", "JumioSettings:AuthUsername"),
            ("Client:0:Id", "Clients:0:Id"),
            ("Client:3:RedirectUri", "Clients:3:RedirectUris"),
            ("Clients:0:RedirectURIs", "Clients:0:RedirectUris"),
            ("VerifyAuth:BasicUser", "VerifyAuth:BasicUsername"),
            ("Auth:BasicPassword", "VerifyAuth:BasicPassword"),
            ("Verifications:MaxAttempts", "Verification:MaxAttempts"),
            ("Store:Location", "FactStore:Location"),
            ("KeyVault:Name", "KeyVault:Names"),
        ] {
            meant(name, setting);
        }
    }

    #[test]
    fn what_is_far_from_all_settings_is_told_without_one() {
        assert_eq!(remark("AppSettings:Sponsor").as_deref(), Some("is not a setting"));
        assert_eq!(remark("Clients:0:Colour").as_deref(), Some("is not a setting"));
    }

    #[test]
    fn settings_and_what_is_another_programs_are_not_spoken_of() {
        for name in known() {
            assert_eq!(remark(&name.replace("<n>", "7")), None, "{name}");
        }
        for name in [
            "PATH",
            "HOME",
            "AzureWebJobsStorage:accountName",
            "AzureWebJobsStorage:clientId",
            "AzureFunctionsJobHost:customHandler:enableProxyingHttpRequest",
            "FUNCTIONS_CUSTOMHANDLER_PORT",
            "WEBSITE_LOAD_CERTIFICATES",
            "WEBSITE_SITE_NAME",
            "IDENTITY_HEADER",
            "MSI_ENDPOINT",
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "APPSETTING_AppSettings:PublicUrl",
            "APPSETTING_AppSetings:PublicUrl",
            "Logging:LogLevel:Default",
            "Serilog:MinimumLevel",
            "ConnectionStrings:Store",
            "Other:Key",
            "Other:Region",
            "CLIENT_ID",
            "VERIFY_LINE",
        ] {
            assert_eq!(remark(name), None, "{name}");
        }
    }
}
