//! Which programs open documents. None has to be there.

use files::Converters;

use super::{Finding, Level};

pub fn look(converters: &Converters) -> Finding {
    let programs = [("pdftotext", &converters.pdftotext), ("pdftoppm", &converters.pdftoppm), ("soffice", &converters.soffice)];
    let (there, missing): (Vec<_>, Vec<_>) = programs.into_iter().partition(|(_, path)| path.is_some());
    let names = |programs: &[(&str, _)]| programs.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let (ja, en) = match (there.is_empty(), missing.is_empty()) {
        (_, true) => {
            ("文書の変換プログラムはそろっています".to_owned(), "every program that converts documents is there".to_owned())
        }
        (true, _) => (
            "文書の変換プログラムはありません（なくても動きます。入れると文書の1ページ目が表示されます）".to_owned(),
            "no program that converts documents is there (none is needed; with them first pages are shown)".to_owned(),
        ),
        (false, false) => (
            format!("文書の変換プログラム: {} があります（{} はありません。なくても動きます）", names(&there), names(&missing)),
            format!("programs that convert documents: {} (not {}; none is needed)", names(&there), names(&missing)),
        ),
    };
    Finding::new(Level::Good, ja, en)
}
