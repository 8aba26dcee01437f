//! PostgreSQL's own account of the slowest question, where it is too slow.

use kernel::{RoomId, TenantId};
use search::Ask;
use tokio_postgres::NoTls;

use crate::Outcome;
use crate::ground::{Ground, Raw};

/// Prints the plan, as the owner, of what `search_candidates` asks.
pub async fn print(ground: &Ground, tenant: i64, mine: &[RoomId], word: &str) -> Outcome<()> {
    let Raw::Postgres { owner } = ground.raw() else { return Ok(()) };
    let (client, connection) = tokio_postgres::connect(&owner, NoTls).await?;
    let driving = tokio::spawn(connection);
    let ids: Vec<Vec<u8>> = mine.iter().map(RoomId::bytes).collect();
    let numbers = "SELECT no FROM irori.search_rooms WHERE tenant_id = $1 AND id = ANY($2)";
    let numbers: Vec<i64> = client.query(numbers, &[&tenant, &ids]).await?.iter().map(|row| row.get(0)).collect();
    let wanted = Ask { terms: vec![word.to_owned()], ..Ask::default() }.wanted(Some(&numbers)).for_postgres(TenantId(tenant));
    let ask = format!(
        "EXPLAIN (ANALYZE, BUFFERS) SELECT d.n, d.room, d.seq FROM irori.search_documents d
         WHERE d.tenant_id = {tenant} AND d.words @@ CAST('{}' AS TSQUERY) ORDER BY d.n + 0 DESC LIMIT 100",
        wanted.replace('\'', "''")
    );
    eprintln!("  the plan for {word}:");
    for row in client.query(&ask, &[]).await? {
        let line: &str = row.get(0);
        eprintln!("    {}", line.chars().take(160).collect::<String>());
    }
    drop(client);
    Ok(driving.await??)
}
