//! `irori check`: of an installation that is well it says so, and of one that is not, what is wrong and what to do.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;

use irori::check::{Finding, Language, Level, Probe, check, worst};
use irori::config::{FilesSettings, Settings};
use kernel::Clock as _;
use kernel::clock::SystemClock;
use testkit::{Backend, Data, Process, Server};

const ROOMY: u64 = 50_000_000_000;

/// A disk with so much room.
struct Disk(u64);

impl Probe for Disk {
    fn free_bytes(&self, _: &Path) -> std::io::Result<u64> {
        Ok(self.0)
    }
}

fn settings(data: &Data, listen: SocketAddr) -> Settings {
    let files = FilesSettings { place: data.files_folder().to_string_lossy().into_owned(), most_bytes: 1, scanner: None };
    Settings {
        store: data.config(),
        files,
        link_cards: false,
        listen,
        public_url: None,
        trusted_proxies: Vec::new(),
        metrics_listen: None,
    }
}

async fn look(server: &Server, free: u64) -> Vec<Finding> {
    check(&settings(server.data(), server.address), &Disk(free), true, SystemClock.now()).await
}

/// The lines of this level, in Japanese.
fn lines(findings: &[Finding], level: Level) -> Vec<String> {
    findings.iter().filter(|finding| finding.level == level).map(|finding| finding.line(Language::Ja)).collect()
}

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

testkit::both! {
    async fn an_installation_that_is_well(server: Server) {
        server.client("kenji").get_ok("/me").await;
        let findings = look(&server, ROOMY).await;
        let said: Vec<String> = findings.iter().map(|finding| finding.line(Language::Ja)).collect();
        assert_eq!(worst(&findings), Level::Good, "{said:#?}");
        assert!(said.iter().all(|line| line.starts_with("良好  ")), "{said:#?}");
        assert!(said.iter().any(|line| line.contains("市役所") && line.contains("正常")), "each organisation is named: {said:#?}");
        assert!(said.iter().any(|line| line.contains("稼働")), "the server was asked: {said:#?}");
        assert!(findings.iter().all(|finding| finding.line(Language::En).is_ascii() || finding.line(Language::En).contains(": sound")));
    }

    async fn slow_clients_and_those_turned_away_are_told(server: Server) {
        server.app.hub.counters.stuck.fetch_add(51, Ordering::Relaxed);
        server.app.hub.counters.refused.fetch_add(2, Ordering::Relaxed);
        let findings = look(&server, ROOMY).await;
        let cautions = lines(&findings, Level::Caution);
        assert_eq!((worst(&findings), cautions.len()), (Level::Caution, 2), "{cautions:#?}");
        assert!(cautions[0].contains("51 回") && cautions[0].contains("端末を切断"), "{cautions:#?}");
        assert!(cautions[1].contains("2 回") && cautions[1].contains("断りました"), "{cautions:#?}");
    }
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_and_a_folder_that_others_read() {
    let server = Server::start(Backend::Sqlite).await;
    let folder = server.data().folder().unwrap().to_owned();
    let scarce = lines(&look(&server, 1_000_000_000).await, Level::Caution);
    assert!(scarce.len() == 1 && scarce[0].starts_with("注意  ディスクの空きは 1000 MB"), "{scarce:#?}");
    chmod(&folder, 0o755);
    let findings = look(&server, 100_000_000).await;
    let (faults, cautions) = (lines(&findings, Level::Fault), lines(&findings, Level::Caution));
    assert!(faults.len() == 1 && faults[0].starts_with("異常  ディスクの空きは 100 MB"), "{faults:#?}");
    assert!(cautions.len() == 1 && cautions[0].contains("chmod 700"), "{cautions:#?}");
    chmod(&folder, 0o700);
    std::fs::create_dir(folder.join("tenants/99")).unwrap();
    std::fs::File::create(folder.join("tenants/99/data.db-wal")).unwrap().set_len(200_000_000).unwrap();
    let cautions = lines(&look(&server, ROOMY).await, Level::Caution);
    assert!(cautions.len() == 1 && cautions[0].contains("WAL") && cautions[0].contains("200 MB"), "{cautions:#?}");
}

#[tokio::test]
async fn a_server_that_is_away_and_one_that_says_nothing_of_use() {
    let server = Server::start(Backend::Sqlite).await;
    let address = server.address;
    let data = server.into_data().await;
    let away = check(&settings(&data, address), &Disk(ROOMY), true, SystemClock.now()).await;
    let cautions = lines(&away, Level::Caution);
    assert!(cautions.len() == 1 && cautions[0].contains("動いていません"), "{cautions:#?}");
    let stopped = check(&settings(&data, address), &Disk(ROOMY), false, SystemClock.now()).await;
    assert_eq!(worst(&stopped), Level::Good, "it is meant to be");

    let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = other.local_addr().unwrap();
    tokio::spawn(async move { while other.accept().await.is_ok() {} });
    let broken = check(&settings(&data, address), &Disk(ROOMY), true, SystemClock.now()).await;
    let faults = lines(&broken, Level::Fault);
    assert!(faults.len() == 1 && faults[0].contains("応じません"), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_statements_of_a_running_server_are_told_at_the_command_line() {
    let server = Server::start(Backend::Sqlite).await;
    let data = server.into_data().await;
    let binary = Path::new(env!("CARGO_BIN_EXE_irori"));
    let look = |address: SocketAddr, more: &[&str]| {
        let mut command = Command::new(binary);
        command.args(["check", "--listen", &address.to_string()]).args(data.arguments()).args(more);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let usual = Process::start(binary, &data.arguments()).await;
    let (_, said) = look(usual.address, &[]);
    assert!(said.contains("稼働") && !said.contains("slow statement"), "{said}");
    usual.kill();

    let measures = testkit::free_address().to_string();
    let settings = ["--slow-statement-ms", "0", "--metrics-listen", &measures].map(str::to_owned);
    let slow = Process::start(binary, &[&data.arguments()[..], &settings].concat()).await;
    for _ in 0..30 {
        reqwest::get(format!("http://{}/tenants", slow.address)).await.unwrap();
    }
    let (code, said) = look(slow.address, &[]);
    assert!(code == Some(1) && said.contains("注意  サーバーの数値"), "its measures are elsewhere: {code:?} {said}");
    let (code, said) = look(slow.address, &["--metrics-listen", &measures]);
    assert!(code == Some(1) && said.contains("注意  起動してから") && said.contains("slow statement"), "{code:?} {said}");
    let (code, said) = look(slow.address, &["--metrics-listen", &measures, "--lang", "en"]);
    assert!(code == Some(1) && said.contains("CAUTION") && said.contains("slow statements"), "{code:?} {said}");
    slow.kill();
}
