//! Bad input: every way to be wrong gets its specified answer, never a 500, and loses nothing.

mod authorize;
mod callback;
mod outage;
mod rotation;
mod token;
mod vault;
mod verify;
mod visit;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::journey::World;

/// An answer, read completely.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Said {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

pub(crate) async fn said(request: reqwest::RequestBuilder) -> Said {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Said {
        status,
        headers,
        body: response.text().await.unwrap(),
    }
}

impl World {
    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        http().post(self.rig.at(path).unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        http().get(self.rig.at(path).unwrap())
    }

    /// Sends bytes as they are, straight to the handler, and returns what comes back until it closes.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let port = self.rig.host.handler_ports()[0];
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        let _reset_is_an_answer_too = tokio::time::timeout(std::time::Duration::from_secs(15), reading).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// No answer of this world was 500, and nothing panicked.
    pub(crate) fn nothing_broke(&self) {
        let text = self.rig.host.log().handler_text();
        assert!(
            !text.contains("\"http.response.status_code\":500") && !text.contains("panic.raised"),
            "{text}"
        );
    }
}
