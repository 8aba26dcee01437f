//! The bounds of what people write.

use kernel::Problem;

/// A message's length, in Unicode scalar values.
pub const TEXT_CHARS: usize = 10_000;
/// The length of a title, of a room, note or album, in Unicode scalar values.
pub const TITLE_CHARS: usize = 100;
/// What rooms are looked for by, in Unicode scalar values.
pub const QUERY_CHARS: usize = 100;
/// Messages forwarded at once.
pub const FORWARD_MESSAGES: usize = 50;
/// Rooms forwarded to at once.
pub const FORWARD_ROOMS: usize = 50;
/// Characters that the copies of one forward may hold together: 3 MB of Japanese.
pub const FORWARD_CHARS: usize = 1_000_000;
/// Rooms that one message is sent to at once.
pub const BROADCAST_ROOMS: usize = 100;
/// Mentions in one message.
pub const MENTIONS: usize = 100;
/// Files in one message, and in one note.
pub const ATTACHMENTS: usize = 30;
/// A note's body, in Unicode scalar values.
pub const NOTE_CHARS: usize = 20_000;
/// A comment on a note, in Unicode scalar values.
pub const COMMENT_CHARS: usize = 2_000;
/// Photos in one album.
pub const ALBUM_PHOTOS: usize = 1_000;
/// Photos put into an album at once.
pub const PHOTOS_AT_ONCE: usize = 200;
/// People added at once.
pub const MEMBERS_AT_ONCE: usize = 5_000;
/// Different emoji on one message.
pub const REACTIONS: usize = 20;
/// Bytes of one emoji: the longest family of ZWJ sequences in use takes 28 and a few more with a skin tone.
pub const EMOJI_BYTES: usize = 40;

/// A message's text: kept exactly as written, HTML, RTL marks and all; the client shows text as text.
///
/// # Errors
/// 422 when it is empty, only white space, too long, or holds a NUL (which PostgreSQL can't keep).
pub fn message_text(field: &str, text: &str) -> Result<(), Problem> {
    not_blank(field, text)?;
    if text.chars().count() > TEXT_CHARS {
        return Err(Problem::invalid(field, "10,000文字までで入力してください。", "At most 10,000 characters."));
    }
    no_nul(field, text)
}

/// A note's body, which may be empty: kept as a message's text is.
///
/// # Errors
/// 422 when it is too long or holds a NUL.
pub fn note_body(field: &str, text: &str) -> Result<(), Problem> {
    if text.chars().count() > NOTE_CHARS {
        return Err(Problem::invalid(field, "20,000文字までで入力してください。", "At most 20,000 characters."));
    }
    no_nul(field, text)
}

/// What is said about a note: kept as a message's text is.
///
/// # Errors
/// 422 when it is empty, only white space, too long, or holds a NUL.
pub fn comment_text(field: &str, text: &str) -> Result<(), Problem> {
    not_blank(field, text)?;
    if text.chars().count() > COMMENT_CHARS {
        return Err(Problem::invalid(field, "2,000文字までで入力してください。", "At most 2,000 characters."));
    }
    no_nul(field, text)
}

/// As [`message_text`]; beside files a message needs no words.
///
/// # Errors
/// As [`message_text`].
pub fn words_beside(field: &str, text: &str, files: bool) -> Result<(), Problem> {
    if files && text.is_empty() { Ok(()) } else { message_text(field, text) }
}

/// A room's title, trimmed.
///
/// # Errors
/// 422 when it is empty, too long, or holds control characters.
pub fn room_title(field: &str, title: &str) -> Result<String, Problem> {
    line(field, title, "トーク名を入力してください。", "Please enter a name.")
}

/// A title, trimmed; `ja` and `en` ask for one where it is empty.
///
/// # Errors
/// 422 when it is empty, too long, or holds control characters.
pub fn line(field: &str, title: &str, ja: &'static str, en: &'static str) -> Result<String, Problem> {
    let title = title.trim();
    if title.is_empty() {
        return Err(Problem::invalid(field, ja, en));
    }
    if title.chars().count() > TITLE_CHARS {
        return Err(Problem::invalid(field, "100文字までで入力してください。", "At most 100 characters."));
    }
    if title.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "使えない文字が含まれています。", "It holds characters that can't be used."));
    }
    Ok(title.to_owned())
}

/// A reaction: one emoji, which may be several code points (skin tones, ZWJ, flags, keycaps).
///
/// # Errors
/// 422 when it is something else.
pub fn emoji(text: &str) -> Result<(), Problem> {
    let fine = !text.is_empty() && text.len() <= EMOJI_BYTES && looks_like_one_emoji(text);
    if fine {
        Ok(())
    } else {
        Err(Problem::invalid("emoji", "絵文字をひとつ指定してください。", "Must be one emoji."))
    }
}

fn not_blank(field: &str, text: &str) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(Problem::invalid(field, "本文を入力してください。", "Please write something."));
    }
    Ok(())
}

fn no_nul(field: &str, text: &str) -> Result<(), Problem> {
    if text.contains('\0') {
        return Err(Problem::invalid(field, "使えない文字が含まれています。", "It holds characters that can't be used."));
    }
    Ok(())
}

/// UTS #51, near enough: emoji joined by ZWJ, each with its modifiers; or two regional indicators; or a keycap.
fn looks_like_one_emoji(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        [a, b] if is_regional(*a) && is_regional(*b) => true,
        ['0'..='9' | '#' | '*', '\u{FE0F}', '\u{20E3}'] | ['0'..='9' | '#' | '*', '\u{20E3}'] => true,
        _ => text.split('\u{200D}').all(is_emoji_with_modifiers),
    }
}

fn is_emoji_with_modifiers(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(is_pictograph)
        && chars.all(|c| matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}'))
}

fn is_regional(c: char) -> bool {
    ('\u{1F1E6}'..='\u{1F1FF}').contains(&c)
}

fn is_pictograph(c: char) -> bool {
    matches!(c,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21AA}'
        | '\u{231A}'..='\u{23FF}' | '\u{24C2}' | '\u{25AA}'..='\u{27BF}' | '\u{2934}'..='\u{2935}'
        | '\u{2B05}'..='\u{2B55}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
        && !is_regional(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_counted_in_scalar_values() {
        // Outside the basic plane: four bytes each, one character each.
        assert!(message_text("text", &"𠮷".repeat(TEXT_CHARS)).is_ok());
        assert!(message_text("text", &"𠮷".repeat(TEXT_CHARS + 1)).is_err());
        assert!(message_text("text", " \u{3000}\n").is_err());
        assert!(message_text("text", "a\0b").is_err());
        assert!(message_text("text", "<b>\u{202E}html</b>").is_ok());
    }

    #[test]
    fn an_emoji_is_one() {
        for one in ["👍", "❤️", "👍🏽", "👨‍👩‍👧‍👦", "🇯🇵", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "㊗️"]
        {
            assert!(emoji(one).is_ok(), "{one}");
        }
        for other in ["", "a", "👍👍", "了解", "<b>", "\u{200D}", "🇯", "👍\u{200D}"] {
            assert!(emoji(other).is_err(), "{other}");
        }
    }
}
