//! The schema's version, and whether each organisation's data is whole.

use std::sync::Arc;

use kernel::Time;
use kernel::clock::SystemClock;
use kernel::event::NoSink;
use store::{Store, StoreConfig, StoreError, TenantRow};

use super::{Finding, Level};

pub async fn look(config: &StoreConfig, now: Time) -> Vec<Finding> {
    look_inside(config, now).await.unwrap_or_else(|error| vec![closed(&error)])
}

async fn look_inside(config: &StoreConfig, now: Time) -> Result<Vec<Finding>, StoreError> {
    // Opening compares the schema.
    let store = Store::open(config.clone().as_it_is(), Arc::new(SystemClock), Arc::new(NoSink)).await?;
    let mut findings = vec![Finding::new(Level::Good, "設定とスキーマは正しい状態です", "configuration and schema are right")];
    for tenant in store.list_tenants().await? {
        // One organisation's data that can't be read must not keep the others from being looked at.
        let wrong = faults(&store, &tenant, now).await.unwrap_or_else(|error| vec![error.to_string()]);
        let name = format!("{} (/{}/)", tenant.title, tenant.name);
        if wrong.is_empty() {
            findings.push(Finding::new(Level::Good, format!("{name}: データは正常です"), format!("{name}: sound")));
        }
        findings.extend(wrong.iter().map(|line| {
            let ja = format!("{name}: データに問題があります。バックアップを取ってから、手引きを見てください: {line}");
            Finding::new(Level::Fault, ja, format!("{name}: take a backup, then see the guide: {line}"))
        }));
    }
    Ok(findings)
}

async fn faults(store: &Store, tenant: &TenantRow, now: Time) -> Result<Vec<String>, StoreError> {
    let db = store.tenant(tenant.id);
    let mut wrong = store.check(tenant.id).await?;
    wrong.extend(directory::check::check(&db, now).await?);
    wrong.extend(talk::check::check(&db).await?);
    Ok(wrong)
}

fn closed(error: &StoreError) -> Finding {
    let ja = match error {
        StoreError::Schema(_) => {
            "データの場所か版が、このプログラムと合いません。--data と --database、更新の手順を確認してください"
        }
        _ => "データを開けません。権限、ディスク、データベースのサーバーを確認してください",
    };
    Finding::new(Level::Fault, format!("{ja}: {error}"), format!("the data can't be opened: {error}"))
}
