//! `bare-warp PORT`: answers every request with two bytes, on one thread: the least a server on warp can be.

use std::io;
use std::net::Ipv4Addr;

use tokio::net::TcpListener;
use warp::Filter as _;

fn main() -> io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok());
    let port: u16 = port.ok_or_else(|| io::Error::other("bare-warp PORT"))?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(port))
}

async fn serve(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    warp::serve(warp::any().map(|| "ok"))
        .incoming(listener)
        .run()
        .await;
    Ok(())
}
