//! What documents say, to be searched. A file may be made to harm whoever opens it: it is read in a process of its own
//! ([`crate::converters`]), with bounds on time and memory, and no more of it than is kept.

mod office;
mod pdf;
mod plain;
mod words;
mod xml;

use std::fs::File;
use std::path::Path;

pub use pdf::unwrapped;
pub use words::Words;

/// Characters kept of one file.
pub const MOST_CHARS: usize = 100_000;
/// The largest document that is read, in bytes.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Of a text file its beginning is enough.
pub const MOST_PLAIN_BYTES: u64 = 1024 * 1024;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Characters, in some encoding.
    Plain,
    /// PDF.
    Pdf,
    /// Word (ECMA-376).
    Word,
    /// Excel.
    Sheets,
    /// PowerPoint.
    Slides,
    /// `OpenDocument` text, spreadsheets and slides.
    Open,
}

impl Form {
    /// Of a content type; none where it says nothing that could be read.
    #[must_use]
    pub fn of(content_type: &str) -> Option<Self> {
        if content_type.starts_with("text/") {
            return Some(Self::Plain);
        }
        let office = |form: &str| content_type.strip_prefix("application/vnd.openxmlformats-officedocument.") == Some(form);
        match content_type {
            "application/pdf" => Some(Self::Pdf),
            _ if office("wordprocessingml.document") => Some(Self::Word),
            _ if office("spreadsheetml.sheet") => Some(Self::Sheets),
            _ if office("presentationml.presentation") => Some(Self::Slides),
            _ if content_type.starts_with("application/vnd.oasis.opendocument.") => Some(Self::Open),
            _ => None,
        }
    }

    /// How much of such a file is needed, in bytes; a larger one is cut, or not read where its end is needed.
    #[must_use]
    pub fn most_bytes(self) -> u64 {
        if self == Self::Plain { MOST_PLAIN_BYTES } else { MOST_BYTES }
    }
}

/// Reads a document, up to [`MOST_CHARS`]. To be called in a process of its own: what is broken or made to harm may end it.
///
/// # Errors
/// When the file can't be read, or is not what it is said to be.
pub fn read(form: Form, path: &Path) -> std::io::Result<String> {
    let mut words = Words::default();
    match form {
        Form::Plain => words.push(&plain::decode(&std::fs::read(path)?)),
        Form::Pdf => words.push(&pdf::text(&std::fs::read(path)?)?),
        Form::Word | Form::Sheets | Form::Slides | Form::Open => office::read(form, File::open(path)?, &mut words)?,
    }
    Ok(words.into_text())
}
