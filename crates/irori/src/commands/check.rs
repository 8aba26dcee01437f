//! `irori check`: configuration, schema version, and the integrity of each organisation's data.

use std::process::ExitCode;

use clap::Args;

use super::open;
use crate::cli::Failure;
use crate::config::DataFlags;

/// Looks at everything and changes nothing.
#[derive(Args, Debug)]
pub struct Check {}

/// Says what it found; 1 where anything is wrong.
pub async fn run(data: &DataFlags, _command: Check) -> Result<ExitCode, Failure> {
    // Opening compares the schema; what is wrong with the configuration is told by loading it.
    let app = open(data).await?;
    println!("設定とスキーマは正しい状態です / configuration and schema are right");
    let mut faults = 0;
    for tenant in app.store.list_tenants().await? {
        let mut wrong = app.store.check(tenant.id).await?;
        wrong.extend(talk::check::check(&app.store.tenant(tenant.id)).await?);
        if wrong.is_empty() {
            println!("{} (/{}/): 正常です / sound", tenant.title, tenant.name);
        }
        for line in &wrong {
            println!("{} (/{}/): 問題があります / fault: {line}", tenant.title, tenant.name);
        }
        faults += wrong.len();
    }
    Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
