//! The smallest custom handler that is useful to test a host: answers with what it was sent, or plays what the request
//! asks for. It reads and writes bytes, so that nothing is bent on this side.
//!
//! What is played: a path that ends in `exit-<code>`, `wait-<milliseconds>`, `hang`, `held`, `release` or `moved`; or a
//! header `x-play`, see [`play`].

#[path = "echo/play.rs"]
mod play;
#[path = "echo/wire.rs"]
mod wire;

use std::time::Duration;

use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;

use wire::{Request, Wire};

/// Lets one `held` answer go on.
static RELEASED: Semaphore = Semaphore::const_new(0);

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    eprintln!("warning: this is written to standard error");
    eprintln!("and this looks like an error");
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        while terminate.recv().await.is_some() {
            eprintln!("warning: told to end");
        }
    });
    if let Some(milliseconds) = number("ECHO_READY_AFTER_MS") {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    if let Some(code) = number("ECHO_EXIT_AT_ONCE") {
        exit(code);
    }
    let port = number("FUNCTIONS_CUSTOMHANDLER_PORT")
        .and_then(|port| u16::try_from(port).ok())
        .unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    for number in 0.. {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // How a connection ended is for the host to notice.
            let _ended = converse(stream, number).await;
        });
    }
    Ok(())
}

async fn converse(stream: TcpStream, number: u64) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut wire = Wire::new(stream);
    while let Some(request) = wire.request().await? {
        let (method, target) = (&request.method, &request.target);
        let id = request
            .header("x-azure-functions-invocationid")
            .unwrap_or_default();
        eprintln!("warning: executes {method} {target} {id}");
        if let Some(part) = request.header("x-play") {
            if play::play(&mut wire, &request, part).await? {
                return Ok(());
            }
            continue;
        }
        answer(&mut wire, &request, number).await?;
    }
    Ok(())
}

async fn answer(wire: &mut Wire, request: &Request, connection: u64) -> std::io::Result<()> {
    let last = request
        .target
        .split('?')
        .next()
        .and_then(|path| path.rsplit('/').next());
    let last = last.unwrap_or_default();
    match last.split_once('-') {
        Some(("exit", code)) => exit(code.parse().unwrap_or(1)),
        Some(("wait", milliseconds)) => {
            wait(wire, Duration::from_millis(milliseconds.parse().unwrap_or(0))).await?;
        }
        _ if last == "hang" => wait(wire, Duration::MAX).await?,
        _ if last == "held" => return held(wire).await,
        _ if last == "release" => RELEASED.add_permits(1),
        _ => {}
    }
    let body = wire.body(request).await?;
    let seen = json!({
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "body": body.begin,
        "length": body.length,
        "sha256": body.sha256,
        "variables": std::env::vars().collect::<std::collections::BTreeMap<_, _>>(),
        "process": std::process::id(),
        "connection": connection,
    });
    let seen = seen.to_string();
    let (status, location) = if last == "moved" {
        ("302 Found", "Location: https://elsewhere.example/\r\n")
    } else {
        ("200 OK", "")
    };
    wire.write(
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\
             Strict-Transport-Security: max-age=1\r\n{location}Content-Length: {}\r\n\r\n{seen}",
            seen.len()
        )
        .as_bytes(),
    )
    .await
}

/// Takes its time; says on standard error when the host dropped the request meanwhile.
async fn wait(wire: &mut Wire, time: Duration) -> std::io::Result<()> {
    tokio::select! {
        () = tokio::time::sleep(time) => {
            eprintln!("warning: finished");
            Ok(())
        }
        () = wire.closed() => {
            eprintln!("warning: cancelled");
            Err(std::io::ErrorKind::ConnectionAborted.into())
        }
    }
}

/// Two chunks, the second not before somebody says so.
async fn held(wire: &mut Wire) -> std::io::Result<()> {
    wire.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        .await?;
    if let Ok(permit) = RELEASED.acquire().await {
        permit.forget();
    }
    wire.write(b"6\r\nsecond\r\n0\r\n\r\n").await
}

fn number(name: &str) -> Option<u64> {
    std::env::vars().find(|(key, _)| key == name)?.1.parse().ok()
}

fn exit(code: u64) -> ! {
    std::process::exit(i32::try_from(code).unwrap_or(1))
}
