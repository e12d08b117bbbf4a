//! `bare-token PORT`: answers every request with an RS256 signature, on one thread: the least a token endpoint on warp can be.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use bare::Signing;
use tokio::net::TcpListener;
use warp::Filter as _;
use warp::http::StatusCode;

fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok());
    let port: u16 = port.ok_or_else(|| io::Error::other("bare-token PORT"))?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(port))
}

async fn serve(port: u16) -> io::Result<()> {
    let signing = Arc::new(Signing::new()?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let answer = warp::any().map(move || match signing.sign() {
        Ok(signature) => warp::reply::with_status(signature, StatusCode::OK),
        Err(_) => warp::reply::with_status(Vec::new(), StatusCode::INTERNAL_SERVER_ERROR),
    });
    warp::serve(answer).incoming(listener).run().await;
    Ok(())
}
