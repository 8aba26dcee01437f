//! Which words of a text are links: the rule of the client's marks (`web/src/lib/talk/markup`), so that the shelf and the cards know what a
//! reader sees as one. A test holds both against the same texts.

use url::Url;

/// Links of one message that are kept.
pub const LINKS: usize = 30;
/// The longest that is one, as it is written and as it leads.
const ADDRESS: usize = 2_000;

/// Where a text's links lead, each once, in their order: by http and https, and not what stands in code.
#[must_use]
pub fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Most texts hold none, and cost this one look.
    if !text.contains("://") {
        return found;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let mut at = 0;
    while at < lines.len() {
        if let Some(next) = behind_code(&lines, at) {
            at = next;
            continue;
        }
        in_line(lines[at], &mut found);
        at += 1;
    }
    found.truncate(LINKS);
    found
}

/// Where the lines go on behind a block of code that begins here. Without an end it goes to the end; with nothing in it, it is none.
fn behind_code(lines: &[&str], at: usize) -> Option<usize> {
    let info = lines[at].strip_prefix("```")?.trim_end();
    let is_fence = info.chars().count() <= 20 && info.chars().all(|c| c.is_ascii_alphanumeric() || "_+#.-".contains(c));
    let length = lines[at + 1..].iter().position(|line| line.strip_prefix("```").is_some_and(|rest| rest.trim().is_empty()));
    let end = length.map_or(lines.len(), |length| at + 1 + length);
    let is_empty = lines[at + 1..end].iter().all(|line| line.trim().is_empty());
    (is_fence && !is_empty).then_some(end + 1)
}

fn in_line(line: &str, found: &mut Vec<String>) {
    let mut at = 0;
    while found.len() < LINKS {
        let Some(next) = line[at..].find(['`', '[', 'h', 'H']) else { return };
        at += next;
        let rest = &line[at..];
        let (length, address) = match rest.as_bytes()[0] {
            b'`' => (code(rest).filter(|_| !line[..at].ends_with('`')), None),
            b'[' => worded(rest).unzip(),
            _ => bare(rest).unzip(),
        };
        at += length.unwrap_or(1);
        let url = address.and_then(Url::parse_web).map(String::from);
        if let Some(url) = url.filter(|url| url.len() <= ADDRESS && !found.contains(url)) {
            found.push(url);
        }
    }
}

/// The length of `` `code` ``.
fn code(text: &str) -> Option<usize> {
    let inner = text[1..].find('`').filter(|inner| *inner > 0)?;
    let end = inner + 2;
    (!text[end..].starts_with('`')).then_some(end)
}

/// The length of `[words](target)`, and the target.
fn worded(text: &str) -> Option<(usize, &str)> {
    let words = text[1..].find(['[', ']'])?;
    let target = text[1 + words..].strip_prefix("](")?;
    if words == 0 || text[1..=words].chars().count() > 500 {
        return None;
    }
    let mut end = plain_run(target, 1, ADDRESS)?;
    for _ in 0..4 {
        let Some(inner) = target[end..].strip_prefix('(') else { break };
        let inside = plain_run(inner, 0, 200)?;
        let behind = inner[inside..].strip_prefix(')')?;
        end += inside + 2 + plain_run(behind, 0, 200)?;
    }
    let length = 1 + words + 2 + end + 1;
    target[end..].starts_with(')').then_some((length, if text[1..=words].trim().is_empty() { "" } else { &target[..end] }))
}

/// How long the run is of what neither ends a word nor brackets it.
fn plain_run(text: &str, least: usize, most: usize) -> Option<usize> {
    let end = text.find(|c: char| c.is_whitespace() || "()<>".contains(c)).unwrap_or(text.len());
    (least..=most).contains(&text[..end].chars().count()).then_some(end)
}

/// The length of an address that stands by itself, without what ends the sentence.
fn bare(text: &str) -> Option<(usize, &str)> {
    let scheme = ["https://", "http://"]
        .iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|is| is.eq_ignore_ascii_case(scheme)))?;
    let mut end = scheme.len();
    while let Some(c) = text[end..].chars().next() {
        if c.is_ascii_alphanumeric() || "_-.~:/?#[]@!$&'*+,;=%()".contains(c) {
            end += 1;
        } else if let Some(run) = ours(&text[end..]) {
            end += run;
        } else {
            break;
        }
    }
    let address = without_trailing(&text[..end]);
    (address.len() > scheme.len()).then_some((address.len(), address))
}

/// Letters of ours belong to an address only where it goes on behind them.
fn ours(text: &str) -> Option<usize> {
    let run = text.find(|c| !is_ours(c))?;
    let mut behind = text[run..].chars();
    let goes_on = behind.next().is_some_and(|c| "./%?#&=_-".contains(c))
        && behind.next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '%');
    (run > 0 && goes_on).then_some(run)
}

/// Han, Hiragana and Katakana.
fn is_ours(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FD5}' | '々' | '〇' | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303B}' | '\u{3041}'..='\u{3096}'
        | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9D}'
        | '\u{1B000}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
}

/// A closing bracket belongs to the address only when it was opened in it.
fn without_trailing(address: &str) -> &str {
    let count = |letter| address.matches(letter).count();
    let mut unopened = count(')').saturating_sub(count('('));
    let mut end = address.len();
    loop {
        let rest = &address[..end];
        end = match rest.chars().next_back() {
            Some(')') if unopened > 0 => {
                unopened -= 1;
                end - 1
            }
            Some('.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | ']') => end - 1,
            Some('~') if rest.ends_with("~~") => end - 2,
            _ => return rest,
        };
    }
}

trait Web: Sized {
    /// Where an address leads; none but by http and https.
    fn parse_web(address: &str) -> Option<Self>;
}

impl Web for Url {
    fn parse_web(address: &str) -> Option<Self> {
        Self::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `markup/inline.test.ts` has them.
    #[test]
    fn they_end_where_japanese_goes_on() {
        for (text, expected) in [
            ("資料はhttps://city.example.jp/a?b=1#c。ご確認ください", &["https://city.example.jp/a?b=1#c"][..]),
            ("「https://example.jp/」。", &["https://example.jp/"]),
            ("https://example.jp/を参照、https://example.jp/bです。", &["https://example.jp/", "https://example.jp/b"]),
            ("（http://example.com/x）と https://example.com/b, です", &["http://example.com/x", "https://example.com/b"]),
            ("https://example.jp/資料.pdf を", &["https://example.jp/%E8%B3%87%E6%96%99.pdf"]),
            ("https://日本語.jp/ を", &["https://xn--wgv71a119e.jp/"]),
            ("https://ja.wikipedia.org/wiki/A_(B)", &["https://ja.wikipedia.org/wiki/A_(B)"]),
            ("(https://example.jp/a_(b))", &["https://example.jp/a_(b)"]),
            ("**https://example.jp/** ~~https://example.jp/~~", &["https://example.jp/"]),
            ("HTTPS://EXAMPLE.jp", &["https://example.jp/"]),
            ("http://192.168.1.1:8080/a", &["http://192.168.1.1:8080/a"]),
        ] {
            assert_eq!(links(text), expected, "{text}");
        }
    }

    #[test]
    fn they_lead_by_http_alone() {
        for text in [
            "javascript:alert(1) data:text/html,x file:///etc/passwd https://",
            "[押す](javascript:alert(1)) [押す](//evil.example) [押す](https://) [電話](tel:0312345678)",
            "[第1条](別紙)と[注](1) ://",
            "http://[ b://c https://あ",
            "",
        ] {
            assert_eq!(links(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn words_may_stand_for_them() {
        assert_eq!(links("[資料](https://city.example.jp/a)"), ["https://city.example.jp/a"]);
        assert_eq!(links("[https://bank.example.jp](https://evil.example/)"), ["https://evil.example/"]);
        assert_eq!(links("[A](https://ja.wikipedia.org/wiki/A_(B))"), ["https://ja.wikipedia.org/wiki/A_(B)"]);
        assert_eq!(links("[頁](https://city.example.jp/資料)"), ["https://city.example.jp/%E8%B3%87%E6%96%99"]);
        assert_eq!(links("[押す]( https://a.jp)"), ["https://a.jp/"]);
        assert_eq!(links("[ ](https://a.jp)"), Vec::<String>::new());
    }

    #[test]
    fn code_holds_none() {
        assert_eq!(links("`https://a.jp/` https://b.jp/ `` https://c.jp/"), ["https://b.jp/", "https://c.jp/"]);
        assert_eq!(links("```\nhttps://a.jp/\n```\nhttps://b.jp/"), ["https://b.jp/"]);
        assert_eq!(links("```sh\ncurl https://a.jp/"), Vec::<String>::new());
        assert_eq!(links("```\n\n```\nhttps://a.jp/"), Vec::<String>::new(), "an empty block is none, and its end begins one");
    }

    #[test]
    fn each_counts_once_and_there_are_at_most_so_many() {
        assert_eq!(links("https://a.jp https://a.jp/ https://A.jp"), ["https://a.jp/"]);
        let many: String = (0..100).map(|n| format!("https://a.jp/{n} ")).collect();
        assert_eq!(links(&many).len(), LINKS);
        assert_eq!(links(&format!("https://a.jp/{}", "x".repeat(ADDRESS))), Vec::<String>::new());
    }

    #[test]
    fn hostile_texts_are_read_in_no_time() {
        for scrap in
            ["`", "[", "[a](", "https://", "https://a/(", "[a](b(c", "h", "あ.", "```\n", "https://a.jp/)", "~~", "https://a~~"]
        {
            let text: String = format!("://{}", scrap.repeat(10_000 / scrap.chars().count()));
            assert!(links(&text).len() <= LINKS, "{scrap}");
        }
        let mut at = 0_u64;
        let scraps = [
            "**",
            "~~",
            "`",
            "```",
            "\n",
            "[",
            "](https://a.jp/x)",
            "](",
            ")",
            "(",
            "https://a.jp/",
            " ",
            "　",
            "あ",
            "。",
            "𠮷",
            "\u{202E}",
        ];
        for _ in 0..2_000 {
            let text: String = (0..20)
                .map(|_| {
                    at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    scraps[(at >> 33) as usize % scraps.len()]
                })
                .collect();
            assert!(links(&text).len() <= LINKS);
        }
    }
}
