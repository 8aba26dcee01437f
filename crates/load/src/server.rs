//! The server under measure: a process of its own.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

/// What threads had used of the CPU at some moment, in nanoseconds, by the scheduler's own count (`proc(5)`: `schedstat`):
/// fine enough for a few hundred messages.
pub struct Cpu(HashMap<PathBuf, f64>);

impl Cpu {
    /// In µs. A thread that has gone since the earlier moment counts for nothing.
    pub fn micros_since(&self, earlier: &Self) -> f64 {
        let used = |(thread, nanos): (&PathBuf, &f64)| nanos - earlier.0.get(thread).copied().unwrap_or(0.0);
        self.0.iter().map(used).sum::<f64>() / 1e3
    }
}

/// A running server; ended when dropped.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to its first healthy answer.
    pub ready_after: Duration,
}

impl Server {
    /// Starts it with these further arguments and waits until it answers.
    pub async fn start(binary: &Path, arguments: &[String]) -> Outcome<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = Instant::now();
        let mut process = Command::new(binary)
            .arg("serve")
            .args(["--listen", &address.to_string()])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let client = reqwest::Client::new();
        let health = format!("http://{address}/healthz");
        while !client.get(&health).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if let Some(status) = process.try_wait()? {
                return Err(format!("the server ended at once: {status}").into());
            }
            if started.elapsed() > Duration::from_secs(60) {
                process.kill()?;
                return Err("the server did not get ready in 60 s".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Self { process, address, ready_after: started.elapsed() })
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) -> Outcome<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// CPU used so far, in microseconds. Linux counts it in ticks of 10 ms (`proc(5)`, fields 14 and 15 of `stat`).
    pub fn cpu_micros(&self) -> Outcome<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        Ok((ticks(11) + ticks(12)) * 10_000.0)
    }

    /// CPU used so far by each of its threads, and by those of `others`, processes that work for it.
    pub fn cpu(&self, others: &[i32]) -> Outcome<Cpu> {
        let mut threads = HashMap::new();
        let own = i32::try_from(self.process.id())?;
        for process in others.iter().chain([&own]) {
            // A process of the database may have gone since it was named.
            let Ok(tasks) = std::fs::read_dir(format!("/proc/{process}/task")) else { continue };
            for task in tasks {
                let path = task?.path();
                let Ok(stat) = std::fs::read_to_string(path.join("schedstat")) else { continue };
                let nanos: f64 = stat.split_whitespace().next().ok_or("no schedstat")?.parse()?;
                threads.insert(path, nanos);
            }
        }
        Ok(Cpu(threads))
    }

    /// Resident memory, in kB.
    pub fn resident_kb(&self) -> Outcome<f64> {
        self.status_kb("VmRSS:")
    }

    /// The most of it since [`Self::forget_peak`], in kB.
    pub fn peak_kb(&self) -> Outcome<f64> {
        self.status_kb("VmHWM:")
    }

    /// Counts the peak of resident memory from here on (`proc(5)`: `clear_refs`).
    pub fn forget_peak(&self) -> Outcome<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.process.id()), "5")?)
    }

    fn status_kb(&self, name: &str) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no {name}"))?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
