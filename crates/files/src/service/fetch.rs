//! Files as they are read: what is known, the bytes, smaller pictures.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use kernel::{FileId, Principal, Problem};
use store::Tx;

use super::Files;
use super::upload::unfinished;
use crate::model::File;
use crate::store as rows;
use crate::thumbnails::SIDES;

/// How long somebody waits for a picture that is still being made.
const PATIENCE: Duration = Duration::from_secs(20);

/// A file that the caller may see.
#[derive(Clone, Debug)]
pub struct Content {
    /// What it is.
    pub file: File,
    /// Where its bytes lie.
    object: String,
}

impl Files {
    /// What is known of a file.
    ///
    /// # Errors
    /// 404 where the caller may not see it; 409 where it is one's own and not all has come.
    pub async fn describe(&self, principal: &Principal, id: FileId) -> Result<File, Problem> {
        match self.open(principal, id).await {
            Err(problem) if problem.status == 404 => {
                let upload = self.progress(principal, id).await?;
                if upload.received < upload.file.size {
                    return Err(unfinished());
                }
                // All has come, and whoever brought it did not hear the end.
                if upload.is_there() { Err(problem) } else { self.finish(principal, id).await }
            }
            opened => opened.map(|content| self.described(content.file)),
        }
    }

    /// A file, to be read.
    ///
    /// # Errors
    /// 404 where it is not there or not the caller's to see.
    pub async fn open(&self, principal: &Principal, id: FileId) -> Result<Content, Problem> {
        let (files, principal) = (self.clone(), principal.clone());
        self.db(principal.tenant)
            .read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                let row = rows::find(tx, id).await?.filter(|row| row.upload.is_there()).ok_or_else(Problem::not_found)?;
                files.ensure_may_see(tx, &principal, &row).await?;
                let object = rows::blob_of(tx, id).await?.ok_or_else(Problem::not_found)?;
                Ok(Content { file: row.upload.file, object })
            })
            .await
    }

    /// The bytes of an opened file, or a part of them.
    ///
    /// # Errors
    /// 503 where the object store is away.
    pub async fn read(
        &self,
        content: &Content,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, Problem>>, Problem> {
        self.objects().stream(&content.object, range).await
    }

    /// A JPEG of a picture, or of a document's first page, whose longer side has at least `side` pixels, if we make such large ones. Made here and now where it is
    /// not there yet.
    ///
    /// # Errors
    /// 404 where there is no picture to make; 503 where it takes too long.
    pub async fn thumbnail(&self, content: &Content, side: u32) -> Result<Bytes, Problem> {
        let is_document = content.file.width.is_none();
        if is_document && !self.0.config.converters.picture(&content.file.content_type) {
            return Err(Problem::not_found());
        }
        let side = SIDES.into_iter().find(|made| *made >= side).unwrap_or(SIDES[SIDES.len() - 1]);
        let object = thumbnail_object(&content.object, side);
        // Where there is nothing in it, it was tried: no picture can be made.
        let is_made = |bytes: &Bytes| !bytes.is_empty();
        if let Some(bytes) = self.objects().find(&object).await? {
            return Some(bytes).filter(is_made).ok_or_else(Problem::not_found);
        }
        // Goes on when nobody waits any more: who asks again finds it.
        let (files, large, content_type) = (self.clone(), content.object.clone(), content.file.content_type.clone());
        let making = tokio::spawn(async move {
            if is_document {
                files.draw_first_page(&large, &content_type, true).await;
            } else {
                files.make_thumbnails(&large, true).await;
            }
        });
        if tokio::time::timeout(PATIENCE, making).await.is_err() {
            return Err(Problem { retry_after_seconds: Some(5), ..Problem::unavailable() });
        }
        self.objects().find(&object).await?.filter(is_made).ok_or_else(Problem::not_found)
    }

    /// Draws a document's first page, small and large, unless it is there. What can't be drawn is noted by empty pictures, so that
    /// nobody tries again.
    pub(super) async fn draw_first_page(&self, object: &str, content_type: &str, awaited: bool) {
        let _turn = self.0.drawing.acquire().await;
        let drawn = async {
            if self.objects().find(&thumbnail_object(object, SIDES[0])).await?.is_some() {
                return Ok::<_, Problem>(());
            }
            let page = self.0.config.converters.first_page(self.objects(), object, content_type).await?;
            let made = self.0.thumbnails.make(awaited, async { Ok::<_, Problem>(page) }).await?;
            let nothing = || SIDES.iter().map(|side| (*side, Bytes::new())).collect();
            for (side, bytes) in made.unwrap_or_else(nothing) {
                self.objects().put(&thumbnail_object(object, side), bytes.into()).await?;
            }
            Ok(())
        };
        if let Err(problem) = drawn.await {
            tracing::warn!(kind = problem.kind, "a first page could not be drawn; it is tried again when somebody looks");
        }
    }

    /// Makes the smaller pictures of an object, unless they are there. What can't be made is logged, and tried again when somebody
    /// looks.
    pub(super) async fn make_thumbnails(&self, object: &str, awaited: bool) {
        let fetch = async {
            let last = thumbnail_object(object, SIDES[0]);
            if self.objects().find(&last).await?.is_some() { Ok(None) } else { self.objects().find(object).await }
        };
        let made: Result<_, Problem> = self.0.thumbnails.make(awaited, fetch).await;
        for (side, bytes) in made.ok().flatten().unwrap_or_default() {
            if let Err(problem) = self.objects().put(&thumbnail_object(object, side), bytes.into()).await {
                tracing::warn!(kind = problem.kind, "a thumbnail could not be kept");
            }
        }
    }
}

/// Beside the picture itself.
pub(super) fn thumbnail_object(object: &str, side: u32) -> String {
    format!("{object}.{side}.jpg")
}
