//! Who is walked: one line for each library or proxy.
//!
//! *Default settings* means: what stands in the library's README, with issuer, id and secret filled in. What the handler must be
//! told of a client beside these is `here`; `docs/clients.md` is this table for readers, and a test holds both together.

/// Where a peer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// npm, by `tests/peers/npm`.
    Npm,
    /// PyPI, by `tests/peers/pip`.
    Pip,
    /// A Go module, by its own `go.mod`: the package that is built, `.` for the folder's own.
    Go(&'static str),
    /// A crate, by its own `Cargo.lock`.
    Cargo,
    /// Maven Central, by its own `pom.xml`.
    Maven,
    /// Packages of the machine's own Debian release, unpacked and not installed; the first one is what is tried.
    Debian(&'static [&'static str]),
    /// Keycloak's archive from Maven Central.
    Keycloak,
}

/// How it proves itself at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By its secret, sent either way.
    Secret,
    /// Not at all.
    Public,
}

/// How it is told who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A member of the JSON at this path.
    Json(&'static str, &'static str),
    /// A header of the answer at this path: its name, and what follows the `sub` in its value.
    Header(&'static str, &'static str, &'static str),
}

/// A library or proxy, with an application around it.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its folder in `tests/peers`, and its `client_id`.
    pub name: &'static str,
    /// What is tried, as people know it, with the version.
    pub title: &'static str,
    /// Where it comes from.
    pub source: Source,
    /// How it proves itself.
    pub method: Method,
    /// Arguments of the program; `{ISSUER}` and the like stand for what the environment holds too.
    pub arguments: &'static [&'static str],
    /// Where a sign-in begins.
    pub begin: &'static str,
    /// Path of the redirect address.
    pub callback: &'static str,
    /// Paths of further ones.
    pub further_callbacks: &'static [&'static str],
    /// Whether the redirect address is registered without the port (RFC 8252 §7.3).
    pub any_port: bool,
    /// Who is signed in.
    pub probe: Probe,
    /// Words of the page that a refused person is shown.
    pub refused: &'static str,
    /// Settings of the client at the handler, beside id, address, secret and `WalkIn`.
    pub here: &'static [(&'static str, &'static str)],
    /// Further clients of it at the handler, with the same secret.
    pub others: &'static [Other],
    /// Whether each commit walks it.
    pub is_quick: bool,
}

/// A further client of the same peer.
#[derive(Clone, Copy, Debug)]
pub struct Other {
    /// Its `client_id`.
    pub id: &'static str,
    /// Path of its redirect address.
    pub callback: &'static str,
    /// Its settings, as [`Peer::here`].
    pub here: &'static [(&'static str, &'static str)],
}

/// What most of them have in common: an application with `/login`, `/callback` and `/me`.
const USUAL: Peer = Peer {
    name: "",
    title: "",
    source: Source::Npm,
    method: Method::Secret,
    arguments: &[],
    begin: "/login",
    callback: "/callback",
    further_callbacks: &[],
    any_port: false,
    probe: Probe::Json("/me", "sub"),
    refused: "access_denied",
    here: &[],
    others: &[],
    is_quick: true,
};

/// Everybody.
pub const PEERS: &[Peer] = &[
    Peer {
        name: "openid-client",
        title: "openid-client 6.8.9",
        ..USUAL
    },
    Peer {
        name: "authjs",
        title: "@auth/core 0.41.3 (Auth.js, next-auth 5)",
        begin: "/auth/signin",
        callback: "/auth/callback/idv",
        refused: "Try signing in with a different account",
        ..USUAL
    },
    Peer {
        name: "passport",
        title: "passport-openidconnect 0.1.2",
        // The message is the description alone.
        refused: "rejected. The identity check was not accepted",
        ..USUAL
    },
    Peer {
        name: "express-openid-connect",
        title: "express-openid-connect 3.4.0",
        here: &[("IdTokenResponse", "true")],
        ..USUAL
    },
    Peer {
        name: "appauth",
        title: "@openid/appauth 1.4.0",
        method: Method::Public,
        any_port: true,
        ..USUAL
    },
    Peer {
        name: "oidc-client-ts",
        title: "oidc-client-ts 3.5.0 in Chromium",
        method: Method::Public,
        ..USUAL
    },
    Peer {
        name: "authlib",
        title: "Authlib 1.9.6 (Flask)",
        source: Source::Pip,
        ..USUAL
    },
    Peer {
        name: "social-auth",
        title: "social-auth-core 7.0.0 (Django)",
        source: Source::Pip,
        callback: "/complete/oidc/",
        refused: "Authentication process canceled",
        ..USUAL
    },
    Peer {
        name: "pyoidc",
        title: "pyoidc 1.7.0",
        source: Source::Pip,
        ..USUAL
    },
    Peer {
        name: "go-oidc",
        title: "coreos/go-oidc 3.21.0",
        source: Source::Go("."),
        // Its README never looks at `error`: it redeems an empty code, and says so.
        refused: "Failed to exchange token",
        ..USUAL
    },
    Peer {
        name: "zitadel",
        title: "zitadel/oidc 3.52.0",
        source: Source::Go("."),
        ..USUAL
    },
    Peer {
        name: "oauth2-proxy",
        title: "oauth2-proxy 7.15.6",
        source: Source::Go("github.com/oauth2-proxy/oauth2-proxy/v7"),
        arguments: &[
            "--provider=oidc",
            "--oidc-issuer-url={ISSUER}",
            "--client-id={CLIENT_ID}",
            "--client-secret={CLIENT_SECRET}",
            "--redirect-url={REDIRECT}",
            "--http-address=127.0.0.1:{PORT}",
            "--cookie-secret=only-for-the-rig-32-letters-long",
            "--cookie-secure=false",
            "--email-domain=*",
            "--upstream=static://200",
        ],
        begin: "/oauth2/start",
        callback: "/oauth2/callback",
        probe: Probe::Json("/oauth2/userinfo", "user"),
        refused: "Login Failed",
        here: &[("Email", "subject")],
        is_quick: false,
        ..USUAL
    },
    Peer {
        name: "openidconnect",
        title: "openidconnect 4.1.0 (Rust)",
        source: Source::Cargo,
        is_quick: false,
        ..USUAL
    },
    Peer {
        name: "spring",
        title: "Spring Boot 4.0.7",
        source: Source::Maven,
        begin: "/oauth2/authorization/idv",
        callback: "/login/oauth2/code/idv",
        refused: "Invalid credentials",
        is_quick: false,
        ..USUAL
    },
    Peer {
        name: "nimbus",
        title: "Nimbus OAuth 2.0 SDK 11.30",
        source: Source::Maven,
        is_quick: false,
        ..USUAL
    },
    Peer {
        name: "mod-auth-openidc",
        title: "mod_auth_openidc of Debian 12",
        source: Source::Debian(&[
            "libapache2-mod-auth-openidc",
            "apache2-bin",
            "libcjose0",
            "libhiredis0.14",
            "libapr1",
            "libaprutil1",
            "libjansson4",
            "libpcre2-8-0",
        ]),
        arguments: &["-f", "{FOLDER}/httpd.conf", "-DFOREGROUND"],
        begin: "/index.html",
        callback: "/redirect_uri",
        probe: Probe::Header("/index.html", "x-remote-user", "@"),
        // 2.4.12 takes an error answer with `iss` for a sign-in that a third party began.
        here: &[("IssInErrors", "false")],
        is_quick: false,
        ..USUAL
    },
    Peer {
        name: "keycloak",
        title: "Keycloak 26.7.3 (broker)",
        source: Source::Keycloak,
        arguments: &[
            "{FOLDER}/home/bin/kc.sh",
            "start-dev",
            "--http-host=127.0.0.1",
            "--http-port={PORT}",
            "--import-realm",
        ],
        callback: "/realms/idv/broker/jumio/endpoint",
        further_callbacks: &["/realms/idv/broker/jumio-signup/endpoint"],
        others: &[Other {
            id: "keycloak-claims",
            callback: "/realms/idv/broker/jumio-claims/endpoint",
            here: &[("Outcomes", "claims"), ("Subject", "browser")],
        }],
        is_quick: false,
        ..USUAL
    },
];

/// A peer by its name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Peer> {
    PEERS.iter().find(|peer| peer.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::workspace;

    #[test]
    fn every_peer_has_its_folder_and_every_folder_its_peer() {
        let folder = workspace().join("tests/peers");
        for peer in PEERS {
            assert!(folder.join(peer.name).is_dir(), "{}", peer.name);
        }
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let is_list = matches!(name.as_str(), "npm" | "pip");
            assert!(
                is_list || named(&name).is_some() || entry.path().is_file(),
                "{name} is nobody's"
            );
        }
    }

    #[test]
    fn the_readers_table_names_everybody_with_what_the_handler_must_be_told() {
        let told = std::fs::read_to_string(workspace().join("docs/clients.md")).unwrap();
        for peer in PEERS {
            let row = told
                .lines()
                .find(|line| line.starts_with(&format!("| {} |", peer.title)));
            let row = row.unwrap_or_else(|| panic!("{} is in no row", peer.title));
            for (key, value) in peer.here {
                assert!(
                    row.contains(&format!("`{key}={value}`")),
                    "{key} is not in: {row}"
                );
            }
        }
    }
}
