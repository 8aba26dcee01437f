//! A file is begun, asked after, given up.

use kernel::{ClientId, FileId, Principal, Problem};
use store::Tx;

use super::Files;
use crate::model::{File, Upload, plain_name};
use crate::store::{self as rows, FileRow};

/// Files that somebody may have begun and not finished, at most.
const MOST_UNFINISHED: i64 = 500;

/// What is known of a file before its first byte.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is called, wherever it lay.
    pub name: String,
    /// What its bringer takes it for.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// A UUID of the client's making: beginning it again gives the same file.
    pub client_id: Option<ClientId>,
}

impl Files {
    /// Begins a file.
    ///
    /// # Errors
    /// 413 where it would be too large; 409 where another has used the client id; 429 where too many are under way.
    pub async fn begin(&self, principal: &Principal, new: NewFile) -> Result<Upload, Problem> {
        ensure_acts(principal)?;
        if new.size > self.0.config.most_bytes {
            return Err(too_large());
        }
        let now = self.0.clock.now();
        let file = File {
            id: FileId(self.0.random.new_id(now)),
            name: plain_name(&new.name),
            content_type: new.content_type,
            size: new.size,
            width: None,
            height: None,
            sha256: String::new(),
            has_picture: false,
        };
        let user = principal.user;
        self.db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                if let Some(client_id) = new.client_id
                    && let Some(first) = rows::of_client(tx, client_id).await?
                {
                    return if first.uploaded_by == user { Ok(first.upload) } else { Err(client_id_taken()) };
                }
                if rows::count_unfinished(tx, user).await? >= MOST_UNFINISHED {
                    return Err(too_many());
                }
                rows::begin(tx, &file, user, new.client_id, now).await?;
                Ok(Upload { file, received: 0 })
            })
            .await
    }

    /// How far one's own file has come.
    ///
    /// # Errors
    /// 404 where it is another's or gone.
    pub async fn progress(&self, principal: &Principal, id: FileId) -> Result<Upload, Problem> {
        self.own(principal, id).await.map(|row| row.upload)
    }

    /// Gives up one's own file, unless something uses it.
    ///
    /// # Errors
    /// 404 where it is another's or gone; 409 where it is used.
    pub async fn cancel(&self, principal: &Principal, id: FileId) -> Result<(), Problem> {
        let user = principal.user;
        let forgotten = self
            .db(principal.tenant)
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let row = rows::lock_all(tx, vec![id]).await?.pop().filter(|row| row.uploaded_by == user);
                let row = row.ok_or_else(Problem::not_found)?;
                if row.uses > 0 {
                    return Err(Problem::conflict("このファイルはすでに送信されています。", "This file has been sent."));
                }
                Ok(rows::forget(tx, &row).await?)
            })
            .await?;
        self.remove(forgotten).await;
        Ok(())
    }

    pub(super) async fn own(&self, principal: &Principal, id: FileId) -> Result<FileRow, Problem> {
        let user = principal.user;
        let db = self.db(principal.tenant);
        let found = db.read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::find(tx, id).await?) }).await?;
        found.filter(|row| row.uploaded_by == user).ok_or_else(Problem::not_found)
    }
}

fn ensure_acts(principal: &Principal) -> Result<(), Problem> {
    if principal.may_act() { Ok(()) } else { Err(Problem::actor_required()) }
}

pub(super) fn unfinished() -> Problem {
    Problem::new(409, "unfinished", "ファイルがまだ全部届いていません。", "Not all of the file has come yet.")
}

fn too_large() -> Problem {
    Problem::new(413, "file-too-large", "ファイルが大きすぎます。", "The file is too large.")
}

fn too_many() -> Problem {
    let problem = Problem::new(
        429,
        "too-many-uploads",
        "送信途中のファイルが多すぎます。終わるのを待ってからお試しください。",
        "Too many files are under way. Please wait for some of them to end.",
    );
    Problem { retry_after_seconds: Some(60), ..problem }
}

fn client_id_taken() -> Problem {
    Problem::conflict("このclientIdは別の人が使っています。", "Another user has used this clientId.")
}
