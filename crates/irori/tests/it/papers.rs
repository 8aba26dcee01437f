//! Documents for tests, made by hand, and programs that open them.

use std::io::{Cursor, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn docx(text: &str) -> Vec<u8> {
    archive(&[("word/document.xml", &format!("<w:document><w:p><w:t>{text}</w:t></w:p></w:document>"))])
}

/// A PDF of objects, numbered from 1; the first is its catalogue.
pub fn pdf_of(objects: &[Vec<u8>]) -> Vec<u8> {
    let (mut pdf, mut places) = (b"%PDF-1.4\n".to_vec(), Vec::new());
    for (at, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend([format!("{} 0 obj\n", at + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let (table, size) = (pdf.len(), objects.len() + 1);
    let rows: String = places.iter().map(|place| format!("{place:010} 00000 n \n")).collect();
    let end =
        format!("xref\n0 {size}\n0000000000 65535 f \n{rows}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
    pdf.extend(end.as_bytes());
    pdf
}

fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    [format!("<</Length {}{dictionary}>>stream\n", bytes.len()).as_bytes(), bytes, b"\nendstream"].concat()
}

/// As browsers print Japanese: glyphs by number, and a table that says which characters they are.
pub fn pdf(text: &str) -> Vec<u8> {
    let glyphs: String = (1..=text.chars().count()).map(|glyph| format!("{glyph:04x}")).collect();
    let table: String = text.chars().zip(1..).map(|(c, glyph)| format!("<{glyph:04x}> <{:04x}> ", u32::from(c))).collect();
    let table = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def 1 begincodespacerange
         <0000> <ffff> endcodespacerange {} beginbfchar {table}endbfchar endcmap end end",
        text.chars().count()
    );
    let plain = |text: &str| text.as_bytes().to_vec();
    pdf_of(&[
        plain("<</Type/Catalog/Pages 2 0 R>>"),
        plain("<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        plain("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"),
        stream("", format!("BT /F1 24 Tf 72 700 Td <{glyphs}> Tj ET").as_bytes()),
        plain("<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 8 0 R/DescendantFonts[6 0 R]>>"),
        plain(
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R/DW 1000>>",
        ),
        plain(
            "<</Type/FontDescriptor/FontName/A/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        ),
        stream("", table.as_bytes()),
    ])
}

/// As old Japanese programs print it: `Shift_JIS`, and a font that is not in the file.
pub fn old_pdf(text: &[u8]) -> Vec<u8> {
    let text: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
    let plain = |text: &str| text.as_bytes().to_vec();
    pdf_of(&[
        plain("<</Type/Catalog/Pages 2 0 R>>"),
        plain("<</Type/Pages/Kids[3 0 R]/Count 1>>"),
        plain("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"),
        stream("", format!("BT /F1 24 Tf 72 700 Td <{text}> Tj ET").as_bytes()),
        plain("<</Type/Font/Subtype/Type0/BaseFont/MS-Mincho/Encoding/90ms-RKSJ-H/DescendantFonts[6 0 R]>>"),
        plain(
            "<</Type/Font/Subtype/CIDFontType0/BaseFont/MS-Mincho/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor 7 0 R/DW 1000>>",
        ),
        plain(
            "<</Type/FontDescriptor/FontName/MS-Mincho/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        ),
    ])
}

/// Unfolds to gigabytes.
pub fn bomb() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let blank = vec![b' '; 1024 * 1024];
    for name in ["word/document.xml", "word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        (0..200).for_each(|_| zip.write_all(&blank).unwrap());
    }
    zip.finish().unwrap().into_inner()
}

/// A shell script in a folder.
pub fn program(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}
