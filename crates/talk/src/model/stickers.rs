//! The stickers there are. Their drawings and names are the client's.

use kernel::Problem;

use super::text;

/// What a message may carry instead of words. One that was sent once stays in this list.
pub const STICKERS: [&str; 28] = [
    "understood",
    "thanks",
    "good-work",
    "please",
    "sorry",
    "good-morning",
    "congratulations",
    "cheering",
    "leaving",
    "all-right",
    "seen",
    "agree",
    "disagree",
    "unsure",
    "checking",
    "one-moment",
    "done",
    "calling",
    "meeting",
    "break",
    "on-my-way",
    "arrived",
    "safe",
    "help",
    "take-care",
    "evacuate",
    "rain",
    "snow",
];

/// What is said: words, files (with words or without), or a sticker and nothing else.
///
/// # Errors
/// 422 on a sticker that is not there, on one with words or files, and on words out of bounds.
pub fn words_or_sticker(words: &str, files: bool, sticker: Option<&str>) -> Result<(), Problem> {
    let Some(sticker) = sticker else { return text::words_beside("text", words, files) };
    if !STICKERS.contains(&sticker) {
        return Err(Problem::invalid("stickerId", "そのスタンプはありません。", "There is no such sticker."));
    }
    if !words.is_empty() {
        return Err(Problem::invalid("text", "スタンプに本文は付けられません。", "A sticker has no text."));
    }
    if files {
        return Err(Problem::invalid("attachmentIds", "スタンプにファイルは付けられません。", "A sticker has no files."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sticker_stands_alone() {
        let field =
            |words: &str, sticker| words_or_sticker(words, false, sticker).err().map(|problem| problem.errors[0].field.clone());
        assert_eq!(field("", Some("understood")), None);
        assert_eq!(field("了解", None), None);
        assert_eq!(field("", None).as_deref(), Some("text"));
        assert_eq!(field("了解", Some("understood")).as_deref(), Some("text"));
        let beside = words_or_sticker("", true, Some("understood")).unwrap_err();
        assert_eq!(beside.errors[0].field, "attachmentIds");
        assert!(words_or_sticker("", true, None).is_ok());
        for unknown in ["", "Understood", "../understood", "了解"] {
            assert_eq!(field("", Some(unknown)).as_deref(), Some("stickerId"), "{unknown}");
        }
    }
}
