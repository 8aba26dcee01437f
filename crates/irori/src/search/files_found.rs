//! Files: by their names, and by what they say. A file answers where it alone says all that is asked for.

use files::File;
use kernel::japanese::fold;
use kernel::{Principal, Problem};
use search::excerpt::{self, Excerpt};
use talk::model::Message;

use super::Finder;

/// Messages whose files are read at a time: each may be a whole book.
const READ: usize = 4;

/// A file that answers.
pub(super) struct FoundFile {
    pub file: File,
    /// How well it answers.
    pub score: usize,
    /// Its name, with what was found there.
    pub name: Excerpt,
    /// The part of what it says around what was found there; none where nothing was.
    pub inside: Option<Excerpt>,
}

impl Finder {
    /// For each of these messages, which the caller may see, its first file that answers.
    pub(super) async fn found_files(
        &self,
        principal: &Principal,
        messages: &[&Message],
        terms: &[String],
    ) -> Result<Vec<Option<FoundFile>>, Problem> {
        let mut found = Vec::with_capacity(messages.len());
        for some in messages.chunks(READ) {
            let files: Vec<Vec<File>> = some.iter().map(|message| message.attachments.clone()).collect();
            let texts = self.files.texts(principal.tenant, &files.concat()).await?;
            let terms = terms.to_vec();
            let answers = move || -> Vec<Option<FoundFile>> {
                let text = |file: &File| texts.get(&file.sha256).map_or("", String::as_str);
                let first = |files: Vec<File>| files.into_iter().find_map(|file| answer(text(&file), file, &terms));
                files.into_iter().map(first).collect()
            };
            found.extend(tokio::task::spawn_blocking(answers).await.map_err(|_| Problem::internal())?);
        }
        Ok(found)
    }
}

fn answer(text: &str, file: File, terms: &[String]) -> Option<FoundFile> {
    let (name, inside) = (fold(&file.name), fold(text));
    if !terms.iter().all(|term| name.contains(term.as_str()) || inside.contains(term.as_str())) {
        return None;
    }
    let score = excerpt::score(&name, terms).max(excerpt::score(&inside, terms));
    let is_inside = terms.iter().any(|term| inside.contains(term.as_str()));
    let inside = is_inside.then(|| excerpt::excerpt(text, terms));
    Some(FoundFile { score, name: excerpt::whole(&file.name, terms), inside, file })
}

/// Whether the name of one of a message's files says all of this by itself.
pub(super) fn is_named(message: &Message, terms: &[String]) -> bool {
    message.attachments.iter().any(|file| excerpt::holds(&fold(&file.name), terms))
}
