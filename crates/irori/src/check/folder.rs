//! The folder of an installation on SQLite: room on its disk, who may read it, and the length of its logs.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{Finding, Level, Probe, megabytes};

/// Below this nothing more may be stored any minute.
const FULL_BYTES: u64 = 256_000_000;
/// Below this it is time to make room.
const SCARCE_BYTES: u64 = 2_000_000_000;
/// A write-ahead log is copied back at 8 MB; one that is so much longer is not.
const LONG_LOG_BYTES: u64 = 128_000_000;

pub fn look(folder: &Path, probe: &dyn Probe) -> Vec<Finding> {
    let looked = [disk(folder, probe), permissions(folder), logs(folder)];
    let unreadable = |error: std::io::Error| {
        let path = folder.display();
        let ja = format!("データのフォルダー {path} を調べられません。権限を確認してください: {error}");
        Finding::new(Level::Fault, ja, format!("the data folder {path} can't be looked at: {error}"))
    };
    looked.into_iter().map(|looked| looked.unwrap_or_else(unreadable)).collect()
}

fn disk(folder: &Path, probe: &dyn Probe) -> std::io::Result<Finding> {
    let free = probe.free_bytes(folder)?;
    let (ja, en) = (format!("ディスクの空きは {} です", megabytes(free)), format!("{} free on the disk", megabytes(free)));
    Ok(match free {
        ..FULL_BYTES => {
            let ja = format!("{ja}。すぐに空きを作ってください。なくなると、だれも送信できません");
            Finding::new(Level::Fault, ja, format!("{en}: make room now, or nobody can send"))
        }
        FULL_BYTES..SCARCE_BYTES => {
            let ja = format!("{ja}。古いバックアップなどを移して、空きを作ってください");
            Finding::new(Level::Caution, ja, format!("{en}: move old backups and the like away"))
        }
        _ => Finding::new(Level::Good, ja, en),
    })
}

fn permissions(folder: &Path) -> std::io::Result<Finding> {
    let mode = std::fs::metadata(folder)?.permissions().mode();
    let path = folder.display();
    Ok(if mode & 0o077 == 0 {
        Finding::new(Level::Good, "データのフォルダーは本人だけが読めます", "only its owner can read the data folder")
    } else {
        let ja = format!("データのフォルダーをほかの利用者も読めます。次を実行してください: chmod 700 {path}");
        Finding::new(Level::Caution, ja, format!("others can read the data folder: chmod 700 {path}"))
    })
}

/// The longest write-ahead log.
fn logs(folder: &Path) -> std::io::Result<Finding> {
    let longest = log_files(folder)?.iter().filter_map(|path| path.metadata().ok()).map(|log| log.len()).max().unwrap_or(0);
    let size = megabytes(longest);
    Ok(if longest < LONG_LOG_BYTES {
        Finding::new(
            Level::Good,
            format!("書き込みの控え（WAL）は短く保たれています（{size}）"),
            format!("the write-ahead logs are short ({size})"),
        )
    } else {
        let ja = format!(
            "書き込みの控え（WAL）が {size} に伸びています。irori を再起動してください。続くときはログの write-ahead log の行を見てください"
        );
        Finding::new(
            Level::Caution,
            ja,
            format!("a write-ahead log has grown to {size}: restart irori; if it goes on, look for it in the log"),
        )
    })
}

/// There is none for what nobody has open.
fn log_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = vec![folder.join("irori.db-wal")];
    let tenants = folder.join("tenants");
    if tenants.is_dir() {
        for tenant in std::fs::read_dir(tenants)? {
            files.push(tenant?.path().join("data.db-wal"));
        }
    }
    Ok(files)
}
