//! Pictures as they are kept: without what tells on people (where, with which device, by whom), else to the byte as they came.
//!
//! The pixels stay as they are. Of a JPEG's segments only those stay that are needed to show it, and how it is to be turned
//! (Exif 2.3, tag 0x0112); what lies behind the picture's end goes too: phones keep films and further pictures there.

use std::io::Cursor;

use bytes::{Buf as _, Bytes};
use image::metadata::Orientation;
use image::{ImageDecoder as _, ImageFormat, ImageReader};
use img_parts::ImageEXIF as _;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;

/// Pictures of more pixels are kept as files: to show one would take more memory than it is worth.
pub const MOST_PIXELS: u64 = 64_000_000;
/// Pictures of more bytes likewise.
pub const MOST_BYTES: i64 = 64 * 1024 * 1024;

/// A picture that can be shown.
#[derive(Clone, Debug)]
pub struct Photo {
    /// As kept.
    pub bytes: Bytes,
    /// In pixels, turned the right way.
    pub width: i64,
    /// As `width`.
    pub height: i64,
}

/// Looks at a picture and takes out what tells on people. None where it is broken or too large to be shown.
#[must_use]
pub fn prepare(bytes: &Bytes, content_type: &str) -> Option<Photo> {
    let format = ImageFormat::from_mime_type(content_type)?;
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || width == 0 || height == 0 {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let kept = match format {
        ImageFormat::Jpeg => strip_jpeg(bytes, orientation)?,
        ImageFormat::Png => strip_png(bytes)?,
        ImageFormat::WebP => strip_webp(bytes, orientation)?,
        _ => bytes.clone(),
    };
    let lies = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let (width, height) = if lies && format != ImageFormat::Png { (height, width) } else { (width, height) };
    Some(Photo { bytes: kept, width: width.into(), height: height.into() })
}

fn strip_jpeg(bytes: &Bytes, orientation: Orientation) -> Option<Bytes> {
    let mut jpeg = Jpeg::from_bytes(bytes.clone()).ok()?;
    let before = jpeg.segments().len();
    jpeg.segments_mut().retain(shows_the_picture);
    let last = jpeg.segments_mut().pop()?;
    let (marker, contents) = (last.marker(), last.contents().clone());
    // What follows its marker, its length and what these count: the pixels, and whatever else the file holds.
    let scans = last.encoder().bytes().slice(4 + contents.len()..);
    let end = end_of_picture(&scans);
    if jpeg.segments().len() + 1 == before && end == scans.len() {
        return Some(bytes.clone());
    }
    jpeg.segments_mut().push(JpegSegment::new_with_entropy(marker, contents, scans.slice(..end)));
    if orientation != Orientation::NoTransforms {
        jpeg.set_exif(Some(turned(orientation)));
    }
    Some(jpeg.encoder().bytes())
}

/// Tables, frames and scans; JFIF's head, colour profiles, and what Adobe says of colours.
fn shows_the_picture(segment: &JpegSegment) -> bool {
    match segment.marker() {
        markers::APP0 => segment.contents().starts_with(b"JFIF\0"),
        markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
        markers::APP14 => segment.contents().starts_with(b"Adobe"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// Where a JPEG's picture ends, its end marker included: behind the first EOI that is no part of a segment (ITU-T T.81, B.1.1).
fn end_of_picture(scans: &Bytes) -> usize {
    let mut at = 0;
    while at + 1 < scans.len() {
        match (scans[at], scans[at + 1]) {
            (0xff, markers::EOI) => return at + 2,
            // A stuffed byte, fill, or a restart.
            (0xff, 0x00 | 0xff | 0x01 | 0xd0..=0xd7) => at += 1,
            (0xff, _) => {
                let Some(mut length) = scans.get(at + 2..at + 4) else { break };
                at += 2 + usize::from(length.get_u16());
            }
            _ => at += 1,
        }
    }
    scans.len()
}

fn strip_png(bytes: &Bytes) -> Option<Bytes> {
    let mut png = Png::from_bytes(bytes.clone()).ok()?;
    for kind in [b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"] {
        png.remove_chunks_by_type(*kind);
    }
    let kept = png.encoder().bytes();
    Some(if kept.len() == bytes.len() { bytes.clone() } else { kept })
}

fn strip_webp(bytes: &Bytes, orientation: Orientation) -> Option<Bytes> {
    let mut webp = WebP::from_bytes(bytes.clone()).ok()?;
    if !webp.has_chunk(*b"EXIF") && !webp.has_chunk(*b"XMP ") {
        return Some(bytes.clone());
    }
    webp.remove_chunks_by_id(*b"XMP ");
    webp.set_exif((orientation != Orientation::NoTransforms).then(|| turned(orientation)));
    Some(webp.encoder().bytes())
}

/// The smallest Exif there is: how the picture is to be turned (TIFF 6.0, section 2: one directory of one entry).
fn turned(orientation: Orientation) -> Bytes {
    let mut exif = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    exif[18] = orientation.to_exif();
    Bytes::from(exif)
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, RgbImage};

    use super::*;

    fn drawn(format: ImageFormat) -> Bytes {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbImage::from_fn(40, 20, |x, y| image::Rgb([x as u8 * 6, y as u8 * 12, 90]));
        DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
        bytes.into_inner().into()
    }

    /// A JPEG that says where it was taken, to be turned by a quarter, with a film behind it.
    fn telling() -> Bytes {
        let mut jpeg = Jpeg::from_bytes(drawn(ImageFormat::Jpeg)).unwrap();
        let mut exif = turned(Orientation::Rotate90).to_vec();
        exif.extend_from_slice(b"GPS 35.0N 139.0E");
        jpeg.set_exif(Some(exif.into()));
        jpeg.segments_mut().insert(1, JpegSegment::new_with_contents(markers::COM, Bytes::from_static(b"taken by Aiko")));
        let mut bytes = jpeg.encoder().bytes().to_vec();
        bytes.extend_from_slice(b"ftypmp42 and a film");
        bytes.into()
    }

    fn holds(bytes: &[u8], words: &str) -> bool {
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    }

    #[test]
    fn what_tells_on_people_is_gone_and_the_turning_stays() {
        let telling = telling();
        for words in ["GPS", "Aiko", "film"] {
            assert!(holds(&telling, words), "{words} was there");
        }
        let photo = prepare(&telling, "image/jpeg").unwrap();
        for words in ["GPS", "Aiko", "film"] {
            assert!(!holds(&photo.bytes, words), "{words}");
        }
        assert_eq!((photo.width, photo.height), (20, 40), "turned");
        let mut decoder = ImageReader::with_format(Cursor::new(&photo.bytes), ImageFormat::Jpeg).into_decoder().unwrap();
        assert_eq!(decoder.orientation().unwrap(), Orientation::Rotate90);
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8().into_raw();
        assert_eq!(pixels(&photo.bytes), pixels(&telling));
        let again = prepare(&photo.bytes, "image/jpeg").unwrap();
        assert_eq!((again.width, again.height), (20, 40));
    }

    #[test]
    fn what_tells_nothing_is_kept_to_the_byte() {
        for (format, content_type) in [
            (ImageFormat::Jpeg, "image/jpeg"),
            (ImageFormat::Png, "image/png"),
            (ImageFormat::WebP, "image/webp"),
            (ImageFormat::Gif, "image/gif"),
        ] {
            let bytes = drawn(format);
            let photo = prepare(&bytes, content_type).unwrap();
            assert_eq!((photo.bytes, photo.width, photo.height), (bytes, 40, 20), "{content_type}");
        }
    }

    #[test]
    fn words_in_a_png_are_gone() {
        let mut png = Png::from_bytes(drawn(ImageFormat::Png)).unwrap();
        png.chunks_mut().insert(1, img_parts::png::PngChunk::new(*b"tEXt", Bytes::from_static(b"Author\0Aiko")));
        let bytes = png.encoder().bytes();
        assert!(holds(&bytes, "Aiko"));
        assert!(!holds(&prepare(&bytes, "image/png").unwrap().bytes, "Aiko"));
    }

    #[test]
    fn broken_and_huge_ones_are_no_pictures() {
        assert!(prepare(&Bytes::from_static(b"\xff\xd8\xff\xe0 nothing"), "image/jpeg").is_none());
        // The head of a PNG of 50,000 x 50,000 pixels: 2.5 thousand million of them, in 60 bytes.
        let mut png = drawn(ImageFormat::Png).to_vec();
        png[16..20].copy_from_slice(&50_000u32.to_be_bytes());
        png[20..24].copy_from_slice(&50_000u32.to_be_bytes());
        let head = png[12..29].to_vec();
        png[29..33].copy_from_slice(&crc(&head).to_be_bytes());
        assert!(prepare(&png.into(), "image/png").is_none());
    }

    /// CRC-32 as PNG counts it (ISO/IEC 15948, annex D).
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
}
