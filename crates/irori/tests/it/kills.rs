//! `kill -9` under load, again and again: no acknowledged message, edit or reaction is lost, none is there twice, and no seq is
//! missing; and tabs that came back each time hold what the database holds.

use std::time::Duration;

use testkit::{Backend, Process, Server};

use super::crowd::{Crowd, Scene};
use super::{at_length, ensure_sound, irori};

async fn story(backend: Backend) {
    let scene = Scene::set(Server::start(backend).await).await;
    let arguments = scene.data.arguments();
    let mut process = Process::start(irori(), &arguments).await;
    let address = process.address;
    let crowd = Crowd::gather(scene.clients(&format!("http://{address}")), &scene.room).await;
    let kills = at_length("IRORI_KILLS", 20);
    for n in 0..kills {
        // Not always at the same point of what comes after a start.
        tokio::time::sleep(Duration::from_millis(60 + 37 * n % 160)).await;
        process.kill();
        process = Process::start_at(irori(), &arguments, address).await;
    }
    let (written, returns) = crowd.ensure_whole().await;
    println!("killed {kills} times on {backend:?}: {written} messages whole, tabs came back {returns} times");
    assert!(written > 7 && returns > 1, "there was load: {written} messages, and the tabs came back: {returns}");
    process.kill();
    ensure_sound(&arguments);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_on_sqlite() {
    story(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_on_postgres() {
    story(Backend::Postgres).await;
}
