//! What the measures of a running server mean for whoever looks after it.

use kernel::Time;

use super::{Finding, Level, megabytes};

const DAY_SECONDS: f64 = 86_400.0;
/// So many a day are nothing to worry about.
const SLOW_A_DAY: f64 = 20.0;
const CUT_OFF_A_DAY: f64 = 50.0;
/// A wait for the database that people begin to feel, on average.
const WAIT_SECONDS: f64 = 0.2;
/// So few event streams are a tablet or two.
const FEW_STREAMS: f64 = 10.0;

/// A scrape: names with their labels, and values.
pub struct Measures(Vec<(String, f64)>);

impl Measures {
    /// Reads the text format; what is no sample is passed over.
    pub fn read(text: &str) -> Self {
        let samples = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
        Self(samples.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect())
    }

    /// All of a name together whose labels hold this; 0 where there is none yet.
    fn sum(&self, name: &str, label: &str) -> f64 {
        let of_it = self.0.iter().filter(|(full, _)| full.split('{').next() == Some(name) && full.contains(label));
        of_it.map(|(_, value)| value).sum()
    }

    fn all(&self, name: &str) -> f64 {
        self.sum(name, "")
    }
}

/// What has happened so often since the start that it should be looked at.
struct Trouble {
    times: f64,
    /// Up to here it is nothing.
    most: f64,
    ja: &'static str,
    en: &'static str,
}

impl Trouble {
    fn finding(&self) -> Option<Finding> {
        let times = self.times;
        (times > self.most).then(|| {
            let (ja, en) =
                (format!("起動してから {times} 回: {}", self.ja), format!("{times} times since the start: {}", self.en));
            Finding::new(Level::Caution, ja, en)
        })
    }
}

/// How the server fares.
pub fn judge(measures: &Measures, now: Time) -> Vec<Finding> {
    let up_seconds = (now.millis() as f64 / 1000.0 - measures.all("process_start_time_seconds")).max(0.0);
    let days = up_seconds / DAY_SECONDS;
    let mut findings: Vec<_> = troubles(measures, days.max(1.0)).iter().filter_map(Trouble::finding).collect();
    findings.extend(waiting(measures));
    findings.extend(fallen_back(measures));
    if findings.is_empty() {
        findings.push(Finding::new(
            Level::Good,
            "サーバーの数値に異状はありません",
            "the server's measures are as they should be",
        ));
    }
    let memory = megabytes(measures.all("process_resident_memory_bytes") as u64);
    let open = measures.all("irori_live_connections");
    let ja = format!("稼働 {days:.1} 日、接続 {open}、メモリ {memory}");
    findings.push(Finding::new(Level::Good, ja, format!("up for {days:.1} days, {open} connections, {memory} of memory")));
    findings
}

fn troubles(measures: &Measures, days: f64) -> [Trouble; 5] {
    let busy =
        measures.sum("irori_http_limited_total", "\"unavailable\"") + measures.sum("irori_http_limited_total", "\"timeout\"");
    [
        Trouble {
            times: measures.all("irori_database_slow_statements_total") + measures.all("irori_database_long_holds_total"),
            most: SLOW_A_DAY * days,
            ja: "データベースの処理が遅くなりました。ディスクの速さと、同じ機械のほかのプログラムを確認し、ログの slow statement の行を開発元に伝えてください",
            en: "the database was slow: look at the disk and at other programs on the machine; tell the makers the log's lines of slow statements",
        },
        Trouble {
            times: measures.all("irori_live_stuck_total"),
            most: CUT_OFF_A_DAY * days,
            ja: "受信の遅い端末を切断しました。端末は自分でつなぎ直します。その場所の Wi-Fi や回線を確認してください",
            en: "slow clients were cut off; they come back by themselves: look at the Wi-Fi and the lines where they are",
        },
        Trouble {
            times: measures.all("irori_database_failed_commits_total"),
            most: 0.0,
            ja: "保存に失敗しました（送信した人には失敗と表示されています）。ディスクの空きを確認し、ログの ERROR の行を見てください",
            en: "saving failed, and the senders were told: look at the room on the disk and for ERROR in the log",
        },
        Trouble {
            times: busy + measures.all("irori_live_refused_total"),
            most: 0.0,
            ja: "混み合うか、データベースが応じず、要求や接続を断りました。続くときは、機械の性能を上げるか PostgreSQL への移行を検討してください",
            en: "requests or connections were turned away, for a crowd or a database that did not answer: if it goes on, think of a larger machine or of PostgreSQL",
        },
        Trouble {
            times: measures.sum("irori_http_requests_total", "status=\"500\""),
            most: 0.0,
            ja: "サーバーの内部で誤りが起きました。ログの ERROR と WARN の行を開発元に伝えてください",
            en: "something went wrong inside: tell the makers the log's lines of ERROR and WARN",
        },
    ]
}

fn waiting(measures: &Measures) -> Option<Finding> {
    let count = measures.all("irori_database_wait_seconds_count");
    let mean = measures.all("irori_database_wait_seconds_sum") / count.max(1.0);
    (mean > WAIT_SECONDS).then(|| {
        let ja = format!("データベースの順番待ちが平均 {mean:.1} 秒あります。ディスクの速さと、機械の負荷を確認してください");
        Finding::new(
            Level::Caution,
            ja,
            format!("work waits {mean:.1} s for the database: look at the disk and the machine's load"),
        )
    })
}

fn fallen_back(measures: &Measures) -> Option<Finding> {
    let (streams, sockets) = (measures.all("irori_live_event_streams"), measures.all("irori_live_sockets"));
    (streams > FEW_STREAMS && streams > sockets).then(|| {
        let ja = format!("{streams} 台の端末で WebSocket が通っていません。リバースプロキシの Upgrade の設定を確認してください");
        Finding::new(Level::Caution, ja, format!("{streams} clients get no WebSocket through: look at the proxy's Upgrade"))
    })
}
