//! `irori serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::app::{Outside, assemble};
use crate::cli::Failure;
use crate::config::{DataFlags, ServeFlags, Settings};
use crate::server;

/// Serves people.
#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    flags: ServeFlags,
}

/// Serves until told to stop.
pub async fn run(data: &DataFlags, command: Serve) -> Result<(), Failure> {
    let settings = Settings::load(data, &command.flags)?;
    let outside = Outside { public_url: settings.public_url.clone(), trusted_proxies: settings.trusted_proxies };
    let app = assemble(settings.store, &outside, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| Failure(format!("{} で待ち受けできません / cannot listen there: {error}", settings.listen)))?;
    let address = listener.local_addr()?;
    let origin = settings.public_url.unwrap_or_else(|| format!("http://{}", reachable(address)));
    if let Some(token) = app.setup.offer().await? {
        println!(
            "セットアップ用リンク（1回だけ・24時間有効） / set-up link (once, for 24 hours):\n  {origin}/setup?token={token}"
        );
    }
    tracing::info!(%address, "serving");
    let stop = stop_signal()?;
    let (hub, mut stopping) = (Arc::clone(&app.hub), stop.clone());
    tokio::spawn(async move {
        // Sockets are told to come back, else they would hold the server up.
        let _ = stopping.wait_for(|stop| *stop).await;
        hub.close_all();
    });
    server::serve(listener, app.router.clone(), stop).await;
    app.finish().await;
    tracing::info!("stopped");
    Ok(())
}

/// An address that a browser on this machine can open.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address }
}

/// Turns true on SIGTERM or Ctrl-C.
fn stop_signal() -> Result<watch::Receiver<bool>, Failure> {
    let (stop, stopped) = watch::channel(false);
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = stop.send(true);
    });
    Ok(stopped)
}
