//! Office documents: zip archives of XML, read as a stream. However much an archive unfolds to, no more than a bound of it is
//! looked at.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::ops::ControlFlow::{self, Break, Continue};

use zip::ZipArchive;

use super::xml::{Piece, attribute, walk};
use super::{Form, MOST_CHARS, Words};

/// What one part may unfold to, and all together.
const PART_BYTES: u64 = 48 * 1024 * 1024;
const ALL_BYTES: u64 = 128 * 1024 * 1024;

type Archive = ZipArchive<BufReader<File>>;

pub fn read(form: Form, file: File, words: &mut Words) -> io::Result<()> {
    let archive = ZipArchive::new(BufReader::new(file)).map_err(io::Error::other)?;
    let mut parts = Parts { names: names(&archive), archive, left: ALL_BYTES };
    match form {
        Form::Word => {
            for name in ["document.xml", "footnotes.xml", "endnotes.xml", "comments.xml", "header", "footer"] {
                parts.each("word/", name, |part| runs(part, words));
            }
        }
        Form::Slides => {
            parts.each("ppt/slides/", "slide", |part| runs(part, words));
            parts.each("ppt/notesSlides/", "notesSlide", |part| runs(part, words));
        }
        Form::Sheets => {
            parts.each("xl/", "workbook.xml", |part| titles(part, words));
            let mut shared = Vec::new();
            parts.each("xl/", "sharedStrings.xml", |part| shared = strings(part));
            parts.each("xl/worksheets/", "sheet", |part| cells(part, &shared, words));
        }
        Form::Open => parts.each("", "content.xml", |part| paragraphs(part, words)),
        Form::Plain | Form::Pdf => {}
    }
    Ok(())
}

struct Parts {
    archive: Archive,
    names: Vec<String>,
    left: u64,
}

impl Parts {
    /// Each part right in a folder whose name begins so, in order.
    fn each(&mut self, folder: &str, start: &str, mut see: impl FnMut(&mut dyn BufRead)) {
        let is_meant =
            |name: &&String| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with(start) && !rest.contains('/'));
        for name in self.names.iter().filter(is_meant) {
            let Ok(part) = self.archive.by_name(name) else { continue };
            let most = PART_BYTES.min(self.left);
            let mut part = BufReader::new(part.take(most));
            see(&mut part);
            self.left -= most - part.into_inner().limit();
        }
    }
}

/// `slide2.xml` comes before `slide10.xml`.
fn names(archive: &Archive) -> Vec<String> {
    let mut names: Vec<String> = archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    names.sort_by_cached_key(|name| (name.len(), name.clone()));
    names
}

fn go_on(words: &Words) -> ControlFlow<()> {
    if words.is_full() { Break(()) } else { Continue(()) }
}

/// Word and PowerPoint: runs of text in paragraphs.
fn runs(part: &mut dyn BufRead, words: &mut Words) {
    let mut is_text = false;
    walk(part, |piece| {
        match piece {
            Piece::Open(tag) => match tag.local_name().as_ref() {
                b"t" => is_text = true,
                b"tab" => words.space(),
                b"br" | b"cr" => words.line(),
                _ => {}
            },
            Piece::Close(b"t") => is_text = false,
            Piece::Close(b"p") => words.line(),
            Piece::Text(text) if is_text => words.push(&text),
            Piece::Close(_) | Piece::Text(_) => {}
        }
        go_on(words)
    });
}

/// `OpenDocument`: paragraphs and headings, without the reading beside them.
fn paragraphs(part: &mut dyn BufRead, words: &mut Words) {
    let (mut depth, mut beside) = (0_usize, 0_usize);
    walk(part, |piece| {
        match piece {
            Piece::Open(tag) => match tag.local_name().as_ref() {
                b"p" | b"h" => depth += 1,
                b"ruby-text" => beside += 1,
                b"s" | b"tab" => words.space(),
                b"line-break" => words.line(),
                _ => {}
            },
            Piece::Close(b"p" | b"h") => {
                depth = depth.saturating_sub(1);
                words.line();
            }
            Piece::Close(b"ruby-text") => beside = beside.saturating_sub(1),
            Piece::Text(text) if depth > 0 && beside == 0 => words.push(&text),
            Piece::Close(_) | Piece::Text(_) => {}
        }
        go_on(words)
    });
}

/// Excel: what the sheets are called.
fn titles(part: &mut dyn BufRead, words: &mut Words) {
    walk(part, |piece| {
        if let Piece::Open(tag) = piece
            && tag.local_name().as_ref() == b"sheet"
            && let Some(title) = attribute(tag, b"name")
        {
            words.push(&title);
            words.line();
        }
        go_on(words)
    });
}

/// Excel: the texts that cells name by number, without the reading beside them.
fn strings(part: &mut dyn BufRead) -> Vec<String> {
    let (mut strings, mut chars, mut is_text, mut beside) = (Vec::new(), 0, false, false);
    walk(part, |piece| {
        match piece {
            Piece::Open(tag) => match tag.local_name().as_ref() {
                b"si" => strings.push(String::new()),
                b"t" => is_text = !beside,
                b"rPh" => beside = true,
                _ => {}
            },
            Piece::Close(b"t") => is_text = false,
            Piece::Close(b"rPh") => beside = false,
            Piece::Text(text) if is_text => {
                chars += text.len();
                if let Some(last) = strings.last_mut() {
                    last.push_str(&text);
                }
            }
            Piece::Close(_) | Piece::Text(_) => {}
        }
        // Many a string may stand in no cell that is kept.
        if chars > 16 * MOST_CHARS { Break(()) } else { Continue(()) }
    });
    strings
}

/// Excel: cells of a row beside each other, rows below each other.
fn cells(part: &mut dyn BufRead, shared: &[String], words: &mut Words) {
    let (mut kind, mut value, mut is_value) = (String::new(), String::new(), false);
    walk(part, |piece| {
        match piece {
            Piece::Open(tag) => match tag.local_name().as_ref() {
                b"c" => {
                    kind = attribute(tag, b"t").unwrap_or_default();
                    value.clear();
                }
                b"v" | b"t" => is_value = true,
                _ => {}
            },
            Piece::Close(b"v" | b"t") => is_value = false,
            Piece::Close(b"c") => {
                match kind.as_str() {
                    "s" => words.push(value.trim().parse().ok().and_then(|at: usize| shared.get(at)).map_or("", String::as_str)),
                    "b" | "e" => {}
                    _ => words.push(&value),
                }
                words.space();
            }
            Piece::Close(b"row") => words.line(),
            Piece::Text(text) if is_value => value.push_str(&text),
            Piece::Close(_) | Piece::Text(_) => {}
        }
        go_on(words)
    });
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[(&str, &str)]) -> File {
        let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
        for (name, text) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let mut file = zip.finish().unwrap();
        file.rewind().unwrap();
        file
    }

    fn text(form: Form, parts: &[(&str, &str)]) -> String {
        let mut words = Words::default();
        read(form, archive(parts), &mut words).unwrap();
        words.into_text()
    }

    #[test]
    fn runs_make_paragraphs() {
        let document = "<w:document><w:p><w:r><w:t>避難所&amp;</w:t></w:r><w:r><w:t>受付</w:t><w:tab/><w:t>川東</w:t></w:r></w:p>
            <w:p><w:del><w:delText>消した</w:delText></w:del><w:t>二行&#x76EE;</w:t></w:p></w:document>";
        let parts = [("word/document.xml", document), ("word/header1.xml", "<w:p><w:t>部外秘</w:t></w:p>")];
        assert_eq!(text(Form::Word, &parts), "避難所&受付 川東\n二行目\n部外秘");
    }

    #[test]
    fn slides_come_in_their_order_and_notes_behind_them() {
        let slide = |text: &str| format!("<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
        let (first, second, tenth, note) = (slide("一枚目"), slide("二枚目"), slide("十枚目"), slide("話すこと"));
        let parts = [
            ("ppt/slides/slide10.xml", tenth.as_str()),
            ("ppt/slides/slide2.xml", &second),
            ("ppt/slides/slide1.xml", &first),
            ("ppt/slides/_rels/slide1.xml.rels", "<a:t>x</a:t>"),
            ("ppt/notesSlides/notesSlide1.xml", &note),
        ];
        assert_eq!(text(Form::Slides, &parts), "一枚目\n二枚目\n十枚目\n話すこと");
    }

    #[test]
    fn cells_stand_in_rows_under_the_names_of_their_sheets() {
        let parts = [
            ("xl/workbook.xml", "<workbook><sheets><sheet name=\"備蓄\" sheetId=\"1\"/></sheets></workbook>"),
            (
                "xl/sharedStrings.xml",
                "<sst><si><t>品名</t><rPh><t>ヒンメイ</t></rPh></si><si><r><t>毛</t></r><r><t>布</t></r></si></sst>",
            ),
            (
                "xl/worksheets/sheet1.xml",
                "<worksheet><row><c t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>数</t></is></c></row>
                 <row><c t=\"s\"><v>1</v></c><c><f>SUM(A1)</f><v>320</v></c><c t=\"s\"><v>99</v></c></row></worksheet>",
            ),
        ];
        assert_eq!(text(Form::Sheets, &parts), "備蓄\n品名 数\n毛布 320");
    }

    #[test]
    fn open_documents_are_read() {
        let content = "<office:body><text:h>議事録</text:h><text:p>橋の<text:ruby><text:ruby-base>点検</text:ruby-base><text:ruby-text>てんけん</text:ruby-text></text:ruby><text:s/>済</text:p></office:body>";
        assert_eq!(text(Form::Open, &[("content.xml", content)]), "議事録\n橋の点検 済");
    }

    #[test]
    fn a_part_that_unfolds_to_gigabytes_is_cut() {
        let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
        zip.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
        zip.write_all("<w:p><w:t>始まり</w:t></w:p>".as_bytes()).unwrap();
        let blank = vec![b' '; 1024 * 1024];
        for _ in 0..PART_BYTES / (1024 * 1024) + 8 {
            zip.write_all(&blank).unwrap();
        }
        zip.write_all("<w:p><w:t>終わり</w:t></w:p>".as_bytes()).unwrap();
        let mut file = zip.finish().unwrap();
        file.rewind().unwrap();
        let mut words = Words::default();
        read(Form::Word, file, &mut words).unwrap();
        assert_eq!(words.into_text(), "始まり");
    }

    #[test]
    fn what_is_no_archive_is_refused_and_what_is_broken_gives_what_stands_before() {
        let mut words = Words::default();
        assert!(read(Form::Word, tempfile::tempfile().unwrap(), &mut words).is_err());
        let deep = "<w:p>".repeat(100_000) + "<w:t>底</w:t>";
        assert_eq!(text(Form::Word, &[("word/document.xml", &deep)]), "底");
        assert_eq!(text(Form::Word, &[("word/document.xml", "<w:t>前</w:t></broken><<<w:t>後</w:t>")]), "前");
        let bomb = "<!DOCTYPE x [<!ENTITY a \"ああ\"><!ENTITY b \"&a;&a;\">]><w:t>前&b;後</w:t>";
        assert_eq!(text(Form::Word, &[("word/document.xml", bomb)]), "前 後");
    }
}
