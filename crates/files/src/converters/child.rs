//! What `irori convert` does: it bounds itself, and what it starts inherits that.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::PAGES;
use crate::texts::{self, Form};
use crate::thumbnails::{NICENESS, SIDES};

/// Memory: of ours and poppler, and of `LibreOffice`, which maps all of itself.
const MEMORY: u64 = 1024 * 1024 * 1024;
const MEMORY_OF_OFFICE: u64 = 4 * MEMORY;
/// Seconds of a processor.
const SECONDS: u64 = 20;
const SECONDS_OF_OFFICE: u64 = 60;
/// The largest file that may be written.
const FILE_BYTES: u64 = 256 * 1024 * 1024;

/// What a first page is drawn of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// A PDF.
    Pdf,
    /// What becomes a PDF first.
    Office,
}

impl Drawn {
    /// Of a content type.
    #[must_use]
    pub fn of(content_type: &str) -> Option<Self> {
        match (Form::of(content_type)?, content_type) {
            (Form::Pdf, _) => Some(Self::Pdf),
            (Form::Word | Form::Sheets | Form::Slides | Form::Open, _) => Some(Self::Office),
            (Form::Plain, _) => None,
        }
    }
}

/// Writes what a document says to the standard output.
///
/// # Errors
/// When it can't be read.
pub fn text(content_type: &str, source: &Path, pdftotext: Option<&Path>) -> io::Result<()> {
    let form = Form::of(content_type).ok_or(io::ErrorKind::InvalidInput)?;
    bound(MEMORY, SECONDS);
    if let (Form::Pdf, Some(pdftotext)) = (form, pdftotext) {
        // In its place; it comes back only where it can't be started.
        let error = Command::new(pdftotext).args(["-q", "-enc", "UTF-8", "-eol", "unix", "-nopgbrk"]).arg(source).arg("-").exec();
        eprintln!("{error}");
    }
    io::stdout().write_all(texts::read(form, source)?.as_bytes())
}

/// Draws a document's first page beside it.
///
/// # Errors
/// When it can't be drawn.
pub fn picture(content_type: &str, source: &Path, pdftoppm: &Path, soffice: Option<&Path>) -> io::Result<()> {
    let folder = source.parent().ok_or(io::ErrorKind::InvalidInput)?;
    match (Drawn::of(content_type), soffice) {
        (Some(Drawn::Pdf), _) => {
            bound(MEMORY, SECONDS);
            // In its place: our own allocator has set aside as much as the bound, and would leave nothing to start another with.
            Err(drawing(pdftoppm, source, folder).exec())
        }
        (Some(Drawn::Office), Some(soffice)) => {
            bound(MEMORY_OF_OFFICE, SECONDS_OF_OFFICE);
            let pages = printed(soffice, source, folder)?;
            run(drawing(pdftoppm, &pages, folder))
        }
        (Some(Drawn::Office), None) | (None, _) => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn drawing(pdftoppm: &Path, source: &Path, folder: &Path) -> Command {
    let side = SIDES[SIDES.len() - 1].to_string();
    let mut command = Command::new(pdftoppm);
    command.args(["-q", "-f", "1", "-l", "1", "-singlefile", "-jpeg", "-scale-to", &side]).arg(source).arg(folder.join(PAGES));
    command
}

/// A PDF of an office document. Without a network, where the system lets us take it away: a document may name pictures elsewhere.
fn printed(soffice: &Path, source: &Path, folder: &Path) -> io::Result<std::path::PathBuf> {
    let apart = Command::new("unshare").args(["--map-current-user", "--net", "true"]).stderr(Stdio::null()).status();
    let mut command = if apart.is_ok_and(|status| status.success()) {
        let mut command = Command::new("unshare");
        command.args(["--map-current-user", "--net"]).arg(soffice);
        command
    } else {
        Command::new(soffice)
    };
    // Where the network can't be taken away, whatever is asked of it goes to a port that nobody answers.
    for proxy in ["http_proxy", "https_proxy", "ftp_proxy"] {
        command.env(proxy, "http://127.0.0.1:9");
    }
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    command
        .args(["--headless", "--norestore", "--nolockcheck", &profile, "--convert-to", "pdf", "--outdir"])
        .arg(folder)
        .arg(source);
    run(command)?;
    let pages = folder.join("source.pdf");
    if fs::exists(&pages)? { Ok(pages) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn run(mut command: Command) -> io::Result<()> {
    let program = command.get_program().to_owned();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(failed(&program)) }
}

fn failed(program: &OsStr) -> io::Error {
    io::Error::other(format!("{} failed", program.display()))
}

/// From here on this process and all that it starts have no more than this. Where the system refuses, the time of the parent's
/// patience still holds.
fn bound(memory: u64, seconds: u64) {
    let most = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    for (resource, limit) in
        [(Resource::As, memory), (Resource::Cpu, seconds), (Resource::Fsize, FILE_BYTES), (Resource::Core, 0)]
    {
        let _ = setrlimit(resource, most(limit));
    }
    let _ = rustix::process::setpriority_process(None, NICENESS);
}
