//! `Content-Disposition`, read and written (RFC 6266, RFC 8187).

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What RFC 8187 lets stand as it is (`attr-char`).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The file name that a header says: `filename*` before `filename`.
#[must_use]
pub fn file_name(value: &HeaderValue) -> Option<String> {
    // Some send the bytes of UTF-8 as they are.
    let text = String::from_utf8_lossy(value.as_bytes());
    let parameter = |name: &str| {
        text.split(';')
            .skip(1)
            .filter_map(|part| part.trim().split_once('='))
            .find(|(said, _)| said.trim().eq_ignore_ascii_case(name))
    };
    if let Some((_, extended)) = parameter("filename*") {
        let (charset, rest) = extended.trim().split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        return charset.eq_ignore_ascii_case("utf-8").then(|| percent_decode_str(encoded).decode_utf8_lossy().into_owned());
    }
    let (_, plain) = parameter("filename")?;
    Some(plain.trim().trim_matches('"').to_owned())
}

/// How a browser is to take a file, and under which name.
#[must_use]
pub fn disposition(name: &str, inline: bool) -> HeaderValue {
    let kind = if inline { "inline" } else { "attachment" };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') { c } else { '_' }).collect();
    let encoded = utf8_percent_encode(name, ENCODED);
    HeaderValue::from_str(&format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_writing() {
        let name = |text: &str| file_name(&HeaderValue::from_bytes(text.as_bytes()).unwrap());
        assert_eq!(name("attachment; filename*=UTF-8''%E5%86%A0%E6%B0%B4.jpg; filename=\"x.jpg\"").as_deref(), Some("冠水.jpg"));
        assert_eq!(name("attachment; filename=\"冠水 1.jpg\"").as_deref(), Some("冠水 1.jpg"));
        assert_eq!(name("attachment; FileName=a.txt").as_deref(), Some("a.txt"));
        assert_eq!(name("attachment"), None);
        assert_eq!(name("attachment; filename*=broken"), None);
    }

    #[test]
    fn a_name_that_is_written_is_read_back() {
        for text in ["冠水.jpg", "a b;c\"d'e%.txt", "😀.png"] {
            assert_eq!(file_name(&disposition(text, false)).as_deref(), Some(text));
        }
    }
}
