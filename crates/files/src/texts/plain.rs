//! Text files: what they are written in is told by a mark at their beginning, or guessed.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// UTF-8, UTF-16 with a mark, and the encodings that Japanese computers have written: `Shift_JIS`, EUC-JP, ISO-2022-JP.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    encoding_of(bytes).decode(bytes).0
}

fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    // Its last character may be cut.
    if std::str::from_utf8(bytes).err().is_none_or(|error| error.error_len().is_none()) && !bytes.contains(&0x1b) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(Some(b"jp"), Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{EUC_JP, ISO_2022_JP, SHIFT_JIS};

    use super::*;

    const TEXT: &str = "施設名,定員\r\n川東小学校体育館,３２０人\r\n森山公民館,ｶﾝｽｲ注意\r\n";

    #[test]
    fn what_japanese_computers_write_is_read() {
        assert_eq!(decode(TEXT.as_bytes()), TEXT);
        assert_eq!(decode(&[b"\xef\xbb\xbf", TEXT.as_bytes()].concat()), TEXT);
        for encoding in [SHIFT_JIS, EUC_JP] {
            assert_eq!(decode(&encoding.encode(TEXT).0), TEXT, "{}", encoding.name());
        }
        let without_half_width = TEXT.replace("ｶﾝｽｲ", "冠水");
        assert_eq!(decode(&ISO_2022_JP.encode(&without_half_width).0), without_half_width);
        let units: Vec<u16> = TEXT.encode_utf16().collect();
        let little: Vec<u8> = [0xfeff].iter().chain(&units).flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = [0xfeff].iter().chain(&units).flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!((decode(&little), decode(&big)), (TEXT.into(), TEXT.into()));
    }

    #[test]
    fn a_cut_character_costs_only_itself() {
        let cut = &TEXT.as_bytes()[..TEXT.len() - 3];
        assert!(decode(cut).starts_with("施設名,定員\r\n川東小学校"));
    }
}
