//! What a file truly is: by its first bytes, never by its name alone.

use infer::MatcherType;

/// How many of a file's first bytes tell what it is.
pub const HEAD_BYTES: usize = 8 * 1024;

/// Programs by their names: what Windows runs at a double click. LINE WORKS blocks bat, cmd, com, cpl, exe, scr, js, vbs, wsf and hta
/// unless told; these are those and their kin.
const PROGRAMS: &[&str] = &[
    "bat", "cmd", "com", "cpl", "exe", "scr", "js", "jse", "vbs", "vbe", "wsf", "wsh", "hta", "msi", "msp", "pif", "lnk", "reg",
    "ps1", "jar",
];

/// What a name may say where the bytes say only in what it is wrapped, or nothing.
const BY_NAME: &[(&str, &str)] = &[
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("doc", "application/msword"),
    ("xls", "application/vnd.ms-excel"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("txt", "text/plain"),
    ("log", "text/plain"),
    ("md", "text/markdown"),
    ("csv", "text/csv"),
    ("json", "application/json"),
    ("ics", "text/calendar"),
    ("jtd", "application/x-js-taro"),
];

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A picture that browsers show.
    Photo,
    /// HEIC or HEIF: a picture that they don't.
    Heic,
    /// A program or script.
    Program,
    /// Anything else: kept as it is.
    Other,
}

/// What a file truly is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// RFC 6838.
    pub content_type: &'static str,
    /// What is done with it.
    pub class: Class,
    /// The extension that its bytes ask for, where they leave no doubt.
    extension: Option<&'static str>,
}

impl Kind {
    /// Tells it by a file's first [`HEAD_BYTES`] and its name.
    #[must_use]
    pub fn of(head: &[u8], name: &str) -> Self {
        let said = extension(name);
        if PROGRAMS.contains(&said.as_str()) {
            return Self { content_type: "application/octet-stream", class: Class::Program, extension: None };
        }
        let by_name = BY_NAME.iter().find(|(extension, _)| *extension == said).map(|(_, content_type)| *content_type);
        match infer::get(head) {
            _ if is_svg(head) => Self::other("image/svg+xml", Some("svg")),
            // What holds films holds sounds too.
            Some(found) if is_sound_alone(found.mime_type(), head) => match found.mime_type() {
                "video/webm" => Self::other("audio/webm", Some("webm")),
                _ => Self::other("audio/mp4", Some("m4a")),
            },
            Some(found) => Self::found(found, by_name),
            // UTF-16 says so by its first two bytes (RFC 2781).
            None if head.contains(&0) && !(is_utf16(head) && by_name.is_some_and(|name| name.starts_with("text/"))) => {
                Self::other("application/octet-stream", None)
            }
            None => Self::other(by_name.unwrap_or("application/octet-stream"), None),
        }
    }

    fn found(found: infer::Type, by_name: Option<&'static str>) -> Self {
        let (content_type, extension) = (found.mime_type(), Some(found.extension()));
        match (found.matcher_type(), content_type) {
            (MatcherType::App, _) | (_, "text/x-shellscript") => {
                Self { content_type: "application/octet-stream", class: Class::Program, extension: None }
            }
            (MatcherType::Image, "image/heif" | "image/heic") => Self { content_type, class: Class::Heic, extension },
            (MatcherType::Image, "image/jpeg" | "image/png" | "image/gif" | "image/webp") => {
                Self { content_type, class: Class::Photo, extension }
            }
            // Wrapped: what lies in it is known by name only.
            (_, "application/zip" | "application/x-ole-storage") if by_name.is_some() => {
                Self::other(by_name.unwrap_or(content_type), None)
            }
            (MatcherType::Text, _) => Self::other(content_type, None),
            (MatcherType::Audio, "audio/m4a") => Self::other("audio/mp4", Some("m4a")),
            _ => Self::other(content_type, extension),
        }
    }

    fn other(content_type: &'static str, extension: Option<&'static str>) -> Self {
        Self { content_type, class: Class::Other, extension }
    }

    /// The name, with the true extension behind it where its own says something else: `写真.jpg` that is a zip becomes
    /// `写真.jpg.zip`. Pictures that say they are other pictures harm nobody.
    #[must_use]
    pub fn honest_name(&self, name: &str) -> String {
        let Some(true_one) = self.extension else { return name.to_owned() };
        let mut said = mime_guess::from_path(name).iter().peekable();
        let agrees = said.any(|said| {
            said.essence_str() == self.content_type || (self.class == Class::Photo && said.type_() == mime_guess::mime::IMAGE)
        });
        if agrees || extension(name) == true_one { name.to_owned() } else { format!("{name}.{true_one}") }
    }
}

/// Whether a browser may open it in its own window: nothing in it can run.
#[must_use]
pub fn is_shown_inline(content_type: &str) -> bool {
    let media = content_type.starts_with("video/") || content_type.starts_with("audio/");
    media || matches!(content_type, "image/jpeg" | "image/png" | "image/gif" | "image/webp" | "application/pdf" | "text/plain")
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

/// Whether all tracks are told in the head, and none of them is seen.
fn is_sound_alone(content_type: &str, head: &[u8]) -> bool {
    let tracks: Vec<&[u8]> = match content_type {
        // Matroska (RFC 9559): each track's CodecID, 0x86, with its length in one byte, begins with V_ or A_.
        "video/webm" => head
            .windows(4)
            .filter(|four| four[0] == 0x86 && four[1] & 0x80 != 0 && four[3] == b'_')
            .map(|four| &four[2..3])
            .collect(),
        // ISO/IEC 14496-12: the handler of each track of a moov that is here in full.
        "video/mp4" => whole_moov(head)
            .map(|moov| moov.windows(16).filter(|box_| box_.starts_with(b"hdlr")).map(|box_| &box_[12..16]).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    !tracks.is_empty() && tracks.iter().all(|track| *track == b"A" || *track == b"soun")
}

fn whole_moov(head: &[u8]) -> Option<&[u8]> {
    let mut rest = head;
    loop {
        let (start, _) = rest.split_first_chunk::<8>()?;
        let size = usize::try_from(u32::from_be_bytes(*start.first_chunk()?)).ok().filter(|size| *size >= 8)?;
        let whole = rest.get(..size)?;
        if start.ends_with(b"moov") {
            return Some(whole);
        }
        rest = &rest[size..];
    }
}

fn is_utf16(head: &[u8]) -> bool {
    head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff")
}

fn is_svg(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with("<svg") || ((text.starts_with("<?xml") || text.starts_with("<!")) && text.contains("<svg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn the_bytes_tell_and_not_the_name() {
        assert_eq!(Kind::of(PNG, "報告.pdf").content_type, "image/png");
        assert_eq!(Kind::of(b"%PDF-1.7\n", "報告.pdf").content_type, "application/pdf");
        assert_eq!(Kind::of(b"MZ\x90\0\x03\0\0\0", "写真.jpg").class, Class::Program);
        let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 57]].concat();
        assert_eq!(Kind::of(&elf, "写真.jpg").class, Class::Program);
        assert_eq!(Kind::of(b"#!/bin/sh\nrm", "手順.txt").class, Class::Program);
        assert_eq!(Kind::of(b"WScript.Echo(1)", "手順.JS").class, Class::Program);
        assert_eq!(Kind::of("氏名,電話\n".as_bytes(), "名簿.csv").content_type, "text/csv");
        assert_eq!(Kind::of(b"\0\x01\x02", "名簿.csv").content_type, "application/octet-stream");
        assert_eq!(Kind::of(b"\xff\xfea\0b\0", "名簿.csv").content_type, "text/csv");
        assert_eq!(Kind::of(b"\xff\xfea\0b\0", "名簿").content_type, "application/octet-stream");
        assert_eq!(Kind::of(b"<?xml version=\"1.0\"?><svg onload=\"x()\">", "絵.png").content_type, "image/svg+xml");
        assert_eq!(Kind::of(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG.HEIC").class, Class::Heic);
    }

    #[test]
    fn sounds_are_told_from_films_by_their_tracks() {
        let webm = |codecs: &[&str]| {
            let tracks =
                codecs.iter().flat_map(|codec| [&[0x86, 0x80 | u8::try_from(codec.len()).unwrap()], codec.as_bytes()].concat());
            [b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm".to_vec(), tracks.collect(), vec![0; 256]].concat()
        };
        assert_eq!(Kind::of(&webm(&["A_OPUS"]), "voice.webm").content_type, "audio/webm");
        assert_eq!(Kind::of(&webm(&["A_OPUS", "V_VP9"]), "voice.webm").content_type, "video/webm");
        let boxed = |kind: &[u8], inside: &[u8]| [&u32::try_from(inside.len() + 8).unwrap().to_be_bytes(), kind, inside].concat();
        let mp4 = |handlers: &[&[u8]]| {
            let tracks: Vec<u8> = handlers.iter().flat_map(|handler| boxed(b"hdlr", &[&[0; 8], *handler].concat())).collect();
            [boxed(b"ftyp", b"iso5\0\0\0\0iso5"), boxed(b"moov", &tracks)].concat()
        };
        let kind = Kind::of(&mp4(&[b"soun"]), "voice.m4a");
        assert_eq!((kind.content_type, kind.honest_name("voice.m4a")), ("audio/mp4", "voice.m4a".to_owned()));
        assert_eq!(Kind::of(&mp4(&[b"soun", b"vide"]), "f.mp4").content_type, "video/mp4");
        let mut cut = mp4(&[b"soun", b"vide"]);
        cut.truncate(cut.len() - 20);
        assert_eq!(Kind::of(&cut, "f.mp4").content_type, "video/mp4", "what is not here may be a film");
    }

    #[test]
    fn a_lying_extension_gets_the_true_one_behind_it() {
        let honest = |head: &[u8], name: &str| Kind::of(head, name).honest_name(name);
        assert_eq!(honest(b"%PDF-1.7\n", "写真.jpg"), "写真.jpg.pdf");
        assert_eq!(honest(PNG, "写真.jpg"), "写真.jpg", "a picture either way");
        assert_eq!(honest(PNG, "写真"), "写真.png");
        assert_eq!(honest(PNG, "写真.PNG"), "写真.PNG");
        assert_eq!(honest(b"PK\x03\x04\x14\0\0\0", "予算.xlsx"), "予算.xlsx");
        assert_eq!(honest(b"PK\x03\x04\x14\0\0\0", "予算.jpg"), "予算.jpg.zip");
    }

    #[test]
    fn what_could_run_in_a_page_is_never_opened_in_one() {
        assert!(is_shown_inline("image/jpeg") && is_shown_inline("video/mp4"));
        assert!(!is_shown_inline("image/svg+xml") && !is_shown_inline("text/html") && !is_shown_inline("application/xml"));
    }
}
