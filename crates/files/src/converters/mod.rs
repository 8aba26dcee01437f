//! Programs that open what people sent. A file may be made to harm whoever opens it, so each runs as a process of its own, which
//! bounds itself in time and memory ([`child`]) and is ended with all that it began when it takes too long.
//!
//! Texts need nothing but our own program; where poppler (`pdftotext`) is on the machine it is taken for PDF, since it knows the
//! encodings of old Japanese files. Pictures of first pages need `pdftoppm`, those of office documents `soffice` as well.

pub mod child;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use kernel::Problem;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use crate::Objects;
use crate::texts::{Form, MOST_CHARS, Words, unwrapped};

/// How long a text may take, and a picture.
const TEXT_TAKES: Duration = Duration::from_secs(30);
const PICTURE_TAKES: Duration = Duration::from_secs(90);
/// What is read of a converter's answer, in bytes: a character takes at most four.
const MOST_TEXT: u64 = 4 * 2 * MOST_CHARS as u64;
const MOST_PICTURE: u64 = 32 * 1024 * 1024;
/// What the picture is called.
const PAGES: &str = "page";

/// Which programs there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Converters {
    /// Our own (`irori convert`); without it nothing is converted.
    pub own: Option<PathBuf>,
    /// Poppler's reader of texts.
    pub pdftotext: Option<PathBuf>,
    /// Poppler's drawer of pages.
    pub pdftoppm: Option<PathBuf>,
    /// `LibreOffice`, which makes PDFs of office documents.
    pub soffice: Option<PathBuf>,
}

impl Converters {
    /// This program, and what is on the path.
    #[must_use]
    pub fn find() -> Self {
        Self {
            own: env::current_exe().ok(),
            pdftotext: on_path("pdftotext"),
            pdftoppm: on_path("pdftoppm"),
            soffice: on_path("soffice"),
        }
    }

    /// Whether a picture of the first page of such a file can be made.
    #[must_use]
    pub fn picture(&self, content_type: &str) -> bool {
        let can_draw = self.own.is_some() && self.pdftoppm.is_some();
        match child::Drawn::of(content_type) {
            Some(child::Drawn::Pdf) => can_draw,
            Some(child::Drawn::Office) => can_draw && self.soffice.is_some(),
            None => false,
        }
    }

    /// What a document says; empty where it can't be read; none where nothing here can read any.
    ///
    /// # Errors
    /// 503 where the object store is away.
    pub async fn text(&self, objects: &Objects, object: &str, content_type: &str) -> Result<Option<String>, Problem> {
        let Some(own) = &self.own else { return Ok(None) };
        let Some(form) = Form::of(content_type) else { return Ok(Some(String::new())) };
        let folder = folder()?;
        let source = folder.path().join("source");
        let is_whole = fetch(objects, object, &source, form.most_bytes()).await?;
        if !is_whole && form != Form::Plain {
            return Ok(Some(String::new()));
        }
        let mut command = bounded(own, &folder);
        command.args(["convert", "text", content_type]).arg(&source);
        if let Some(pdftotext) = &self.pdftotext {
            command.arg("--pdftotext").arg(pdftotext);
        }
        let mut words = Words::default();
        if let Some(said) = answer(command, TEXT_TAKES).await {
            let said = String::from_utf8_lossy(&said);
            words.push(&if form == Form::Pdf { unwrapped(&said).into() } else { said });
        }
        Ok(Some(words.into_text()))
    }

    /// The first page of a document, as a JPEG; none where it can't be drawn.
    ///
    /// # Errors
    /// 503 where the object store is away.
    pub async fn first_page(&self, objects: &Objects, object: &str, content_type: &str) -> Result<Option<Bytes>, Problem> {
        let (Some(own), Some(pdftoppm)) = (&self.own, &self.pdftoppm) else { return Ok(None) };
        let folder = folder()?;
        let source = folder.path().join("source");
        if !fetch(objects, object, &source, crate::texts::MOST_BYTES).await? {
            return Ok(None);
        }
        let mut command = bounded(own, &folder);
        command.args(["convert", "picture", content_type]).arg(&source).arg("--pdftoppm").arg(pdftoppm);
        if let Some(soffice) = &self.soffice {
            command.arg("--soffice").arg(soffice);
        }
        if answer(command, PICTURE_TAKES).await.is_none() {
            return Ok(None);
        }
        Ok(small_file(&folder.path().join(PAGES).with_extension("jpg")).await)
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// A folder of its own, its owner's alone, gone with the handle.
fn folder() -> Result<TempDir, Problem> {
    tempfile::Builder::new().prefix("irori-").tempdir().map_err(|error| {
        tracing::error!(%error, "there is no place for temporary files");
        Problem::unavailable()
    })
}

/// Writes an object to a file, up to so many bytes; whether that is all of it.
async fn fetch(objects: &Objects, object: &str, to: &Path, most: u64) -> Result<bool, Problem> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "a temporary file could not be written");
        Problem::unavailable()
    };
    let mut file = tokio::fs::File::create(to).await.map_err(failed)?;
    let (mut stream, mut left) = (objects.stream(object, None).await?, most);
    while let Some(bytes) = stream.next().await {
        let bytes = bytes?;
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        file.write_all(&bytes[..taken]).await.map_err(failed)?;
        if taken < bytes.len() {
            file.flush().await.map_err(failed)?;
            return Ok(false);
        }
        left -= taken as u64;
    }
    file.flush().await.map_err(failed)?;
    Ok(true)
}

/// Our own program, with nothing of our own in its environment.
fn bounded(own: &Path, folder: &TempDir) -> Command {
    let mut command = Command::new(own);
    command.env_clear().env("LANG", "C.UTF-8").env("HOME", folder.path()).env("TMPDIR", folder.path()).current_dir(folder.path());
    if let Some(path) = env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// What it writes until it ends well, or until that is enough; none where it fails or takes too long.
async fn answer(mut command: Command, patience: Duration) -> Option<Vec<u8>> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0).kill_on_drop(true);
    let mut running = Running(command.spawn().inspect_err(|error| tracing::warn!(%error, "a converter did not start")).ok()?);
    let reading = async {
        let mut said = Vec::new();
        running.0.stdout.take()?.take(MOST_TEXT).read_to_end(&mut said).await.ok()?;
        let is_enough = said.len() as u64 == MOST_TEXT;
        (is_enough || running.0.wait().await.ok()?.success()).then_some(said)
    };
    let answered = tokio::time::timeout(patience, reading).await;
    if !matches!(answered, Ok(Some(_))) {
        tracing::info!(too_slow = answered.is_err(), "a document could not be converted");
    }
    answered.ok().flatten()
}

/// Ends with all that it began.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let group = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

async fn small_file(path: &Path) -> Option<Bytes> {
    let file = tokio::fs::File::open(path).await.ok()?;
    if file.metadata().await.ok()?.len() > MOST_PICTURE {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(MOST_PICTURE).read_to_end(&mut bytes).await.ok()?;
    Some(bytes.into())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_is_ended_with_all_that_it_began() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.current_dir(folder.path()).args(["-c", "sleep 60 & echo $! > begun; sleep 60"]);
        assert_eq!(answer(command, Duration::from_millis(500)).await, None);
        let begun: i32 = std::fs::read_to_string(folder.path().join("begun")).unwrap().trim().parse().unwrap();
        let (begun, since) = (rustix::process::Pid::from_raw(begun).unwrap(), Instant::now());
        while rustix::process::test_kill_process(begun).is_ok() && !is_over(begun) {
            assert!(since.elapsed() < Duration::from_secs(10), "it is ended too");
            tokio::task::yield_now().await;
        }
    }

    /// Ended, though nobody has asked how yet (proc(5)).
    fn is_over(process: rustix::process::Pid) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
        stat.is_ok_and(|stat| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
    }

    #[tokio::test]
    async fn what_fails_says_nothing_and_what_says_too_much_is_cut() {
        let said = async |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            answer(command, Duration::from_secs(20)).await
        };
        assert_eq!(said("echo well").await, Some(b"well\n".to_vec()));
        assert_eq!(said("echo ill; exit 3").await, None);
        let endless = said("while true; do echo 0123456789012345678901234567890123456789; done").await;
        assert_eq!(endless.unwrap().len() as u64, MOST_TEXT);
    }
}
