//! A server that records what it is sent and answers the bytes it is told to, whole or cut off.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// One request, as it came.
#[derive(Clone, Debug)]
pub(in crate::jumio) struct Seen {
    pub(in crate::jumio) method: String,
    pub(in crate::jumio) path: String,
    pub(in crate::jumio) headers: Vec<(String, String)>,
    pub(in crate::jumio) body: String,
}

impl Seen {
    /// The one header of that name.
    pub(in crate::jumio) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self
            .headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let value = found.next()?.1.as_str();
        assert!(found.next().is_none(), "{name} was sent twice");
        Some(value)
    }

    pub(in crate::jumio) fn is_token(&self) -> bool {
        self.path == "/oauth2/token"
    }
}

/// What to do with a request.
#[derive(Clone, Debug)]
pub(in crate::jumio) enum Answer {
    /// Status, content type (none when empty), further header lines, body.
    Whole(u16, &'static str, &'static str, String),
    /// Promises a longer body than it sends, then closes.
    CutOff(u16, String),
    /// Says nothing for so long, then answers.
    Late(Duration, Box<Answer>),
    /// Closes without a word.
    Gone,
    /// A JSON body without end, in chunks, until the client has enough.
    Endless,
}

impl Answer {
    /// An answer that comes after anybody's patience.
    pub(in crate::jumio) fn too_late() -> Self {
        Self::Late(Duration::from_secs(5), Box::new(Self::Gone))
    }

    pub(in crate::jumio) fn json(status: u16, body: impl std::fmt::Display) -> Self {
        Self::Whole(status, "application/json", "", body.to_string())
    }
}

type Script = dyn Fn(&Seen, usize) -> Answer + Send + Sync;

/// A running server. Stops when dropped, with the runtime of its test.
pub(in crate::jumio) struct Server {
    base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers by `script`, which is given the request and how many with its method and path came before it.
    pub(in crate::jumio) async fn start(
        script: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let (script, log): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&log)));
            }
        });
        Self { base, seen }
    }

    pub(in crate::jumio) fn base(&self) -> Url {
        self.base.clone()
    }

    /// All requests so far, in order.
    pub(in crate::jumio) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Requests so far other than those for a token.
    pub(in crate::jumio) fn calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.is_token()).collect()
    }

    /// How many tokens were asked for so far.
    pub(in crate::jumio) fn tokens(&self) -> usize {
        self.seen().iter().filter(|seen| seen.is_token()).count()
    }
}

/// One request per connection: simple, and no test depends on reuse.
async fn serve(stream: TcpStream, script: Arc<Script>, log: Arc<Mutex<Vec<Seen>>>) {
    let mut stream = BufReader::new(stream);
    let Some(seen) = read(&mut stream).await else {
        return;
    };
    let answer = {
        let mut log = log.lock().unwrap();
        let like = |other: &&Seen| other.method == seen.method && other.path == seen.path;
        let before = log.iter().filter(like).count();
        log.push(seen.clone());
        script(&seen, before)
    };
    // The client may have hung up, which some tests want.
    let _ = write(stream.into_inner(), answer).await;
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ').map(str::to_owned);
    let (method, path) = (first.next().unwrap(), first.next().unwrap());
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let headers: Vec<_> = pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut seen = Seen {
        method,
        path,
        headers,
        body: String::new(),
    };
    let length = seen
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    seen.body = String::from_utf8(body).unwrap();
    Some(seen)
}

async fn write(mut stream: TcpStream, answer: Answer) -> std::io::Result<()> {
    let text = match answer {
        Answer::Whole(status, kind, more, body) => {
            let kind = if kind.is_empty() {
                String::new()
            } else {
                format!("Content-Type: {kind}\r\n")
            };
            format!(
                "{}{kind}{more}Content-Length: {}\r\n\r\n{body}",
                line(status),
                body.len()
            )
        }
        Answer::CutOff(status, body) => {
            let json = "Content-Type: application/json\r\n";
            format!(
                "{}{json}Content-Length: {}\r\n\r\n{body}",
                line(status),
                body.len() + 100
            )
        }
        Answer::Late(by, then) => {
            tokio::time::sleep(by).await;
            return Box::pin(write(stream, *then)).await;
        }
        Answer::Gone => return Ok(()),
        Answer::Endless => return endless(stream).await,
    };
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

fn line(status: u16) -> String {
    format!("HTTP/1.1 {status} Whatever\r\nConnection: close\r\n")
}

async fn endless(mut stream: TcpStream) -> std::io::Result<()> {
    let head = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream
        .write_all(format!("{}{head}", line(200)).as_bytes())
        .await?;
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    loop {
        stream.write_all(chunk.as_bytes()).await?;
    }
}
