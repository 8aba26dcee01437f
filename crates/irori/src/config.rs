//! Settings: a flag counts more than its environment variable, and that more than the file of `--config`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;
use files::scanner::Scanner;
use files::{Converters, FilesConfig, Objects};
use ipnet::IpNet;
use serde::Deserialize;
use store::{Database, StoreConfig};

/// Where the data lies.
#[derive(Args, Clone, Debug, Default)]
pub struct DataFlags {
    /// The folder that holds everything, unless a database is named ["data" unless told]
    #[arg(long, env = "IRORI_DATA", global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL database that 'irori database prepare' has prepared: postgres://role:password@host/name
    #[arg(long, env = "IRORI_DATABASE", global = true, hide_env_values = true, value_name = "ADDRESS")]
    pub database: Option<String>,
    /// Where photos and other files lie: a folder, or s3://bucket/prefix with AWS_ENDPOINT, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment [the folder of --data unless told]
    #[arg(long, env = "IRORI_FILES", global = true, value_name = "PLACE")]
    pub files: Option<String>,
    /// A TOML file with these settings: data, database, files, listen, public-url, trusted-proxy, metrics-listen, slow-statement-ms, most-file-mb, scanner, link-cards
    #[arg(long, env = "IRORI_CONFIG", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How it is served.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeFlags {
    /// Where to listen ["127.0.0.1:8080" unless told]
    #[arg(long, env = "IRORI_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// The address that people open, such as https://talk.city.example [whatever Host a request came to, unless told]
    #[arg(long, env = "IRORI_PUBLIC_URL", value_name = "URL", value_parser = parse_public_url)]
    pub public_url: Option<String>,
    /// Proxies whose X-Forwarded-For is believed: addresses or networks, separated by commas
    #[arg(long, env = "IRORI_TRUSTED_PROXY", value_name = "NETWORKS", value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxy: Vec<IpNet>,
    /// Where /metrics is served, to whoever reaches it [to callers on this machine, at --listen, unless told]
    #[arg(long, env = "IRORI_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,
    /// A statement that takes as many milliseconds is logged, and a transaction that holds the writer for as long [200 unless told]
    #[arg(long, env = "IRORI_SLOW_STATEMENT_MS", value_name = "MILLISECONDS")]
    pub slow_statement_ms: Option<u64>,
    /// The largest file that can be sent, in MB [1024 unless told]
    #[arg(long, env = "IRORI_MOST_FILE_MB", value_name = "MB")]
    pub most_file_mb: Option<u32>,
    /// A virus scanner that every file must pass: clamd://host:port, or unix:/path/of/clamd.ctl [none unless told]
    #[arg(long, env = "IRORI_SCANNER", value_name = "ADDRESS", value_parser = parse_scanner)]
    pub scanner: Option<Scanner>,
    /// Whether the server asks the pages that links lead to, for their cards; an organisation may switch them off for itself [on unless told]
    #[arg(long, env = "IRORI_LINK_CARDS", value_name = "on|off", value_parser = BoolishValueParser::new())]
    pub link_cards: Option<bool>,
}

/// The file of `--config`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    files: Option<String>,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    #[serde(default)]
    trusted_proxy: Vec<String>,
    metrics_listen: Option<SocketAddr>,
    slow_statement_ms: Option<u64>,
    most_file_mb: Option<u32>,
    scanner: Option<String>,
    link_cards: Option<bool>,
}

/// Where files lie, and which are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesSettings {
    /// A folder, or `s3://bucket/prefix`.
    pub place: String,
    /// The largest, in bytes.
    pub most_bytes: i64,
    /// What each must pass.
    pub scanner: Option<Scanner>,
}

impl FilesSettings {
    /// Makes a folder where it is missing.
    ///
    /// # Errors
    /// When it can't be made, or what is needed to reach another store is not said.
    pub fn open(self) -> std::io::Result<FilesConfig> {
        let is_s3 = self.place.starts_with("s3://");
        let objects = if is_s3 { Objects::s3(&self.place)? } else { Objects::folder(Path::new(&self.place))? };
        Ok(FilesConfig { objects, most_bytes: self.most_bytes, scanner: self.scanner, converters: Converters::find() })
    }
}

/// What holds, once all are read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the data lies.
    pub store: StoreConfig,
    /// Where files lie.
    pub files: FilesSettings,
    /// Whether links get cards.
    pub link_cards: bool,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The origin that people open, without a trailing slash.
    pub public_url: Option<String>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where `/metrics` is served, if elsewhere.
    pub metrics_listen: Option<SocketAddr>,
}

/// A setting that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not to be read.
    #[error("設定ファイルを読めません / cannot read {path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no TOML of these settings.
    #[error("設定ファイルの内容が正しくありません / {path}: {message}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A database that is none.
    #[error("--database は postgres:// で始めてください / --database must start with postgres://")]
    Database,
}

impl Settings {
    /// Reads the file, and lets flags and environment overrule it.
    ///
    /// # Errors
    /// When the file can't be read, names an unknown setting, or a value can't be used.
    pub fn load(data: &DataFlags, serve: &ServeFlags) -> Result<Self, ConfigError> {
        let file = data.config.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let malformed = |message: String| ConfigError::Malformed { path: data.config.clone().unwrap_or_default(), message };
        let public_url = match (&serve.public_url, &file.public_url) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(url)) => Some(parse_public_url(url).map_err(malformed)?),
            (None, None) => None,
        };
        let trusted_proxies = if serve.trusted_proxy.is_empty() {
            file.trusted_proxy.iter().map(|network| parse_network(network)).collect::<Result<_, _>>().map_err(malformed)?
        } else {
            serve.trusted_proxy.clone()
        };
        let scanner = match (&serve.scanner, &file.scanner) {
            (Some(scanner), _) => Some(scanner.clone()),
            (None, Some(scanner)) => Some(parse_scanner(scanner).map_err(malformed)?),
            (None, None) => None,
        };
        let folder = data.data.clone().or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        let files = FilesSettings {
            place: data.files.clone().or(file.files).unwrap_or_else(|| folder.to_string_lossy().into_owned()),
            most_bytes: serve
                .most_file_mb
                .or(file.most_file_mb)
                .map_or(files::service::MOST_BYTES, |mb| i64::from(mb) * 1024 * 1024),
            scanner,
        };
        let database = match data.database.clone().or(file.database) {
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => Database::Postgres { url },
            Some(_) => return Err(ConfigError::Database),
            None => Database::Sqlite { folder },
        };
        let slow = serve.slow_statement_ms.or(file.slow_statement_ms).map_or(store::SLOW, Duration::from_millis);
        Ok(Self {
            files,
            link_cards: serve.link_cards.or(file.link_cards).unwrap_or(true),
            store: StoreConfig { slow, ..StoreConfig::new(database) },
            listen: serve.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url,
            trusted_proxies,
            metrics_listen: serve.metrics_listen.or(file.metrics_listen),
        })
    }
}

fn read_file(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| ConfigError::Malformed { path: path.to_owned(), message: name_setting(&text, &error) })
}

/// The line and the setting that an error is about. Never the value: it may be a database's password.
fn name_setting(text: &str, error: &toml::de::Error) -> String {
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else { return error.message().to_owned() };
    let line = before.matches('\n').count();
    let setting = text.lines().nth(line).and_then(|line| line.split_once('=')).map_or("", |(setting, _)| setting.trim());
    format!("{}行目 / line {}, {setting}: {}", line + 1, line + 1, error.message())
}

/// An origin: scheme and authority, nothing behind.
fn parse_public_url(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match authority {
        Some(authority) if !authority.is_empty() && !authority.contains(['/', '?', '#', '@']) => Ok(text.to_ascii_lowercase()),
        _ => Err("https://host または http://host:port の形で指定してください / must look like https://host".to_owned()),
    }
}

/// Where clamd listens.
fn parse_scanner(text: &str) -> Result<Scanner, String> {
    Scanner::parse(text).ok_or_else(|| {
        "clamd://host:port または unix:/path の形で指定してください / must look like clamd://host:port or unix:/path".to_owned()
    })
}

/// `10.0.0.0/8`, or one address.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "IPアドレスまたはネットワークではありません / not an address or a network".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn load(file: &tempfile::NamedTempFile, serve: &ServeFlags) -> Result<Settings, ConfigError> {
        let data = DataFlags { config: Some(file.path().to_owned()), ..DataFlags::default() };
        Settings::load(&data, serve)
    }

    #[test]
    fn the_file_fills_what_flags_leave_open() {
        let file = file(
            "data = \"/srv/irori\"\nlisten = \"0.0.0.0:80\"\npublic-url = \"https://Talk.example/\"\ntrusted-proxy = [\"10.0.0.0/8\", \"::1\"]\nmetrics-listen = \"10.0.0.1:9464\"\nslow-statement-ms = 50\nmost-file-mb = 20\nscanner = \"clamd://av:3310\"\nlink-cards = false",
        );
        let settings = load(&file, &ServeFlags::default()).unwrap();
        assert_eq!(settings.store.database, Database::Sqlite { folder: "/srv/irori".into() });
        assert_eq!(settings.listen.to_string(), "0.0.0.0:80");
        assert_eq!(settings.public_url.as_deref(), Some("https://talk.example"));
        assert_eq!(settings.trusted_proxies.len(), 2);
        assert!(!settings.link_cards);
        assert_eq!(settings.metrics_listen, Some("10.0.0.1:9464".parse().unwrap()));
        assert_eq!(settings.store.slow, Duration::from_millis(50));
        let scanner = Some(Scanner::Tcp("av:3310".to_owned()));
        assert_eq!(settings.files, FilesSettings { place: "/srv/irori".to_owned(), most_bytes: 20 * 1024 * 1024, scanner });

        let flags = ServeFlags { listen: Some("127.0.0.1:9".parse().unwrap()), ..ServeFlags::default() };
        assert_eq!(load(&file, &flags).unwrap().listen.to_string(), "127.0.0.1:9");
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(load(&file("listen = \"x\""), &ServeFlags::default()).unwrap_err().to_string().contains("listen"));
        assert!(load(&file("public-url = \"talk.example\""), &ServeFlags::default()).is_err());
        assert!(matches!(load(&file("database = \"mysql://x\""), &ServeFlags::default()), Err(ConfigError::Database)));
        assert!(load(&file("scanner = \"av:3310\""), &ServeFlags::default()).is_err());
        assert!(load(&file("trusted-proxy = [\"everybody\"]"), &ServeFlags::default()).is_err());
    }
}
