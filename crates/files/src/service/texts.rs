//! What documents say: read in the background once a file is whole, one at a time, and told to whoever shows it. What is not read or
//! not told yet stands in the database, so that nothing is forgotten.

use std::collections::HashMap;

use kernel::{Problem, TenantId};
use store::Tx;

use super::Files;
use crate::File;
use crate::store::texts::{self as rows, TextState};
use crate::store::unhex;

/// Contents asked for at once.
const TOGETHER: i64 = 100;

impl Files {
    /// Reads a content's text when its turn comes.
    pub(super) fn read_soon(&self, tenant: TenantId, sha256: Vec<u8>) {
        let files = self.clone();
        tokio::spawn(async move {
            if let Err(problem) = files.read_text(tenant, &sha256).await {
                tracing::warn!(tenant_id = tenant.0, kind = problem.kind, "a document was not read; it is tried again later");
            }
        });
    }

    /// Reads and tells what was left when the server stopped, or when the file store was away.
    ///
    /// # Errors
    /// When the database or the file store is away.
    pub async fn read_waiting(&self, tenant: TenantId) -> Result<(), Problem> {
        let mut after = Vec::new();
        loop {
            let from = after.clone();
            let read = async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::all_waiting(tx, &from, TOGETHER).await?) };
            let waiting = self.db(tenant).read(read).await?;
            let Some(last) = waiting.last() else { return Ok(()) };
            after.clone_from(last);
            for sha256 in &waiting {
                self.read_text(tenant, sha256).await?;
            }
        }
    }

    async fn read_text(&self, tenant: TenantId, sha256: &[u8]) -> Result<(), Problem> {
        let _turn = self.0.reading.acquire().await;
        let (db, content) = (self.db(tenant), sha256.to_vec());
        let waiting =
            db.read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::waiting(tx, &content).await?) }).await?;
        let Some(waiting) = waiting else { return Ok(()) };
        if !waiting.is_read {
            let Some(text) = self.0.config.converters.text(self.objects(), &waiting.object, &waiting.content_type).await? else {
                return Ok(());
            };
            let (content, now, is_empty) = (sha256.to_vec(), self.0.clock.now(), text.is_empty());
            db.write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::keep(tx, &content, &text, now).await?) })
                .await?;
            if is_empty {
                return Ok(());
            }
        }
        self.tell(tenant, sha256).await
    }

    /// Only once the text is committed: who shows the file from then on finds it by itself, so that nobody is missed.
    async fn tell(&self, tenant: TenantId, sha256: &[u8]) -> Result<(), Problem> {
        let (db, content) = (self.db(tenant), sha256.to_vec());
        let files =
            db.read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::files_of(tx, &content).await?) }).await?;
        for refers in self.referring() {
            for file in &files {
                refers.text_came(tenant, *file).await?;
            }
        }
        let content = sha256.to_vec();
        db.write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::told(tx, &content).await?) }).await
    }

    /// What these files say, by their hash. Whether they may be shown to anybody is not asked here.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn texts(&self, tenant: TenantId, files: &[File]) -> Result<HashMap<String, String>, Problem> {
        let contents = contents(files);
        let db = self.db(tenant);
        db.read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::find(tx, contents).await?) }).await
    }
}

/// How far the texts of these files are, by their hash: for whoever tells the index of them.
///
/// # Errors
/// When the database is away.
pub async fn text_states(tx: &mut Tx<'_>, files: &[File]) -> Result<HashMap<String, TextState>, store::StoreError> {
    rows::states(tx, contents(files)).await
}

/// What these files say, by their hash.
///
/// # Errors
/// When the database is away.
pub async fn texts_of(tx: &mut Tx<'_>, files: &[File]) -> Result<HashMap<String, String>, store::StoreError> {
    rows::find(tx, contents(files)).await
}

fn contents(files: &[File]) -> Vec<Vec<u8>> {
    files.iter().map(|file| unhex(&file.sha256)).collect()
}
