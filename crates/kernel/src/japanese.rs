//! Japanese text: folding, so that people are found however their names are typed, and reading kana as romaji.

use unicode_normalization::UnicodeNormalization as _;

/// Variant characters of names and the one that they are found by. What is shown never changes.
const VARIANTS: &[(char, char)] = &[
    ('髙', '高'),
    ('﨑', '崎'),
    ('嵜', '崎'),
    ('碕', '崎'),
    ('邊', '辺'),
    ('邉', '辺'),
    ('齋', '斎'),
    ('齊', '斎'),
    ('斉', '斎'),
    ('濵', '浜'),
    ('濱', '浜'),
    ('澤', '沢'),
    ('廣', '広'),
    ('國', '国'),
    ('櫻', '桜'),
    ('德', '徳'),
    ('惠', '恵'),
    ('眞', '真'),
    ('實', '実'),
    ('榮', '栄'),
    ('關', '関'),
    ('黑', '黒'),
    ('瀨', '瀬'),
    ('藪', '薮'),
    ('籔', '薮'),
    ('嶋', '島'),
    ('嶌', '島'),
    ('冨', '富'),
    ('峯', '峰'),
    ('瀧', '滝'),
    ('龍', '竜'),
    ('淺', '浅'),
    ('槇', '槙'),
    ('曾', '曽'),
    ('𠮷', '吉'),
    ('舘', '館'),
    ('檜', '桧'),
    ('萬', '万'),
    ('與', '与'),
    ('會', '会'),
    ('學', '学'),
    ('靜', '静'),
    ('壽', '寿'),
    ('條', '条'),
    ('圓', '円'),
    ('豐', '豊'),
    ('藏', '蔵'),
    ('晉', '晋'),
    ('彌', '弥'),
    ('彥', '彦'),
    ('應', '応'),
];

/// Folds text for comparison and search: NFKC, lower case, katakana as hiragana, old and variant characters as the usual
/// ones, no spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    // The second pass joins what lower case and the spaces' leaving put side by side: `u¯` is `u`, space, macron in NFKC.
    text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).nfkc().map(fold_char).collect()
}

fn fold_char(c: char) -> char {
    match c {
        // Katakana lie 0x60 above their hiragana (JIS X 0208 rows 4 and 5).
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => VARIANTS.iter().find(|(variant, _)| *variant == c).map_or(c, |(_, usual)| *usual),
    }
}

/// Syllables with a small ゃ, ゅ or ょ come before their first kana alone.
const ROMAJI: &[(&str, &str)] = &[
    ("きゃ", "kya"),
    ("きゅ", "kyu"),
    ("きょ", "kyo"),
    ("しゃ", "sha"),
    ("しゅ", "shu"),
    ("しょ", "sho"),
    ("ちゃ", "cha"),
    ("ちゅ", "chu"),
    ("ちょ", "cho"),
    ("にゃ", "nya"),
    ("にゅ", "nyu"),
    ("にょ", "nyo"),
    ("ひゃ", "hya"),
    ("ひゅ", "hyu"),
    ("ひょ", "hyo"),
    ("みゃ", "mya"),
    ("みゅ", "myu"),
    ("みょ", "myo"),
    ("りゃ", "rya"),
    ("りゅ", "ryu"),
    ("りょ", "ryo"),
    ("ぎゃ", "gya"),
    ("ぎゅ", "gyu"),
    ("ぎょ", "gyo"),
    ("じゃ", "ja"),
    ("じゅ", "ju"),
    ("じょ", "jo"),
    ("びゃ", "bya"),
    ("びゅ", "byu"),
    ("びょ", "byo"),
    ("ぴゃ", "pya"),
    ("ぴゅ", "pyu"),
    ("ぴょ", "pyo"),
    ("あ", "a"),
    ("い", "i"),
    ("う", "u"),
    ("え", "e"),
    ("お", "o"),
    ("か", "ka"),
    ("き", "ki"),
    ("く", "ku"),
    ("け", "ke"),
    ("こ", "ko"),
    ("さ", "sa"),
    ("し", "shi"),
    ("す", "su"),
    ("せ", "se"),
    ("そ", "so"),
    ("た", "ta"),
    ("ち", "chi"),
    ("つ", "tsu"),
    ("て", "te"),
    ("と", "to"),
    ("な", "na"),
    ("に", "ni"),
    ("ぬ", "nu"),
    ("ね", "ne"),
    ("の", "no"),
    ("は", "ha"),
    ("ひ", "hi"),
    ("ふ", "fu"),
    ("へ", "he"),
    ("ほ", "ho"),
    ("ま", "ma"),
    ("み", "mi"),
    ("む", "mu"),
    ("め", "me"),
    ("も", "mo"),
    ("や", "ya"),
    ("ゆ", "yu"),
    ("よ", "yo"),
    ("ら", "ra"),
    ("り", "ri"),
    ("る", "ru"),
    ("れ", "re"),
    ("ろ", "ro"),
    ("わ", "wa"),
    ("ゐ", "i"),
    ("ゑ", "e"),
    ("を", "o"),
    ("ん", "n"),
    ("が", "ga"),
    ("ぎ", "gi"),
    ("ぐ", "gu"),
    ("げ", "ge"),
    ("ご", "go"),
    ("ざ", "za"),
    ("じ", "ji"),
    ("ず", "zu"),
    ("ぜ", "ze"),
    ("ぞ", "zo"),
    ("だ", "da"),
    ("ぢ", "ji"),
    ("づ", "zu"),
    ("で", "de"),
    ("ど", "do"),
    ("ば", "ba"),
    ("び", "bi"),
    ("ぶ", "bu"),
    ("べ", "be"),
    ("ぼ", "bo"),
    ("ぱ", "pa"),
    ("ぴ", "pi"),
    ("ぷ", "pu"),
    ("ぺ", "pe"),
    ("ぽ", "po"),
    ("ゔ", "vu"),
];

/// Kana as Hepburn romaji, in lower case, as on a passport but for long vowels, which are kept (おおの → oono). What is
/// no kana stays.
#[must_use]
pub fn romaji(kana: &str) -> String {
    let folded = fold(kana);
    let mut rest = folded.as_str();
    let mut text = String::with_capacity(rest.len());
    let mut doubled = false;
    while let Some(first) = rest.chars().next() {
        if first == 'っ' {
            doubled = true;
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (syllable, sound) = match ROMAJI.iter().find(|(syllable, _)| rest.starts_with(syllable)) {
            Some((syllable, sound)) => (syllable.len(), *sound),
            None if first == 'ー' => (first.len_utf8(), ""),
            None => (first.len_utf8(), &rest[..first.len_utf8()]),
        };
        if std::mem::take(&mut doubled) {
            // っ doubles the consonant; before ch it is a t (Hepburn).
            text.extend(if sound.starts_with("ch") { Some('t') } else { sound.chars().next() });
        }
        text.push_str(sound);
        rest = &rest[syllable..];
    }
    text
}

/// Romaji with long vowels shortened (oono → ono, yuuki → yuki), as many people type their names.
#[must_use]
pub fn short_romaji(kana: &str) -> String {
    let long = romaji(kana);
    let mut text = String::with_capacity(long.len());
    for c in long.chars() {
        let last = text.chars().last();
        if !matches!((last, c), (Some('o'), 'o' | 'u') | (Some('u'), 'u')) {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_found_however_they_are_typed() {
        assert_eq!(fold("髙橋　メグミ"), "高橋めぐみ");
        assert_eq!(fold("ﾀｶﾊｼ"), "たかはし");
        assert_eq!(fold("渡邉"), fold("渡辺"));
        assert_eq!(fold("山﨑"), fold("山崎"));
        assert_eq!(fold("ＡＢＣ １２"), "abc12");
    }

    #[test]
    fn kana_read_as_romaji() {
        assert_eq!(romaji("たかはし めぐみ"), "takahashimegumi");
        assert_eq!(romaji("ハットリ"), "hattori");
        assert_eq!(romaji("まっちゃ"), "matcha");
        assert_eq!(romaji("しょうた"), "shouta");
        assert_eq!(short_romaji("しょうた"), "shota");
        assert_eq!(short_romaji("おおの"), "ono");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn romaji_takes_any_text(text in "\\PC{0,40}") {
            prop_assert!(short_romaji(&text).len() <= romaji(&text).len());
        }
    }
}
