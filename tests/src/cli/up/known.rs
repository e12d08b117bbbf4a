//! Settings that neither handler nor rig has heard of. The handler remarks on what looks like one of its own; anything else in
//! its environment may be another program's, but not what was given by `--set`.

/// Holds the table of settings, which a test keeps equal to the handler's own.
const README: &str = include_str!("../../../../README.md");
/// Settings of the Functions host, which the host stand-in reads.
const HOST: &str = "AzureFunctionsJobHost";

/// What is said about names of the form `Section:Key` that the README does not know.
pub(super) fn strangers(given: &[String]) -> Vec<String> {
    let strange = given.iter().filter(|name| !is_known(name));
    strange
        .map(|name| format!("{name} is not a setting (README.md, Settings, names all)"))
        .collect()
}

/// Names without a section are the platform's: the handler's environment has many of those.
fn is_known(name: &str) -> bool {
    let Some((section, _)) = name.split_once(':') else {
        return true;
    };
    section == HOST || table().contains(&format!("`{}`", numberless(name)))
}

fn table() -> &'static str {
    let after = README.split_once("<!-- settings:").map_or("", |(_, rest)| rest);
    after
        .split_once("<!-- /settings -->")
        .map_or("", |(table, _)| table)
}

/// With `<n>` for each part that is a number.
fn numberless(name: &str) -> String {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    let parts = name
        .split(':')
        .map(|part| if is_number(part) { "<n>" } else { part });
    parts.collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str) -> Vec<String> {
        strangers(&[name.to_owned()])
    }

    #[test]
    fn settings_of_the_table_and_of_the_platform_are_known() {
        for known in [
            "Verification:MaxAttempts",
            "Clients:5:RedirectUris",
            "Records:Store",
            "WEBSITE_INSTANCE_ID",
            "AzureFunctionsJobHost:functionTimeout",
        ] {
            assert!(told(known).is_empty(), "{known}");
        }
    }

    #[test]
    fn a_name_that_nobody_reads_is_told() {
        for strange in ["Foo:Bar", "Verification:MaxAttemptz", "Clients:Id"] {
            assert!(told(strange)[0].starts_with(strange), "{strange}");
        }
    }
}
