//! Every statement, on both databases: it is understood, and it names its tenant.

use sqlparser::dialect::{PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use store::migrate::Migration;
use store::{Dialect, Statement};
use testkit::{Backend, Data};

/// The only tables without a tenant.
const INSTANCE: &[&str] = &["tenants", "setup_links"];
/// Functions and names of a statement's own that look like tables.
const NOT_TABLES: &[&str] = &["json_each", "unnest", "w", "pg_advisory_xact_lock", "search_candidates", "search_words"];

/// On the tables that both databases have in the same place.
fn shared_statements() -> Vec<&'static Statement> {
    [
        store::TENANT_STATEMENTS.to_vec(),
        directory::store::statements(),
        files::store::statements(),
        jobs::store::statements(),
        cards::store::statements(),
        talk::store::statements(),
    ]
    .concat()
}

/// All that ask a tenant's tables in this dialect.
fn tenants_statements(dialect: Dialect) -> Vec<&'static Statement> {
    let own = match dialect {
        Dialect::Sqlite => search::store::sqlite::statements(),
        Dialect::Postgres => search::store::postgres::statements(),
    };
    [shared_statements(), search::store::statements(), own].concat()
}

/// SQLite's files, and what is asked of each.
fn sqlite_files() -> [(&'static [Migration], Vec<&'static Statement>); 3] {
    let of_search = [search::store::statements(), search::store::sqlite::statements()].concat();
    [
        (store::migrate::TENANT, shared_statements()),
        (store::migrate::SEARCH, of_search),
        (store::migrate::INSTANCE, store::INSTANCE_STATEMENTS.to_vec()),
    ]
}

/// Each statement's tables, in the text of one dialect: what follows FROM, JOIN, INTO and UPDATE.
fn tables(text: &str, dialect: Dialect) -> Vec<String> {
    let parsed = match dialect {
        Dialect::Sqlite => Parser::parse_sql(&SQLiteDialect {}, text),
        Dialect::Postgres => Parser::parse_sql(&PostgreSqlDialect {}, text),
    };
    if let Err(error) = parsed {
        panic!("{error}: {text}");
    }
    let spaced = text.replace(['(', ')', ','], " ").to_lowercase();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let opens = |at: usize| match words[at] {
        "from" | "join" | "into" => true,
        // Not the UPDATE of ON CONFLICT DO UPDATE, nor that of FOR UPDATE.
        "update" => at == 0 || !matches!(words[at - 1], "do" | "for"),
        _ => false,
    };
    (0..words.len() - 1).filter(|at| opens(*at)).map(|at| words[at + 1].to_owned()).filter(|word| word != "select").collect()
}

#[test]
fn every_tenants_table_is_asked_for_its_tenant() {
    let mut seen = 0;
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        for statement in tenants_statements(dialect) {
            let text = statement.text(dialect);
            let named = tables(text, dialect).into_iter().filter(|table| !NOT_TABLES.contains(&table.as_str())).count();
            seen += named;
            let first = if dialect == Dialect::Sqlite { "?1" } else { "$1" };
            let spaced = text.replace(['(', ')', ','], " ");
            let words: Vec<&str> = spaced.split_whitespace().collect();
            // `tenant_id = $1` once a table read or changed; a row that is inserted gives it as its first value.
            let asked = words
                .windows(3)
                .filter(|three| three[0].ends_with("tenant_id") && three[1] == "=" && three[2].starts_with(first))
                .count();
            let given = usize::from(
                text.trim_start().to_uppercase().starts_with("INSERT") && words.iter().any(|word| word.starts_with(first)),
            );
            assert!(
                asked + given >= named,
                "{}: {named} tables, tenant asked {asked} and given {given} times: {text}",
                statement.name
            );
        }
    }
    assert!(seen > 100, "the statements were really looked at: {seen}");
    for statement in store::INSTANCE_STATEMENTS {
        for table in tables(statement.text(Dialect::Sqlite), Dialect::Sqlite) {
            assert!(INSTANCE.contains(&table.as_str()), "{}: {table}", statement.name);
        }
    }
}

#[tokio::test]
async fn postgres_understands_every_statement() {
    let data = Data::empty(Backend::Postgres).await;
    let (client, connection) = tokio_postgres::connect(&data.owner().unwrap(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("SET search_path = irori").await.unwrap();
    for statement in tenants_statements(Dialect::Postgres).into_iter().chain(store::INSTANCE_STATEMENTS.iter().copied()) {
        if let Err(error) = client.prepare(statement.text(Dialect::Postgres)).await {
            panic!("{}: {error:?}", statement.name);
        }
    }
}

/// Those that are meant to read a whole table of a tenant.
const READS_ALL: &[&str] = &[
    // `irori check`.
    "DANGLING",
    "PRIMARIES",
    "UNITS",
    "ACTIVE_ADMIN",
    "ROOM_LOG",
    "USER_LOG",
    "FAULTS",
    "GAPS",
    // One row.
    "TENANT_SETTINGS",
    // Sections, groups, roles and people of shared accounts: a tenant has few of them.
    "ADMINS",
    "HEADCOUNT",
    "HEADS",
    "LIST_GRANTS",
    "LIST_GROUPS",
    "LIST_UNITS",
    "TREE",
    "ACTOR_NAMES",
    "ROOMS_WITH_CHILDREN",
    // Names are searched by parts of words; the first account that comes is enough; a person leaves a shared account once.
    "LIST_USERS",
    "ANYBODY",
    "DROP_ACTOR",
    // Where each room's log stands and how far the index has read it: compared now and then.
    "ALL_HEADS",
    "ROOM_REVS",
];

#[test]
fn no_statement_reads_a_whole_tenant_on_sqlite() {
    let mut reading = Vec::new();
    for (migrations, statements) in sqlite_files().into_iter().take(2) {
        let file = file_of(migrations);
        for statement in statements {
            let mut plan = file.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.text(Dialect::Sqlite))).unwrap();
            let mut steps = plan.raw_query();
            while let Some(step) = steps.next().unwrap() {
                let detail: String = step.get(3).unwrap();
                // The tenant alone tells nothing apart: a file holds one.
                let whole = detail.ends_with("(tenant_id=?)")
                    || (detail.starts_with("SCAN") && !detail.contains("VIRTUAL TABLE") && !detail.contains("CONSTANT ROW"));
                if whole && !READS_ALL.contains(&statement.name) {
                    reading.push(format!("{}: {detail}", statement.name));
                }
            }
        }
    }
    assert!(reading.is_empty(), "{reading:#?}");
}

/// An empty file of this kind.
fn file_of(migrations: &[Migration]) -> rusqlite::Connection {
    let file = rusqlite::Connection::open_in_memory().unwrap();
    for migration in migrations {
        file.execute_batch(migration.text(Dialect::Sqlite)).unwrap();
    }
    file
}

#[test]
fn sqlite_understands_every_statement() {
    for (migrations, statements) in sqlite_files() {
        let file = file_of(migrations);
        for statement in statements {
            file.prepare(statement.text(Dialect::Sqlite)).unwrap_or_else(|error| panic!("{}: {error}", statement.name));
        }
    }
}
