//! Where bytes lie: a folder, or whatever else `object_store` speaks to, under names of ours.

use std::error::Error as _;
use std::fs::DirBuilder;
use std::io::{self, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use kernel::Problem;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    ClientConfigKey, ClientOptions, GetOptions, GetRange, GetResultPayload, ObjectStore, ObjectStoreExt as _, PutPayload,
    RetryConfig, WriteMultipart,
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// How much of a file on disk is read at once.
const READ_BYTES: usize = 256 * 1024;
/// How long a store elsewhere may take to be reached, to answer, and in all, however often it is asked again.
const REACHED: Duration = Duration::from_secs(5);
const ANSWERED: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(15);
/// What is written at once of what is too large to be held: S3 takes no smaller parts but the last.
const PART_OF_FILE: usize = 1024 * 1024;
const PART_OF_OBJECT: usize = 5 * 1024 * 1024;
/// Parts on their way at once, beside the one that is being filled.
const PARTS_UNDER_WAY: usize = 1;

/// The object store; cheap to clone.
#[derive(Clone, Debug)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// What a writer writes at once, in bytes.
    part: usize,
}

impl Objects {
    /// In a folder, which is made where it is missing. What is written is on the disk before it is said to be.
    ///
    /// # Errors
    /// When the folder can't be made.
    pub fn folder(folder: &FilePath) -> Result<Self, io::Error> {
        // Its owner's alone, as the data is.
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let local = LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?;
        Ok(Self { store: Arc::new(local.with_fsync(true).with_automatic_cleanup(true)), part: PART_OF_FILE })
    }

    /// In a bucket of an S3-compatible store, at `s3://bucket/prefix`. Its address, region and keys are said as AWS's own tools have
    /// them: `AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, and `AWS_ALLOW_HTTP=true` where it has no TLS.
    ///
    /// # Errors
    /// When the address is none, or what is needed to reach it is not said.
    pub fn s3(address: &str) -> Result<Self, io::Error> {
        Self::s3_of(AmazonS3Builder::from_env(), address)
    }

    /// As [`Self::s3`], told how to reach it.
    ///
    /// # Errors
    /// As [`Self::s3`].
    pub fn s3_of(builder: AmazonS3Builder, address: &str) -> Result<Self, io::Error> {
        // Whoever was first has chosen; there is one choice.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (bucket, prefix) = s3_place(address).ok_or_else(|| io::Error::other("must look like s3://bucket/prefix"))?;
        let retry = RetryConfig { max_retries: 3, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let client = ClientOptions::new().with_connect_timeout(REACHED).with_timeout(ANSWERED);
        // What the environment says of plain HTTP stands in options of its own.
        let plain =
            builder.get_config_value(&AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp)).is_some_and(|said| said == "true");
        let builder = builder.with_client_options(client).with_allow_http(plain).with_retry(retry).with_bucket_name(bucket);
        let store = builder.build().map_err(io::Error::other)?;
        let store: Arc<dyn ObjectStore> =
            if prefix.is_empty() { Arc::new(store) } else { Arc::new(PrefixStore::new(store, prefix)) };
        Ok(Self { store, part: PART_OF_OBJECT })
    }

    /// Keeps bytes under a name; durable once this returns.
    ///
    /// # Errors
    /// 507 where the store is full, 503 where it is away.
    pub async fn put(&self, name: &str, bytes: PutPayload) -> Result<(), Problem> {
        self.store.put(&Path::from(name), bytes).await.map(drop).map_err(|error| problem(&error))
    }

    /// All that lies under a name; for what is known to be small.
    ///
    /// # Errors
    /// 503 where the store is away or has lost it.
    pub async fn read(&self, name: &str) -> Result<Bytes, Problem> {
        let got = self.store.get(&Path::from(name)).await.map_err(|error| problem(&error))?;
        got.bytes().await.map_err(|error| problem(&error))
    }

    /// As [`Self::read`]; none where nothing lies there.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn find(&self, name: &str) -> Result<Option<Bytes>, Problem> {
        match self.store.get(&Path::from(name)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(problem(&error)),
            Ok(got) => got.bytes().await.map(Some).map_err(|error| problem(&error)),
        }
    }

    /// What lies under a name, or a part of it, as it is asked for.
    ///
    /// # Errors
    /// As [`Self::read`]; the stream ends with one where the store fails half-way.
    pub async fn stream(
        &self,
        name: &str,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, Problem>>, Problem> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let got = self.store.get_opts(&Path::from(name), options).await.map_err(|error| problem(&error))?;
        let range = got.range.clone();
        match got.payload {
            // Its own stream reads 8 kB at a time.
            GetResultPayload::File(file, _) => {
                let mut file = tokio::fs::File::from_std(file);
                file.seek(SeekFrom::Start(range.start)).await.map_err(|error| away(&error))?;
                Ok(read_on(file, range.end - range.start).boxed())
            }
            GetResultPayload::Stream(stream) => Ok(stream.map(|bytes| bytes.map_err(|error| problem(&error))).boxed()),
        }
    }

    /// Begins to write what is too large to be held.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub async fn writer(&self, name: &str) -> Result<Writer, Problem> {
        let upload = self.store.put_multipart(&Path::from(name)).await.map_err(|error| problem(&error))?;
        Ok(Writer(WriteMultipart::new_with_chunk_size(upload, self.part)))
    }

    /// Takes away what lies under these names. What can't be taken away is logged: it costs room and nothing else.
    pub async fn remove(&self, names: &[String]) {
        for name in names {
            match self.store.delete(&Path::from(name.as_str())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => tracing::warn!(%error, name, "an object could not be taken away"),
            }
        }
    }
}

/// Bytes on their way under a name; nothing is there until [`Writer::finish`].
#[derive(Debug)]
pub struct Writer(WriteMultipart);

impl Writer {
    /// Takes the next bytes; waits where the store is slower than they come.
    ///
    /// # Errors
    /// As [`Objects::put`].
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Problem> {
        self.0.wait_for_capacity(PARTS_UNDER_WAY).await.map_err(|error| problem(&error))?;
        self.0.put(bytes);
        Ok(())
    }

    /// All is written; durable once this returns.
    ///
    /// # Errors
    /// As [`Objects::put`].
    pub async fn finish(self) -> Result<(), Problem> {
        self.0.finish().await.map(drop).map_err(|error| problem(&error))
    }
}

/// Bucket and prefix of `s3://bucket/prefix`.
fn s3_place(address: &str) -> Option<(&str, &str)> {
    let place = address.strip_prefix("s3://")?.trim_end_matches('/');
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    (!bucket.is_empty()).then_some((bucket, prefix))
}

/// The next `length` bytes of a file, a piece at a time.
fn read_on(file: tokio::fs::File, length: u64) -> impl stream::Stream<Item = Result<Bytes, Problem>> + Send {
    stream::try_unfold((file, length), async |(mut file, left)| {
        if left == 0 {
            return Ok(None);
        }
        let most = usize::try_from(left).unwrap_or(READ_BYTES).min(READ_BYTES);
        let mut bytes = BytesMut::with_capacity(most);
        (&mut file).take(most as u64).read_buf(&mut bytes).await.map_err(|error| away(&error))?;
        if bytes.is_empty() {
            return Err(away(&io::Error::from(io::ErrorKind::UnexpectedEof)));
        }
        let left = left - bytes.len() as u64;
        Ok(Some((bytes.freeze(), (file, left))))
    })
}

fn problem(error: &object_store::Error) -> Problem {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.downcast_ref::<io::Error>().is_some_and(is_full) {
            tracing::error!(%error, "the file store is full");
            return full();
        }
        cause = inner.source();
    }
    away(error)
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn away(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "the file store is away");
    Problem { retry_after_seconds: Some(5), ..file_store_away() }
}

fn file_store_away() -> Problem {
    Problem::new(
        503,
        "file-store-away",
        "ファイルの保管場所につながりません。しばらくしてからもう一度お試しください。",
        "The file store can't be reached. Please try again shortly.",
    )
}

fn full() -> Problem {
    Problem::new(
        507,
        "storage-full",
        "ファイルの保管場所がいっぱいです。管理者にお知らせください。",
        "The file store is full. Please tell your administrator.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_store_is_told_from_one_that_is_away() {
        /// As the stores wrap what the system says.
        #[derive(Debug, thiserror::Error)]
        #[error("it could not be written")]
        struct Wrapped(#[source] io::Error);

        let said = |kind: io::ErrorKind| {
            let source = Box::new(Wrapped(io::Error::from(kind)));
            problem(&object_store::Error::Generic { store: "test", source }).status
        };
        assert_eq!((said(io::ErrorKind::StorageFull), said(io::ErrorKind::ConnectionRefused)), (507, 503));
    }
}
