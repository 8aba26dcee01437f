//! PDF, where no better reader is on the machine (`crate::converters`). It ends the process on many a broken file.

use std::io;

pub fn text(bytes: &[u8]) -> io::Result<String> {
    pdf_extract::extract_text_from_mem(bytes).map_err(io::Error::other)
}
