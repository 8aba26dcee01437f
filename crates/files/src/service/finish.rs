//! A file is whole: it is looked at, scanned, named by the hash of its content, and there.

use async_stream::try_stream;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt as _};
use kernel::{FileId, Principal, Problem, TenantId};
use sha2::{Digest as _, Sha256};
use store::{Tx, hex};

use super::upload::unfinished;
use super::{Files, folder};
use crate::film::{self, Blanking};
use crate::kinds::{Class, HEAD_BYTES, Kind};
use crate::model::{File, Upload, refused};
use crate::photo::{self, Photo};
use crate::store::{self as rows, unhex};
use crate::texts::Form;

/// What was found out about it; its content lies in the pieces that came, or here.
struct Looked {
    file: File,
    sha256: Vec<u8>,
    rewritten: Option<Bytes>,
    /// A film's pieces are joined without what tells on people.
    is_film: bool,
}

impl Files {
    /// Makes one's own file be there, once all of it has come. Again is no error.
    ///
    /// # Errors
    /// 404 where it is another's or gone; 409 where not all has come; 422 where it is refused for what it is: then it is gone; 507
    /// and 503 where it can't be kept or scanned now: then it can be tried again.
    pub async fn finish(&self, principal: &Principal, id: FileId) -> Result<File, Problem> {
        let finishing = self.finishing(id);
        let _alone = finishing.lock().await;
        let Upload { file, received } = self.progress(principal, id).await?;
        if !file.sha256.is_empty() {
            return Ok(self.described(file));
        }
        if received < file.size {
            return Err(unfinished());
        }
        let parts = self.parts(principal.tenant, id).await?;
        let looked = match self.look_at(file, &parts).await {
            Err(problem) if problem.status == 422 => {
                self.cancel(principal, id).await?;
                return Err(problem);
            }
            looked => looked?,
        };
        let (file, object) = self.put(principal.tenant, looked, parts).await?;
        let file = self.described(file);
        if file.width.is_some() {
            let files = self.clone();
            tokio::spawn(async move { files.make_thumbnails(&object, false).await });
        } else if file.has_picture {
            let (files, content_type) = (self.clone(), file.content_type.clone());
            tokio::spawn(async move { files.draw_first_page(&object, &content_type, false).await });
        }
        if Form::of(&file.content_type).is_some() {
            self.read_soon(principal.tenant, unhex(&file.sha256));
        }
        Ok(file)
    }

    async fn parts(&self, tenant: TenantId, id: FileId) -> Result<Vec<String>, Problem> {
        self.db(tenant).read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::parts(tx, id).await?) }).await
    }

    async fn look_at(&self, mut file: File, parts: &[String]) -> Result<Looked, Problem> {
        let head = self.head(parts).await?;
        let kind = Kind::of(&head, &file.name);
        match kind.class {
            Class::Program => {
                return Err(refused(
                    "プログラムなど、開くと危険な種類のファイルは送れません。",
                    "Programs and other files that are dangerous to open can't be sent.",
                ));
            }
            Class::Heic => {
                return Err(refused(
                    "HEIC形式の写真は表示できません。JPEGに変えてから送ってください。",
                    "HEIC photos can't be shown. Please send it as JPEG.",
                ));
            }
            Class::Photo | Class::Other => {}
        }
        file.name = kind.honest_name(&file.name);
        kind.content_type.clone_into(&mut file.content_type);
        if kind.class == Class::Photo && file.size <= photo::MOST_BYTES {
            return self.look_at_photo(file, parts).await;
        }
        let is_film = film::is_film(&head);
        let sha256 = self.hash(parts, is_film, |_| {}).await?;
        Ok(Looked { file, sha256, rewritten: None, is_film })
    }

    async fn look_at_photo(&self, mut file: File, parts: &[String]) -> Result<Looked, Problem> {
        let _room = self.0.whole.acquire().await.map_err(|_| Problem::unavailable())?;
        let mut whole = BytesMut::with_capacity(usize::try_from(file.size).unwrap_or(0));
        let sha256 = self.hash(parts, false, |bytes| whole.extend_from_slice(bytes)).await?;
        let (whole, content_type) = (whole.freeze(), file.content_type.clone());
        let prepared = tokio::task::spawn_blocking(move || photo::prepare(&whole, &content_type));
        let Some(Photo { bytes, width, height }) = prepared.await.map_err(|_| Problem::internal())? else {
            // Broken, or too large to be shown: a file like any other.
            return Ok(Looked { file, sha256, rewritten: None, is_film: false });
        };
        (file.width, file.height) = (Some(width), Some(height));
        file.size = i64::try_from(bytes.len()).map_err(|_| Problem::too_large())?;
        Ok(Looked { file, sha256: Sha256::digest(&bytes).to_vec(), rewritten: Some(bytes), is_film: false })
    }

    /// Goes once through all that has come: the scanner sees it, its hash is counted, and `also` gets it.
    async fn hash(&self, parts: &[String], is_film: bool, mut also: impl FnMut(&Bytes)) -> Result<Vec<u8>, Problem> {
        let mut scan = match &self.0.config.scanner {
            Some(scanner) => Some(scanner.begin().await?),
            None => None,
        };
        let mut hash = Sha256::new();
        let mut content = self.content(parts, is_film);
        while let Some(bytes) = content.next().await {
            let bytes = bytes?;
            hash.update(&bytes);
            if let Some(scan) = &mut scan {
                scan.write(&bytes).await?;
            }
            also(&bytes);
        }
        if let Some(scan) = scan {
            scan.judge().await?;
        }
        Ok(hash.finalize().to_vec())
    }

    /// The first bytes of what has come.
    async fn head(&self, parts: &[String]) -> Result<Vec<u8>, Problem> {
        let (mut head, mut content) = (Vec::new(), self.content(parts, false));
        while let Some(bytes) = content.next().await {
            head.extend_from_slice(&bytes?);
            if head.len() >= HEAD_BYTES {
                head.truncate(HEAD_BYTES);
                break;
            }
        }
        Ok(head)
    }

    /// Puts the content where it stays, unless the same is kept already; then tells the database. Gives where it lies.
    async fn put(&self, tenant: TenantId, looked: Looked, parts: Vec<String>) -> Result<(File, String), Problem> {
        let Looked { mut file, sha256, rewritten, is_film } = looked;
        file.sha256 = hex(&sha256);
        let hash = sha256.clone();
        let db = self.db(tenant);
        let known = db.read(async move |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(rows::find_blob(tx, &hash).await?) }).await?;
        let object = format!("{}/{}/{}-{}", folder(tenant), &file.sha256[..2], file.sha256, file.id);
        if known.is_none() {
            match rewritten {
                Some(bytes) => self.objects().put(&object, bytes.into()).await?,
                None => self.join(&parts, is_film, &object).await?,
            }
        }
        let (now, row, own) = (self.0.clock.now(), file.clone(), object.clone());
        // Where the same content was forgotten meanwhile, this one's name for it would lead nowhere: then it is brought again.
        let finished = db
            .write(async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
                if known.is_some() && rows::lock_blob(tx, &sha256).await?.is_none() {
                    return Err(Problem::unavailable());
                }
                Ok(rows::finish(tx, &row, &sha256, &own, now).await?)
            })
            .await;
        let kept = finished?.ok_or_else(Problem::not_found)?;
        let mut needless = parts;
        if kept != object {
            needless.push(object);
        }
        self.objects().remove(&needless).await;
        Ok((file, kept))
    }

    async fn join(&self, parts: &[String], is_film: bool, object: &str) -> Result<(), Problem> {
        let mut writer = self.objects().writer(object).await?;
        let mut content = self.content(parts, is_film);
        while let Some(bytes) = content.next().await {
            writer.write(bytes?).await?;
        }
        writer.finish().await
    }

    /// What came, from its first byte to its last; a film's as it is kept.
    fn content<'a>(&'a self, parts: &'a [String], is_film: bool) -> BoxStream<'a, Result<Bytes, Problem>> {
        let content = try_stream! {
            let mut blanking = is_film.then(Blanking::default);
            for part in parts {
                let mut stream = self.objects().stream(part, None).await?;
                while let Some(bytes) = stream.next().await {
                    let bytes = bytes?;
                    yield match &mut blanking {
                        Some(blanking) => blanking.pass(&bytes),
                        None => bytes,
                    };
                }
            }
            if let Some(blanking) = blanking {
                yield blanking.end();
            }
        };
        content.boxed()
    }
}
