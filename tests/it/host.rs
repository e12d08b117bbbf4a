//! The Functions host stand-in, against a handler that echoes what it gets.

mod again;
mod cors;
mod drain;
mod limits;
mod measured;
mod passing;
mod requests;
mod start;

use std::collections::BTreeMap;
use std::time::Duration;

use rig::host::times::Times;
use rig::host::{App, Bound, FrontEnd, Host, Mode, mode_settings};
use serde_json::{Value, json};

/// An app folder whose handler is the echo.
struct Echo {
    folder: tempfile::TempDir,
    settings: BTreeMap<String, String>,
    front_end: FrontEnd,
    times: Times,
    instances: usize,
}

impl Echo {
    /// With three functions, and a header that the host adds.
    fn new(mode: Mode) -> Self {
        let echo = Self::of(mode, &json!({"customHeaders": {"x-from-the-host": "yes"}}));
        echo.function(
            "echo",
            &json!({"authLevel": "anonymous", "route": "echo/{*rest}"}),
        );
        echo.function("keyed", &json!({}));
        echo.function("poster", &json!({"authLevel": "anonymous", "methods": ["post"]}));
        echo
    }

    /// Without functions.
    fn bare(mode: Mode) -> Self {
        Self::of(mode, &json!({}))
    }

    fn of(mode: Mode, http: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host_json = json!({
            "version": "2.0",
            "customHandler": {
                "description": {"defaultExecutablePath": env!("CARGO_BIN_EXE_echo")},
                "initializationTimeout": "00:00:02",
            },
            "extensions": {"http": http},
        });
        std::fs::write(folder.path().join("host.json"), host_json.to_string()).unwrap();
        let mut settings = BTreeMap::from(mode_settings(mode));
        settings.insert("SOME_SETTING".to_owned(), "its value".to_owned());
        Self {
            folder,
            settings,
            front_end: FrontEnd::default(),
            times: Times::default(),
            instances: 1,
        }
    }

    fn function(&self, name: &str, trigger: &Value) {
        let mut input = json!({"type": "httpTrigger", "direction": "in", "name": "req"});
        input
            .as_object_mut()
            .unwrap()
            .extend(trigger.as_object().unwrap().clone());
        let json = json!({"bindings": [input, {"type": "http", "direction": "out", "name": "res"}]});
        std::fs::create_dir(self.folder.path().join(name)).unwrap();
        std::fs::write(
            self.folder.path().join(name).join("function.json"),
            json.to_string(),
        )
        .unwrap();
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    async fn start(self) -> Running {
        let mut app = App::new(self.folder.path().to_owned(), self.settings);
        (app.times, app.instances) = (self.times, self.instances);
        let host = Bound::bind(0, self.front_end).await.unwrap().start(&app).unwrap();
        Running {
            host,
            _folder: self.folder,
            http: client(),
        }
    }
}

struct Running {
    host: Host,
    http: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Running {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.host.origin())
    }

    /// Where the host listens, for a caller who sends bytes.
    fn address(&self) -> String {
        self.host.origin().replace("http://localhost", "127.0.0.1")
    }

    /// Waits until the host takes no connection any more.
    async fn refuses(&self) -> bool {
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(self.address()).await.is_err() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    async fn status(&self, path: &str) -> u16 {
        self.http
            .get(self.at(path))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    }

    /// Starts a request and leaves as soon as the handler executes it.
    async fn leave(&self, path: &str) {
        let executed = format!("executes GET {path} ");
        tokio::select! {
            answer = self.http.get(self.at(path)).send() => panic!("answered: {answer:?}"),
            is_printed = self.printed(&executed) => assert!(is_printed),
        }
    }

    /// A request that ends the handler with this exit code. It has a body, so the host sends it only once.
    async fn crash(&self, code: u8) -> u16 {
        let request = self
            .http
            .post(self.at(&format!("/api/echo/exit-{code}")))
            .body("once");
        request.send().await.unwrap().status().as_u16()
    }

    async fn seen(&self, path: &str) -> Value {
        seen(self.http.get(self.at(path)).send().await.unwrap()).await
    }

    /// Waits until `count` lines of the host contain `text`.
    async fn host_said(&self, text: &str, count: usize) -> bool {
        for _ in 0..100 {
            if self
                .host
                .log()
                .errors()
                .iter()
                .filter(|line| line.text.contains(text))
                .count()
                >= count
            {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    /// Waits until a line of the handler contains `text`.
    async fn printed(&self, text: &str) -> bool {
        for _ in 0..100 {
            if self.host.log().handler_text().contains(text) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }
}

fn client() -> reqwest::Client {
    let _installed_already = rustls_openssl::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

async fn seen(response: reqwest::Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// Values of a header as the handler saw them.
fn header<'a>(seen: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = seen["headers"].as_array().unwrap();
    headers
        .iter()
        .filter(|pair| pair[0] == name)
        .map(|pair| pair[1].as_str().unwrap())
        .collect()
}
