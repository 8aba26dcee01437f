//! `irori check`: configuration, schema version, and the integrity of each organisation's data.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use kernel::Clock as _;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use store::{Store, StoreError, TenantRow};

use crate::cli::Failure;
use crate::config::{DataFlags, ServeFlags, Settings};

/// Looks at everything and changes nothing. It takes the flags and the environment of 'irori serve', to check them too.
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    flags: ServeFlags,
}

/// Says what it found; 1 where anything is wrong.
pub async fn run(data: &DataFlags, command: Check) -> Result<ExitCode, Failure> {
    // What is wrong with the configuration is told by loading it; opening compares the schema.
    let settings = Settings::load(data, &command.flags)?;
    let store = Store::open(settings.store.as_it_is(), Arc::new(SystemClock), Arc::new(NoSink)).await?;
    println!("設定とスキーマは正しい状態です / configuration and schema are right");
    let mut faults = 0;
    for tenant in store.list_tenants().await? {
        // One organisation's data that can't be read must not keep the others from being looked at.
        let wrong = look_at(&store, &tenant).await.unwrap_or_else(|error| vec![error.to_string()]);
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

async fn look_at(store: &Store, tenant: &TenantRow) -> Result<Vec<String>, StoreError> {
    let db = store.tenant(tenant.id);
    let mut wrong = store.check(tenant.id).await?;
    wrong.extend(directory::check::check(&db, SystemClock.now()).await?);
    wrong.extend(talk::check::check(&db).await?);
    Ok(wrong)
}
