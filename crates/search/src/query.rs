//! What people type: words that must all be there, `"…"` for words as they follow one another, `from:`, `in:`, `after:`, `before:`.

use kernel::japanese::fold;
use kernel::{Problem, Time};

/// The longest question, in Unicode scalar values.
pub const QUERY_CHARS: usize = 100;
/// Words in one question.
const TERMS: usize = 10;

/// A question, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What must be there, folded, each once.
    pub terms: Vec<String>,
    /// The same, as typed: people are looked for by these.
    pub typed: String,
    /// Parts of the names of those who wrote it: one of them.
    pub from: Vec<String>,
    /// Parts of the titles of where it was written: one of them.
    pub rooms: Vec<String>,
    /// Not before this.
    pub after: Option<Time>,
    /// Before this.
    pub before: Option<Time>,
}

impl Query {
    /// Takes a question apart. An operator without a value, as it stands while one types, asks nothing.
    ///
    /// # Errors
    /// 422 naming `q` where it is too long, has too many words, or an operator's date is none.
    pub fn parse(q: &str) -> Result<Self, Problem> {
        if q.chars().count() > QUERY_CHARS {
            return Err(Problem::invalid("q", "100文字までで探してください。", "At most 100 characters."));
        }
        let mut query = Self::default();
        let mut typed = Vec::new();
        for piece in pieces(q) {
            match piece.operator() {
                Some(("from", value)) => query.from.extend(named(value)),
                Some(("in", value)) => query.rooms.extend(named(value)),
                Some(("after", value)) if !value.is_empty() => query.after = query.after.max(Some(day("q", value)?)),
                Some(("before", value)) if !value.is_empty() => {
                    let day = day("q", value)?;
                    query.before = Some(query.before.map_or(day, |earlier| earlier.min(day)));
                }
                Some(_) => {}
                None => {
                    let term = fold(&piece.text);
                    if !term.is_empty() && !query.terms.contains(&term) {
                        query.terms.push(term);
                        typed.push(piece.text);
                    }
                }
            }
        }
        if query.terms.len() > TERMS {
            return Err(Problem::invalid("q", "言葉は10個までで探してください。", "At most 10 words."));
        }
        query.typed = typed.join(" ");
        Ok(query)
    }

    /// Whether it asks nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it narrows down where, when or by whom: then it asks for no people.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.from.is_empty() || !self.rooms.is_empty() || self.after.is_some() || self.before.is_some()
    }
}

/// The beginning of a day in Japan, written YYYY-MM-DD in whatever width; slashes will do.
///
/// # Errors
/// 422 naming `field` where it is no day.
pub fn day(field: &'static str, text: &str) -> Result<Time, Problem> {
    let day = fold(text).replace('/', "-");
    let time = if day.len() == 10 { Time::parse(&format!("{day}T00:00:00+09:00")).ok() } else { None };
    time.ok_or_else(|| Problem::invalid(field, "日付は2026-06-01のように入力してください。", "A date is written as 2026-06-01."))
}

fn named(value: &str) -> Option<String> {
    let name = value.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// What stands between spaces, or in quotation marks.
#[derive(Debug, Default)]
struct Piece {
    text: String,
    /// Where its first colon stands, if before any quotation mark.
    colon: Option<usize>,
    is_quoted: bool,
}

impl Piece {
    /// The operator's name and what follows its colon. What is no operator of ours is a word like any other.
    fn operator(&self) -> Option<(&'static str, &str)> {
        let (name, value) = self.text.split_at(self.colon?);
        let mut value = value.chars();
        value.next();
        let name = fold(name);
        let known = ["from", "in", "after", "before"].into_iter().find(|known| *known == name)?;
        Some((known, value.as_str()))
    }
}

/// A quotation mark that is not closed reaches to the end.
fn pieces(q: &str) -> Vec<Piece> {
    let (mut done, mut piece, mut in_quotes) = (Vec::new(), Piece::default(), false);
    for c in q.chars() {
        match c {
            '"' | '＂' | '“' | '”' => {
                in_quotes = !in_quotes;
                piece.is_quoted = true;
            }
            c if c.is_whitespace() && !in_quotes => done.push(std::mem::take(&mut piece)),
            c => {
                if matches!(c, ':' | '：') && !piece.is_quoted {
                    piece.colon.get_or_insert(piece.text.len());
                }
                piece.text.push(c);
            }
        }
    }
    done.push(piece);
    done.retain(|piece| !piece.text.is_empty());
    done
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(day: &str) -> Option<Time> {
        Time::parse(&format!("{day}T00:00:00+09:00")).ok()
    }

    #[test]
    fn a_question_is_taken_apart() {
        let query = Query::parse("避難　ケイカク from:森 in:“防災 対策” after:２０２６／０６／０１ before:2026-07-01").unwrap();
        assert_eq!(query.terms, ["避難", "けいかく"]);
        assert_eq!(query.typed, "避難 ケイカク");
        assert_eq!((query.from, query.rooms), (vec!["森".to_owned()], vec!["防災 対策".to_owned()]));
        assert_eq!((query.after, query.before), (at("2026-06-01"), at("2026-07-01")));
    }

    #[test]
    fn words_in_quotation_marks_belong_together() {
        assert_eq!(Query::parse(r#""道路 冠水" 注意"#).unwrap().terms, ["道路冠水", "注意"]);
        assert_eq!(Query::parse(r#""道路 冠水"#).unwrap().terms, ["道路冠水"], "one that is still being typed");
        assert_eq!(Query::parse(r#""from:森""#).unwrap().terms, ["from:森"], "no operator in quotation marks");
    }

    #[test]
    fn a_colon_may_be_wide_and_an_operator_unfinished() {
        assert_eq!(Query::parse("ｆｒｏｍ：森").unwrap().from, ["森"]);
        assert!(Query::parse("from: after: in:").unwrap().is_empty());
        assert_eq!(Query::parse("15:30 http://a").unwrap().terms, ["15:30", "http://a"]);
    }

    #[test]
    fn what_is_out_of_bounds_names_the_field() {
        let field = |q: &str| Query::parse(q).unwrap_err().errors[0].field.clone();
        assert_eq!(field(&"避".repeat(101)), "q");
        assert_eq!(field("after:6月"), "q");
        assert_eq!(field("before:2026-02-30"), "q");
        assert_eq!(field("a b c d e f g h i j k"), "q");
    }

    proptest! {
        #[test]
        fn any_text_is_a_question_or_refused(q in "\\PC{0,60}") {
            if let Ok(query) = Query::parse(&q) {
                prop_assert!(query.terms.iter().all(|term| !term.is_empty() && fold(term) == *term));
            }
        }
    }
}
