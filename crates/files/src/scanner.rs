//! A virus scanner in the way: clamd, over its socket (`INSTREAM`, clamd(8)).

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use kernel::Problem;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::model::refused;

/// How long the scanner may take to accept a call or a piece.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take to judge, once it has all.
const JUDGEMENT: Duration = Duration::from_secs(120);

/// Where the scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// `host:port`.
    Tcp(String),
    /// A path.
    Unix(PathBuf),
}

impl Scanner {
    /// Reads `clamd://host:port` or `unix:/path`.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        if let Some(path) = address.strip_prefix("unix:") {
            return path.starts_with('/').then(|| Self::Unix(path.into()));
        }
        let place = address.strip_prefix("clamd://")?.trim_end_matches('/');
        let (host, port) = place.rsplit_once(':')?;
        (!host.is_empty() && port.parse::<u16>().is_ok()).then(|| Self::Tcp(place.to_owned()))
    }

    /// Begins to hand it a file.
    ///
    /// # Errors
    /// 503 where it is away: what is not scanned is not kept.
    pub async fn begin(&self) -> Result<Scan, Problem> {
        let call = async {
            let mut socket: Box<dyn Socket> = match self {
                Self::Tcp(place) => Box::new(TcpStream::connect(place).await?),
                Self::Unix(path) => Box::new(UnixStream::connect(path).await?),
            };
            socket.write_all(b"zINSTREAM\0").await?;
            Ok(socket)
        };
        patiently(PATIENCE, call).await.map(Scan)
    }
}

trait Socket: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Socket for T {}

/// A file on its way through the scanner.
pub struct Scan(Box<dyn Socket>);

impl Scan {
    /// Hands on the next bytes.
    ///
    /// # Errors
    /// 503 where it has gone.
    pub async fn write(&mut self, bytes: &Bytes) -> Result<(), Problem> {
        let length = u32::try_from(bytes.len()).map_err(|_| away(&io::Error::from(io::ErrorKind::InvalidInput)))?;
        let socket = &mut self.0;
        patiently(PATIENCE, async {
            socket.write_all(&length.to_be_bytes()).await?;
            socket.write_all(bytes).await
        })
        .await
    }

    /// That was all: what does it say?
    ///
    /// # Errors
    /// 422 where it found something; 503 where it has gone or could not tell.
    pub async fn judge(mut self) -> Result<(), Problem> {
        let mut said = Vec::new();
        patiently(JUDGEMENT, async {
            self.0.write_all(&0u32.to_be_bytes()).await?;
            self.0.take(4096).read_to_end(&mut said).await.map(drop)
        })
        .await?;
        let said = String::from_utf8_lossy(&said);
        let said = said.trim_end_matches(['\0', '\n']);
        if said.ends_with("FOUND") {
            tracing::warn!(said, "the scanner refused a file");
            return Err(refused(
                "ウイルスが見つかったため、このファイルは送れません。",
                "A virus was found in this file; it can't be sent.",
            ));
        }
        if said.ends_with(": OK") { Ok(()) } else { Err(away(&io::Error::other(said.to_owned()))) }
    }
}

async fn patiently<T>(patience: Duration, work: impl Future<Output = io::Result<T>>) -> Result<T, Problem> {
    match timeout(patience, work).await {
        Ok(outcome) => outcome.map_err(|error| away(&error)),
        Err(_) => Err(away(&io::Error::from(io::ErrorKind::TimedOut))),
    }
}

fn away(error: &io::Error) -> Problem {
    tracing::error!(%error, "the virus scanner is away");
    let problem = Problem::new(
        503,
        "scanner-away",
        "ウイルス検査ができないため、いまはファイルを送れません。しばらくしてからもう一度お試しください。",
        "Files can't be scanned for viruses right now. Please try again shortly.",
    );
    Problem { retry_after_seconds: Some(30), ..problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_a_socket() {
        assert_eq!(Scanner::parse("clamd://10.0.0.5:3310"), Some(Scanner::Tcp("10.0.0.5:3310".to_owned())));
        assert_eq!(Scanner::parse("unix:/run/clamav/clamd.ctl"), Some(Scanner::Unix("/run/clamav/clamd.ctl".into())));
        for wrong in ["clamd://", "clamd://host", "10.0.0.5:3310", "unix:clamd.ctl"] {
            assert_eq!(Scanner::parse(wrong), None, "{wrong}");
        }
    }
}
