//! What the handler plays instead of answering.

use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::wire::{Request, Wire};

/// Plays `bytes <base64>`, `early`, `stream`, `big <length>` or `switch`; then closes the connection where `x-then: close`
/// says so. True when it is over.
pub(crate) async fn play(wire: &mut Wire, request: &Request, part: &str) -> io::Result<bool> {
    let (part, value) = part.split_once(' ').unwrap_or((part, ""));
    if part == "early" {
        return early(wire).await;
    }
    wire.body(request).await?;
    match part {
        "bytes" => {
            let bytes = STANDARD.decode(value).map_err(io::Error::other)?;
            wire.write(&bytes).await?;
        }
        "stream" => stream(wire).await?,
        "big" => big(wire, value.parse().map_err(io::Error::other)?).await?,
        "switch" => return switch(wire).await,
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    }
    Ok(request.header("x-then") == Some("close"))
}

/// Answers before it has read the body, and closes the connection with the body unread.
async fn early(wire: &mut Wire) -> io::Result<bool> {
    wire.write(b"HTTP/1.1 413 Too Big\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
        .await?;
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok(true)
}

async fn stream(wire: &mut Wire) -> io::Result<()> {
    wire.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n")
        .await?;
    for tick in 0..6 {
        wire.write(format!("6\r\ntick{tick}\n\r\n").as_bytes()).await?;
    }
    wire.write(b"0\r\n\r\n").await
}

async fn big(wire: &mut Wire, mut length: usize) -> io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length:";
    wire.write(format!("{head} {length}\r\n\r\n").as_bytes()).await?;
    let piece = vec![b'x'; 64 * 1024];
    while length > 0 {
        let piece = piece.get(..length.min(piece.len())).unwrap_or_default();
        wire.write(piece).await?;
        length -= piece.len();
    }
    Ok(())
}

/// Another protocol: what comes is sent back once.
async fn switch(wire: &mut Wire) -> io::Result<bool> {
    wire.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    )
    .await?;
    wire.mirror().await?;
    Ok(true)
}
