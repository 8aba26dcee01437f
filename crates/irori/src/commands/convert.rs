//! `irori convert`: opens what somebody sent, in a process of its own (`files::converters`).

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use files::converters::child;

/// What is wanted of a file.
#[derive(Debug, Subcommand)]
pub enum Convert {
    /// What it says, to the standard output
    Text {
        /// RFC 6838
        content_type: String,
        /// Where it lies
        source: PathBuf,
        /// Poppler's reader
        #[arg(long)]
        pdftotext: Option<PathBuf>,
    },
    /// A picture of its first page, beside it
    Picture {
        /// RFC 6838
        content_type: String,
        /// Where it lies
        source: PathBuf,
        /// Poppler's drawer
        #[arg(long)]
        pdftoppm: PathBuf,
        /// `LibreOffice`
        #[arg(long)]
        soffice: Option<PathBuf>,
    },
}

/// Converts, or says why not.
pub fn run(command: Convert) -> ExitCode {
    let converted = match command {
        Convert::Text { content_type, source, pdftotext } => child::text(&content_type, &source, pdftotext.as_deref()),
        Convert::Picture { content_type, source, pdftoppm, soffice } => {
            child::picture(&content_type, &source, &pdftoppm, soffice.as_deref())
        }
    };
    match converted {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("irori: {error}");
            ExitCode::FAILURE
        }
    }
}
