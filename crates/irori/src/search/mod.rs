//! The common search: gathers what capabilities have that answers a question. The index says what may; each capability says what
//! does, and to whom it may be shown.
//!
//! To add a kind of thing: a variant of [`Among`] and of [`Hit`], and its part in [`gather`].

mod files_found;
mod found;
mod gather;
mod texts;

use axum::Json;
use axum::extract::State;
use directory::{Directory, UserView};
use files::{File, Files};
use kernel::http::{Caller, Params};
use kernel::{Problem, RoomId, Seq, Time, UserId};
use search::Search;
use serde::{Deserialize, Serialize};
use talk::Talk;
use talk::model::RoomKind;
use talk::model::note::NoteNo;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes as paths;

/// What the common search asks.
#[derive(Clone)]
pub struct Finder {
    /// Says what may answer.
    pub search: Search,
    /// Has messages and notes.
    pub talk: Talk,
    /// Has what files say.
    pub files: Files,
    /// Has people.
    pub directory: Directory,
}

/// The common search's operation.
pub fn routes(finder: Finder) -> OpenApiRouter {
    OpenApiRouter::new().routes(paths!(search)).with_state(finder)
}

/// What is looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct SearchQuery {
    /// Words that must all be there, however they are typed; two characters are enough. `"…"` for words that follow one another,
    /// `from:名前`, `in:トーク名`, `after:2026-06-01` (that day and later), `before:2026-07-01` (earlier than that day). At most 100
    /// characters and 10 words.
    q: Option<String>,
    /// Among what.
    #[serde(rename = "in")]
    #[param(rename = "in", inline)]
    among: Option<Among>,
    /// Written by this user.
    from: Option<UserId>,
    /// In this room.
    room_id: Option<RoomId>,
    /// On this day in Japan or later, YYYY-MM-DD.
    after: Option<String>,
    /// Before this day in Japan.
    before: Option<String>,
    /// `best` puts first, of every 200 hits, those that say it with the fewest other words.
    #[param(inline)]
    sort: Option<Sort>,
    /// At most this many (1 to 200, 50 unless told).
    limit: Option<i64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Among what is looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum Among {
    /// Messages, files and notes, and on the first page the first few people.
    #[default]
    All,
    /// Messages alone.
    Messages,
    /// Files alone.
    Files,
    /// Notes alone.
    Notes,
    /// People alone.
    People,
}

/// Which comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum Sort {
    /// What was written last.
    #[default]
    Newest,
    /// What answers best.
    Best,
}

/// What was found.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SearchResults {
    /// In the order asked for.
    items: Vec<Hit>,
    /// Those whose name, ふりがな, section or number matches.
    people: Vec<UserView>,
    /// Hand this in as `cursor` for what follows; null at the end. There may be fewer items than asked for before the end: a search
    /// looks through a bounded number of texts at a time.
    next_cursor: Option<String>,
    /// Much of what was written long ago is still being read into the index, and is not found yet.
    indexing: bool,
}

/// Something found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Hit {
    /// A message.
    Message(MessageHit),
    /// A file that a message shows.
    File(FileHit),
    /// A note.
    Note(NoteHit),
}

/// A message that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessageHit {
    /// Where it was said.
    room_id: RoomId,
    /// What the room is called.
    room_title: String,
    /// Its kind.
    room_kind: RoomKind,
    /// Its place there.
    seq: Seq,
    /// Who wrote it.
    sender_id: Option<UserId>,
    /// What they are called.
    sender_name: Option<String>,
    /// When.
    sent_at: Time,
    /// The part of what was written, and of the names of its files, around what was found, with … where something is left out.
    text: String,
    /// What was found, in `text`.
    highlights: Vec<Highlight>,
}

/// A file that was found, by its name or by what it says.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FileHit {
    /// Where it was sent.
    room_id: RoomId,
    /// What the room is called.
    room_title: String,
    /// Its kind.
    room_kind: RoomKind,
    /// The message that shows it.
    seq: Seq,
    /// Who sent it.
    sender_id: Option<UserId>,
    /// What they are called.
    sender_name: Option<String>,
    /// When.
    sent_at: Time,
    /// The file.
    file: File,
    /// What was found, in its name.
    name_highlights: Vec<Highlight>,
    /// The part of what it says around what was found there, with … where something is left out; empty where nothing was.
    text: String,
    /// What was found, in `text`.
    highlights: Vec<Highlight>,
}

/// A note that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NoteHit {
    /// Whose note it is.
    room_id: RoomId,
    /// What the room is called.
    room_title: String,
    /// Its kind.
    room_kind: RoomKind,
    /// Its number there.
    no: NoteNo,
    /// Who made it.
    sender_id: Option<UserId>,
    /// What they are called.
    sender_name: Option<String>,
    /// When.
    sent_at: Time,
    /// The part of what it is about and says, and of the names of its files, around what was found, with … where something is left
    /// out.
    text: String,
    /// What was found, in `text`.
    highlights: Vec<Highlight>,
}

/// A place in a text, in UTF-16 code units, as browsers count.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
struct Highlight {
    /// Where it begins.
    start: usize,
    /// How long it is.
    length: usize,
}

/// What the caller may see that answers a question.
#[utoipa::path(get, path = "/search", operation_id = "search", tag = "search", params(SearchQuery), responses((status = 200, body = SearchResults)))]
async fn search(
    State(finder): State<Finder>,
    Caller(principal): Caller,
    Params(query): Params<SearchQuery>,
) -> Result<Json<SearchResults>, Problem> {
    finder.find(&principal, query).await.map(Json)
}
