//! Where a test's data lies: a folder or a database of its own, thrown away in the end.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use files::{FilesConfig, Objects};
use store::{Database, StoreConfig};
use tempfile::TempDir;

use crate::postgres;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A folder.
    Sqlite,
    /// A database on a server.
    Postgres,
}

/// A test's data.
#[derive(Debug)]
pub struct Data(Place);

#[derive(Debug)]
enum Place {
    Folder(TempDir),
    /// Its name, and where its files lie.
    Database(String, TempDir),
}

impl Data {
    /// An installation without an organisation.
    pub async fn empty(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self(Place::Folder(folder())),
            Backend::Postgres => Self(Place::Database(postgres::prepared().await, folder())),
        }
    }

    /// How a store opens it.
    #[must_use]
    pub fn config(&self) -> StoreConfig {
        StoreConfig::new(match &self.0 {
            Place::Folder(folder) => Database::Sqlite { folder: folder.path().to_owned() },
            Place::Database(name, _) => Database::Postgres { url: postgres::served(name) },
        })
    }

    /// How files are kept beside it.
    ///
    /// # Panics
    /// When their folder can't be made.
    #[must_use]
    pub fn files(&self) -> FilesConfig {
        FilesConfig::new(Objects::folder(self.files_folder()).expect("a folder can be made"))
    }

    /// Where files lie.
    #[must_use]
    pub fn files_folder(&self) -> &Path {
        match &self.0 {
            Place::Folder(folder) | Place::Database(_, folder) => folder.path(),
        }
    }

    /// How the program is told of it.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["--data".to_owned(), self.files_folder().display().to_string()];
        if let Place::Database(name, _) = &self.0 {
            arguments.extend(["--database".to_owned(), postgres::served(name)]);
        }
        arguments
    }

    /// Where the database server listens, where it is one.
    ///
    /// # Panics
    /// When its address names no IP address and port.
    #[must_use]
    pub fn server(&self) -> Option<SocketAddr> {
        let Place::Database(name, _) = &self.0 else { return None };
        let config: tokio_postgres::Config = postgres::served(name).parse().expect("an address");
        let [tokio_postgres::config::Host::Tcp(host)] = config.get_hosts() else { panic!("a database is reached by TCP") };
        let host = if host == "localhost" { "127.0.0.1" } else { host };
        Some(SocketAddr::new(host.parse().expect("an IP address"), config.get_ports().first().copied().unwrap_or(5432)))
    }

    /// How the program is told of it, where it is to reach the database by way of another address.
    #[must_use]
    pub fn arguments_by_way_of(&self, way: SocketAddr) -> Vec<String> {
        let by_way = |argument: String| match argument.rsplit_once('@') {
            Some((role, rest)) => {
                let (_, database) = rest.split_once('/').unwrap_or((rest, ""));
                format!("{role}@{way}/{database}")
            }
            None => argument,
        };
        self.arguments().into_iter().map(by_way).collect()
    }

    /// The folder, where it is one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.0 {
            Place::Folder(folder) => Some(folder.path()),
            Place::Database(..) => None,
        }
    }

    /// The owner's address, where it is a database on a server.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        match &self.0 {
            Place::Folder(_) => None,
            Place::Database(name, _) => Some(postgres::owned(name)),
        }
    }

    /// What copies are made of. Nothing may have it open any more.
    pub(crate) fn into_template(mut self) -> Template {
        match std::mem::replace(&mut self.0, Place::Database(String::new(), folder())) {
            Place::Folder(folder) => Template::Files(read_files(folder.path(), folder.path())),
            Place::Database(name, _) => Template::Database(name),
        }
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Place::Database(name, _) = &mut self.0
            && !name.is_empty()
        {
            postgres::drop_database(std::mem::take(name));
        }
    }
}

/// Data to copy.
#[derive(Debug)]
pub(crate) enum Template {
    /// In memory, so that no folder is left when the process ends.
    Files(Vec<(PathBuf, Vec<u8>)>),
    Database(String),
}

impl Template {
    /// A copy of it.
    pub(crate) async fn copy(&self) -> Data {
        match self {
            Self::Files(files) => {
                let folder = folder();
                for (path, bytes) in files {
                    let path = folder.path().join(path);
                    std::fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder can be made");
                    std::fs::write(path, bytes).expect("a file can be written");
                }
                Data(Place::Folder(folder))
            }
            Self::Database(name) => Data(Place::Database(postgres::copy_of(name).await, folder())),
        }
    }
}

fn folder() -> TempDir {
    // As the operator's guide says.
    let own = std::fs::Permissions::from_mode(0o700);
    tempfile::Builder::new().prefix("irori-test-").permissions(own).tempdir().expect("a temporary folder")
}

fn read_files(root: &Path, folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(read_files(root, &path));
        } else if !path.to_string_lossy().ends_with("-shm") {
            let relative = path.strip_prefix(root).expect("below the root").to_owned();
            files.push((relative, std::fs::read(&path).expect("the file is there")));
        }
    }
    files
}
