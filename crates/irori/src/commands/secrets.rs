//! Passwords come by the terminal or a pipe: a command line is in the shell's history and in every process list.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use crate::cli::Failure;

/// The next line of standard input; asked for where somebody sits there.
pub fn read_line(question: &str) -> Result<String, Failure> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let mut out = std::io::stderr();
        write!(out, "{question}: ")?;
        out.flush()?;
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']).to_owned();
    if line.is_empty() {
        return Err(Failure(format!("{question}: 入力がありません / nothing was entered")));
    }
    Ok(line)
}
