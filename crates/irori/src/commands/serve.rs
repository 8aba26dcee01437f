//! `irori serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use cards::CardsConfig;
use clap::Args;
use kernel::chance::SystemRandom;
use kernel::clock::SystemClock;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::app::{AppConfig, Outside, assemble};
use crate::cli::Failure;
use crate::config::{DataFlags, ServeFlags, Settings};
use crate::server::{self, reachable};

/// Serves people.
#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    flags: ServeFlags,
}

/// Serves until told to stop; requests in that runtime, sockets in this one.
pub async fn run(data: &DataFlags, command: Serve, requests: &Handle) -> Result<(), Failure> {
    let settings = Settings::load(data, &command.flags)?;
    let outside = Outside {
        public_url: settings.public_url.clone(),
        trusted_proxies: settings.trusted_proxies,
        metrics_elsewhere: settings.metrics_listen.is_some(),
    };
    let cards = if settings.link_cards { CardsConfig::on() } else { CardsConfig::off() };
    let config = AppConfig { outside, cards, ..AppConfig::new(settings.store, settings.files.open()?) };
    let app = assemble(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let listener = listen(settings.listen, requests)?;
    let for_metrics = settings.metrics_listen.map(|address| listen(address, requests)).transpose()?;
    let address = listener.local_addr()?;
    let origin = settings.public_url.unwrap_or_else(|| format!("http://{}", reachable(address)));
    if let Some(token) = app.setup.offer().await? {
        println!(
            "セットアップ用リンク（1回だけ・24時間有効） / set-up link (once, for 24 hours):\n  {origin}/setup?token={token}"
        );
    }
    tokio::spawn(app.files.clone().keep_swept());
    tokio::spawn(app.jobs.clone().keep_time());
    tokio::spawn(app.cards.clone().keep_swept());
    tracing::info!(%address, "serving");
    let stop = stop_signal()?;
    let (hub, mut stopping) = (Arc::clone(&app.hub), stop.clone());
    tokio::spawn(async move {
        // Sockets are told to come back, else they would hold the server up.
        let _ = stopping.wait_for(|stop| *stop).await;
        hub.close_all();
    });
    if let Some(listener) = for_metrics {
        requests.spawn(server::serve(listener, app.metrics.clone(), stop.clone()));
    }
    requests.spawn(server::serve(listener, app.router.clone(), stop)).await.map_err(|error| Failure(error.to_string()))?;
    app.finish().await;
    tracing::info!("stopped");
    Ok(())
}

/// Callers who wait to be let in, at most, where the system grants as many. The usual 128 overflow when all come back at once,
/// and whoever is turned away knocks again only a second later.
const WAITING: u32 = 4096;

fn listen(address: SocketAddr, requests: &Handle) -> Result<TcpListener, Failure> {
    let _requests = requests.enter();
    let listening = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A server that starts anew need not wait for the connections of the last one to be forgotten.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(WAITING)
    };
    listening().map_err(|error: std::io::Error| Failure(format!("{address} で待ち受けできません / cannot listen there: {error}")))
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
