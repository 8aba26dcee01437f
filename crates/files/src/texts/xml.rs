//! XML as a stream of tags and texts, by their local names. Nothing is nested in memory but names.

use std::borrow::Cow;
use std::io::BufRead;
use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// What comes next.
pub enum Piece<'a> {
    Open(&'a BytesStart<'a>),
    Text(Cow<'a, str>),
    Close(&'a [u8]),
}

/// Shows each piece until told to stop, or to the end of what is well formed.
pub fn walk(source: impl BufRead, mut see: impl FnMut(Piece<'_>) -> ControlFlow<()>) {
    let mut reader = Reader::from_reader(source);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let seen = match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => see(Piece::Open(&tag)),
            Ok(Event::Empty(tag)) => {
                let opened = see(Piece::Open(&tag));
                if opened.is_break() { opened } else { see(Piece::Close(tag.local_name().as_ref())) }
            }
            Ok(Event::End(tag)) => see(Piece::Close(tag.local_name().as_ref())),
            Ok(Event::Text(text)) => text.decode().map_or(ControlFlow::Continue(()), |text| see(Piece::Text(text))),
            Ok(Event::CData(text)) => text.decode().map_or(ControlFlow::Continue(()), |text| see(Piece::Text(text))),
            Ok(Event::GeneralRef(name)) => see(Piece::Text(resolved(&name).map_or(Cow::Borrowed(" "), |c| c.to_string().into()))),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => ControlFlow::Continue(()),
        };
        if seen.is_break() {
            return;
        }
    }
}

/// What XML itself knows; entities of a document's own are not resolved, so that none grows without end.
fn resolved(name: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return Some(c);
    }
    match &**name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => None,
    }
}

/// An attribute by its local name.
pub fn attribute(tag: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    String::from_utf8(found.value.into_owned()).ok()
}
