//! What a page says of itself, in Open Graph's words (ogp.me), Twitter's, or HTML's own. It is text of a stranger: read as far as it can be,
//! never believed.

use encoding_rs::{Encoding, UTF_8};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use reqwest::Url;
use reqwest_of_object_store as reqwest;

/// Lengths, in characters.
const TITLE: usize = 200;
const DESCRIPTION: usize = 300;
const SITE: usize = 100;
const ADDRESS: usize = 2_000;
const LANGUAGE: usize = 35;
/// Where a page says how it is written, in bytes: the standard has browsers look at 1,024.
const PRESCAN: usize = 4_096;

/// What is shown of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it is called; none: there is nothing to show.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// What it is a part of.
    pub site: Option<String>,
    /// The language that it is in (BCP 47).
    pub lang: Option<String>,
    /// Where its picture is.
    pub image: Option<String>,
}

/// Reads a page, or its beginning, that came from `base`.
#[must_use]
pub fn read(bytes: &[u8], content_type: &str, base: &Url) -> Page {
    let encoding = parameter(content_type).or_else(|| written_in(bytes)).unwrap_or(UTF_8);
    let (text, _, _) = encoding.decode(bytes);
    let said = Said::of(&text);
    Page {
        title: said.first(&["og:title", "twitter:title", "<title>"], TITLE),
        description: said.first(&["og:description", "twitter:description", "description"], DESCRIPTION),
        site: said.first(&["og:site_name"], SITE),
        lang: said.first(&["<lang>"], LANGUAGE).filter(|lang| lang.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')),
        image: said.image(base),
    }
}

/// What stands in a page's tags, by name; the first of each counts.
#[derive(Default)]
struct Said(std::collections::HashMap<String, String>);

impl Said {
    fn of(text: &str) -> Self {
        let (mut said, mut title) = (Self::default(), None::<String>);
        for token in tokens(text.as_bytes()) {
            match (token, &mut title) {
                (Token::StartTag(tag), _) if *tag.name == b"title" => title = Some(String::new()),
                (Token::String(words), Some(title)) => title.push_str(&String::from_utf8_lossy(&words)),
                (Token::EndTag(tag), Some(words)) if *tag.name == b"title" => {
                    said.note("<title>", std::mem::take(words));
                    title = None;
                }
                (Token::StartTag(tag), None) if *tag.name == b"html" => {
                    said.note("<lang>", attribute(&tag, b"lang").unwrap_or_default());
                }
                (Token::StartTag(tag), None) if *tag.name == b"meta" => {
                    let name = attribute(&tag, b"property").or_else(|| attribute(&tag, b"name"));
                    said.note(
                        &name.unwrap_or_default().trim().to_ascii_lowercase(),
                        attribute(&tag, b"content").unwrap_or_default(),
                    );
                }
                _ => {}
            }
        }
        said
    }

    fn note(&mut self, name: &str, words: String) {
        if !name.is_empty() && !words.trim().is_empty() {
            self.0.entry(name.to_owned()).or_insert(words);
        }
    }

    /// The first of these that says something, as one line.
    fn first(&self, names: &[&str], most: usize) -> Option<String> {
        names.iter().filter_map(|name| self.0.get(*name)).map(|words| tidy(words, most)).find(|words| !words.is_empty())
    }

    fn image(&self, base: &Url) -> Option<String> {
        let named = ["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"];
        let address = named.iter().filter_map(|name| self.0.get(*name)).next()?;
        let url = base.join(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        Some(String::from(url)).filter(|url| url.len() <= ADDRESS)
    }
}

fn tokens(bytes: &[u8]) -> impl Iterator<Item = Token> {
    let mut emitter = DefaultEmitter::default();
    // What stands in a script or a style is no tag.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(bytes, emitter).filter_map(Result::ok)
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
}

/// `text/html; charset=Shift_JIS`.
fn parameter(content_type: &str) -> Option<&'static Encoding> {
    let (_, label) = content_type.split_once("charset=")?;
    Encoding::for_label(label.split(';').next().unwrap_or_default().trim_matches(['"', '\'', ' ']).as_bytes())
}

/// `<meta charset>` or `<meta http-equiv>`: read before it is known how the page is written, which all spellings of these allow.
fn written_in(bytes: &[u8]) -> Option<&'static Encoding> {
    let metas = tokens(&bytes[..bytes.len().min(PRESCAN)]).filter_map(|token| match token {
        Token::StartTag(tag) if *tag.name == b"meta" => Some(tag),
        _ => None,
    });
    metas.into_iter().find_map(|tag| match attribute(&tag, b"charset") {
        Some(label) => Encoding::for_label(label.trim().as_bytes()),
        None => parameter(&attribute(&tag, b"content").unwrap_or_default().to_ascii_lowercase()),
    })
}

/// One line of at most `most` characters, without what can't be seen and turns around what can.
fn tidy(text: &str, most: usize) -> String {
    let unseen = |c: char| {
        c.is_control() && !c.is_whitespace()
            || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let text: String = text.chars().filter(|c| !unseen(*c)).collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        None => line,
        Some(_) => line.chars().take(most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        read(html.as_bytes(), "text/html", &"https://city.example.jp/a/b".parse().unwrap())
    }

    #[test]
    fn open_graph_counts_before_the_rest() {
        let whole = page(
            r#"<!doctype html><html lang="ja"><head><title>題</title><meta name="description" content="説明">
            <meta property="og:title" content="避難所一覧 &amp; 地図"><meta property="og:description" content="市内の
            避難所"><meta property="og:site_name" content="ひのき市"><meta property="og:image" content="../i.png"></head>"#,
        );
        assert_eq!(whole.title.as_deref(), Some("避難所一覧 & 地図"));
        assert_eq!(whole.description.as_deref(), Some("市内の 避難所"));
        assert_eq!((whole.site.as_deref(), whole.lang.as_deref()), (Some("ひのき市"), Some("ja")));
        assert_eq!(whole.image.as_deref(), Some("https://city.example.jp/i.png"));
        let plain = page("<title> ひのき市\n役所 </title><meta name=description content=市の頁>");
        assert_eq!((plain.title.as_deref(), plain.description.as_deref()), (Some("ひのき市 役所"), Some("市の頁")));
        assert_eq!(
            page("<meta property='og:title' content=' '><meta name='twitter:title' content='T'>").title.as_deref(),
            Some("T")
        );
        assert_eq!(page("<p>何もない"), Page::default());
    }

    #[test]
    fn japanese_spellings_are_understood() {
        let base = "https://city.example.jp/".parse().unwrap();
        for (encoding, label) in
            [(encoding_rs::SHIFT_JIS, "Shift_JIS"), (encoding_rs::EUC_JP, "euc-jp"), (encoding_rs::ISO_2022_JP, "iso-2022-jp")]
        {
            let written = |html: &str| encoding.encode(html).0.into_owned();
            let title = Some("防災情報（表）".to_owned());
            let by_header = read(&written("<title>防災情報（表）</title>"), &format!("text/html; charset=\"{label}\""), &base);
            let by_meta = read(&written(&format!("<meta charset={label}><title>防災情報（表）</title>")), "text/html", &base);
            let old =
                format!("<META HTTP-EQUIV=Content-Type CONTENT=\"text/html; charset={label}\"><TITLE>防災情報（表）</TITLE>");
            let by_equiv = read(&written(&old), "text/html", &base);
            assert_eq!([by_header.title, by_meta.title, by_equiv.title], [title.clone(), title.clone(), title], "{label}");
        }
        assert_eq!(
            read(b"\xff\xfe<\0t\0i\0t\0l\0e\0>\0A\0<\0/\0t\0i\0t\0l\0e\0>\0", "text/html", &base).title.as_deref(),
            Some("A")
        );
    }

    #[test]
    fn what_is_hostile_is_only_text() {
        assert_eq!(page("<title><script>alert(1)</script></title>").title.as_deref(), Some("<script>alert(1)</script>"));
        assert_eq!(page("<script>'<meta property=og:title content=x>'</script><!--<title>y</title>-->"), Page::default());
        assert_eq!(page("<title>a\u{202E}b\u{0}\u{7}c\u{200B}</title>").title.as_deref(), Some("ab\u{FFFD}c"));
        assert_eq!(page("<title>👨‍👩‍👧 家族</title>").title.as_deref(), Some("👨‍👩‍👧 家族"));
        let long = page(&format!("<title>{}</title>", "長".repeat(1_000_000))).title.unwrap();
        assert_eq!((long.chars().count(), long.ends_with('…')), (200, true));
        for address in ["javascript:alert(1)", "data:image/png;base64,AA", "file:///etc/passwd", "http://["] {
            assert_eq!(page(&format!("<meta property=og:image content='{address}'>")).image, None);
        }
        assert_eq!(page("<html lang='\"><b>'><title>x</title>").lang, None);
        assert_eq!(page(&"<meta property=og:title".repeat(10_000)), Page::default());
        assert_eq!(page(&format!("<title>{}", "<".repeat(100_000))), Page::default());
    }
}
