//! The program as a process, to be killed.

use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `irori serve`.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Process {
    /// Starts it on a free port and waits until it is ready.
    ///
    /// # Panics
    /// When it does not get ready.
    pub async fn start(binary: &Path, arguments: &[String]) -> Self {
        Self::start_in(binary, arguments, &[]).await
    }

    /// As [`Self::start`], with these variables in its environment.
    ///
    /// # Panics
    /// When it does not get ready.
    pub async fn start_in(binary: &Path, arguments: &[String], variables: &[(&str, OsString)]) -> Self {
        let mut command = Command::new(binary);
        command.stderr(Stdio::null()).envs(variables.iter().cloned());
        Self::spawn(command, arguments, free_address()).await
    }

    /// As [`Self::start`]; all that it can be brought to log goes to a file, in JSON.
    ///
    /// # Panics
    /// When it does not get ready.
    pub async fn start_telling(binary: &Path, arguments: &[String], log: &Path) -> Self {
        let log = std::fs::File::create(log).expect("the log can be made");
        let mut command = Command::new(binary);
        command.stderr(log).env("RUST_LOG", "trace").env("IRORI_LOG_FORMAT", "json");
        Self::spawn(command, arguments, free_address()).await
    }

    /// Starts it at an address: where one was killed, for its clients to come back to.
    ///
    /// # Panics
    /// When it does not get ready.
    pub async fn start_at(binary: &Path, arguments: &[String], address: SocketAddr) -> Self {
        let mut command = Command::new(binary);
        command.stderr(Stdio::null());
        Self::spawn(command, arguments, address).await
    }

    async fn spawn(mut command: Command, arguments: &[String], address: SocketAddr) -> Self {
        command.arg("serve").args(["--listen", &address.to_string()]).args(arguments).stdout(Stdio::null());
        let child = command.spawn().expect("the program starts");
        let mut process = Self { child, address };
        let health = format!("http://{address}/healthz");
        let (http, started) = (reqwest::Client::new(), Instant::now());
        while !http.get(&health).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(started.elapsed() < PATIENCE, "not ready after {PATIENCE:?}");
            assert!(process.child.try_wait().expect("it can be asked").is_none(), "it ended at once");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        process
    }

    /// SIGTERM: it is asked to stop.
    ///
    /// # Panics
    /// When it can't be told.
    pub fn ask_to_stop(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().is_ok_and(|status| status.success()), "it is told");
    }

    /// Waits until it has ended; whether it ended well.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn ended(mut self) -> bool {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                return status.success();
            }
            assert!(started.elapsed() < PATIENCE, "not ended after {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// `kill -9`: it gets no chance to say or write anything more.
    ///
    /// # Panics
    /// When it can't be killed.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

/// An address that can be left and taken again: the system gives its port to nobody who asks for any. Those it gives begin at
/// 32,768 (`ip_local_port_range` in ip(7)).
///
/// # Panics
/// When no port below is free.
#[must_use]
pub fn free_address() -> SocketAddr {
    /// Tests run beside each other, in this process and in others.
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let is_free = |address: &SocketAddr| TcpListener::bind(address).is_ok();
    let next = |_| 10_000 + std::process::id().wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % 10_000;
    let ports = (0..1_000).map(next).filter_map(|port| u16::try_from(port).ok());
    ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port))).find(is_free).expect("a port is free")
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
