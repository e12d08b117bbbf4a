//! What the real Functions host did with 139 requests, in both modes: `tests/vectors/host`. The stand-in does the same.

mod case;
mod wire;

use futures::stream::{self, StreamExt as _};
use rig::host::{FrontEnd, Mode};

use super::{Echo, Running};
use case::{Case, Outcome};

/// An app with the functions of the product, and nothing before the host.
async fn host(mode: Mode) -> Running {
    let mut echo = Echo::bare(mode);
    echo.front_end = FrontEnd::none();
    echo.times.longest_pause = std::time::Duration::from_millis(5);
    echo.times.first_pause = echo.times.longest_pause;
    for name in ["callback", "token", "verify"] {
        let route = format!("{name}/{{*rest}}");
        let trigger =
            serde_json::json!({"authLevel": "anonymous", "methods": ["get", "post"], "route": route});
        echo.function(name, &trigger);
    }
    let app = echo.start().await;
    app.host.ready().await.unwrap();
    app
}

/// Plays all cases of a kind, and reports every difference.
async fn play(kind: &str, mode: Mode) {
    let cases = Case::read(kind);
    assert!(!cases.is_empty());
    let app = host(mode).await;
    let differences = stream::iter(&cases)
        .map(|case| difference(&app, case, mode))
        .buffer_unordered(16);
    let differences: Vec<String> = differences.filter_map(std::future::ready).collect().await;
    assert!(
        differences.is_empty(),
        "{kind}, {mode:?}:\n{}",
        differences.join("\n")
    );
}

/// What is not as it was with the real host.
async fn difference(app: &Running, case: &Case, mode: Mode) -> Option<String> {
    let expected = case.outcome(mode);
    if matches!(expected, Outcome::Hangs { .. }) {
        return hangs(case, mode).await;
    }
    let got = wire::exchange(app, case).await;
    let complaints = expected.complaints(&got, case, mode, app.host.handler_ports()[0]);
    (!complaints.is_empty()).then(|| format!("  {}: {}", case.name, complaints.join("; ")))
}

/// Never answered: the function runs out of time.
async fn hangs(case: &Case, mode: Mode) -> Option<String> {
    let mut echo = Echo::new(mode).with("AzureFunctionsJobHost__functionTimeout", "00:00:00.3");
    echo.times.kill_grace = std::time::Duration::ZERO;
    echo.function(
        "token",
        &serde_json::json!({"authLevel": "anonymous", "route": "token/{*rest}"}),
    );
    let app = echo.start().await;
    let got = wire::exchange(&app, case).await;
    let is_as_expected = got.status.starts_with("500 ") && app.host_said("Timeout value exceeded", 1).await;
    (!is_as_expected).then(|| format!("  {}: answered {}", case.name, got.status))
}

macro_rules! kinds {
    ($($kind:ident)*) => {$(
        mod $kind {
            use rig::host::Mode;

            #[tokio::test]
            async fn proxied() {
                super::play(stringify!($kind), Mode::Proxying).await;
            }

            #[tokio::test]
            async fn forwarded() {
                super::play(stringify!($kind), Mode::Forwarding).await;
            }
        }
    )*};
}

kinds! { methods pages paths queries headers bodies answers framing }

/// Nobody takes a case away unnoticed.
#[test]
fn all_cases_are_here() {
    let kinds = [
        "methods", "pages", "paths", "queries", "headers", "bodies", "answers", "framing",
    ];
    assert_eq!(kinds.into_iter().flat_map(Case::read).count(), 139);
}
