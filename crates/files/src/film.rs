//! Films: where and by whom they were taken is blanked where it stands.
//!
//! MP4 and QuickTime are boxes within boxes (ISO/IEC 14496-12; QuickTime File Format): a size, a type, and what it holds. Phones write
//! place, maker and the like into `udta` and `meta` of the film and its tracks, and programs into an XMP box (XMP part 3). Such a box
//! becomes one of free space as large as before, so that nothing that points into the file has to move.

use bytes::{Bytes, BytesMut};

/// What all boxes begin with.
const HEADER: usize = 8;
/// Size, type, and a size of 64 bits.
const LONG_HEADER: usize = 16;
/// What Adobe's box of metadata is known by.
const XMP: [u8; 16] = [0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac];

/// Whether these first bytes are a film's, or those of a sound wrapped alike.
#[must_use]
pub fn is_film(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"ftyp")
}

/// Lets a film through, in pieces as they come, and blanks what tells on people.
#[derive(Debug, Default)]
pub struct Blanking {
    /// Where the next byte stands in the film.
    at: u64,
    /// A header that has begun and has not come in full.
    held: BytesMut,
    /// Where the next header begins; nowhere, after what is no box.
    next: u64,
    /// Up to here all is blanked.
    blank_to: u64,
}

impl Blanking {
    /// Takes the next bytes and gives what may be kept of all that came: as many, or a header's fewer.
    pub fn pass(&mut self, bytes: &Bytes) -> Bytes {
        if self.is_idle(bytes.len()) {
            self.at += bytes.len() as u64;
            return bytes.clone();
        }
        let mut given = std::mem::take(&mut self.held);
        given.extend_from_slice(bytes);
        let mut done = 0;
        while done < given.len() {
            let length = if self.at < self.blank_to {
                let length = bounded(self.blank_to - self.at, given.len() - done);
                given[done..done + length].fill(0);
                length
            } else if self.at < self.next {
                bounded(self.next - self.at, given.len() - done)
            } else if let Some(length) = self.read_header(&mut given[done..]) {
                length
            } else {
                self.held = given.split_off(done);
                break;
            };
            self.at += length as u64;
            done += length;
        }
        given.freeze()
    }

    /// What is left at the end: a header that never came in full.
    #[must_use]
    pub fn end(self) -> Bytes {
        self.held.freeze()
    }

    /// Whether all of this many bytes lies within what is let through as it is.
    fn is_idle(&self, length: usize) -> bool {
        self.at.saturating_add(length as u64) <= self.next && self.at >= self.blank_to && self.held.is_empty()
    }

    /// Reads the header that stands here, decides on its box, and gives the header's length; none where more has to come.
    fn read_header(&mut self, given: &mut [u8]) -> Option<usize> {
        let kind: [u8; 4] = given.get(4..HEADER)?.try_into().ok()?;
        let short = u32::from_be_bytes(given.get(..4)?.try_into().ok()?);
        let (size, length) = match short {
            // To the end of the file.
            0 => (u64::MAX, HEADER),
            1 => (u64::from_be_bytes(given.get(HEADER..LONG_HEADER)?.try_into().ok()?), LONG_HEADER),
            size => (u64::from(size), HEADER),
        };
        if size < length as u64 {
            self.next = u64::MAX;
            return Some(length);
        }
        let tells = match &kind {
            b"udta" | b"meta" => true,
            b"uuid" if size >= (length + XMP.len()) as u64 => given.get(length..length + XMP.len())? == XMP,
            _ => false,
        };
        // What moov and trak hold are boxes to be looked at.
        self.next = self.at.saturating_add(if matches!(&kind, b"moov" | b"trak") { length as u64 } else { size });
        if tells {
            given[4..HEADER].copy_from_slice(b"free");
            self.blank_to = self.next;
        }
        Some(length)
    }
}

fn bounded(wanted: u64, there: usize) -> usize {
    usize::try_from(wanted).map_or(there, |wanted| wanted.min(there))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxed(kind: &[u8; 4], holds: &[u8]) -> Vec<u8> {
        [&u32::try_from(holds.len() + HEADER).unwrap().to_be_bytes()[..], kind, holds].concat()
    }

    /// As a phone writes one: the film's own place, a track's, and an XMP box; `udta` of 64 bits as well.
    fn film() -> Vec<u8> {
        let place = boxed(b"udta", &boxed(b"\xa9xyz", b"\0\x12\x15\xc7+35.6812+139.7671/"));
        let long = [&1u32.to_be_bytes()[..], b"meta", &(16 + 6u64).to_be_bytes(), b"Tokyo!"].concat();
        let track = boxed(b"trak", &[boxed(b"tkhd", &[7; 20]), place.clone()].concat());
        let moov = boxed(b"moov", &[boxed(b"mvhd", &[9; 100]), track, place, long].concat());
        let xmp = boxed(b"uuid", &[&XMP[..], b"<exif:GPSLatitude>"].concat());
        [boxed(b"ftyp", b"mp42\0\0\0\0"), moov, boxed(b"mdat", b"udta meta +35.6812 in the picture"), xmp].concat()
    }

    fn passed(film: &[u8], cuts: &[usize]) -> Vec<u8> {
        let (mut blanking, mut kept, mut from) = (Blanking::default(), Vec::new(), 0);
        for to in cuts.iter().copied().chain([film.len()]) {
            kept.extend_from_slice(&blanking.pass(&Bytes::copy_from_slice(&film[from..to])));
            from = to;
        }
        kept.extend_from_slice(&blanking.end());
        kept
    }

    fn holds(film: &[u8], words: &[u8]) -> usize {
        film.windows(words.len()).filter(|window| *window == words).count()
    }

    #[test]
    fn a_film_tells_no_place_and_is_as_long_as_before() {
        let (film, kept) = (film(), passed(&film(), &[]));
        assert!(is_film(&film));
        assert_eq!(kept.len(), film.len());
        assert_eq!(holds(&kept, b"+35.6812"), 1, "what is in the picture stays");
        assert_eq!((holds(&kept, b"Tokyo!"), holds(&kept, b"GPS"), holds(&kept, b"free")), (0, 0, 4));
        for kept_box in [b"mvhd", b"tkhd", b"moov", b"trak", b"mdat"] {
            assert_eq!(holds(&kept, kept_box), 1);
        }
        assert_eq!(passed(&kept, &[]), kept, "again changes nothing");
    }

    #[test]
    fn what_is_no_film_goes_through_as_it_is() {
        for odd in [&b""[..], b"\0\0", b"\0\0\0\x02udta+35.6812", b"\0\0\0\0mdat\0\0\0\x10udtaxxxxxxxx"] {
            assert_eq!(passed(odd, &[]), odd);
        }
    }

    proptest! {
        #[test]
        fn however_it_comes_the_same_is_kept(mut cuts in proptest::collection::vec(0..film().len(), 0..12)) {
            cuts.sort_unstable();
            prop_assert_eq!(passed(&film(), &cuts), passed(&film(), &[]));
        }

        #[test]
        fn nothing_it_is_given_makes_it_fail_or_change_the_length(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0..200_usize) {
            let cut = cut.min(bytes.len());
            prop_assert_eq!(passed(&bytes, &[cut]).len(), bytes.len());
        }
    }
}
