//! `irori database prepare`: the role, the schema, migrations, policies and grants, made by the database's owner.

use tokio_postgres::{Client, NoTls};

use super::SCHEMA;
use crate::migrate::{self, Migration};
use crate::{Dialect, StoreError};

/// True when the current role neither owns a table of ours nor bypasses policies (an owner sees through them).
pub(super) const ROLE_IS_BOUND: &str = "SELECT NOT (r.rolsuper OR r.rolbypassrls OR EXISTS (
  SELECT 1 FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
  WHERE s.nspname = 'irori' AND pg_has_role(r.oid, c.relowner, 'USAGE')))
FROM pg_roles r WHERE r.rolname = current_user";

/// Each counts its own versions.
pub(super) const SETS: [(&str, &[Migration]); 3] =
    [("instance", migrate::INSTANCE), ("tenant", migrate::TENANT), ("search", migrate::SEARCH)];

/// The role that the server signs in as.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name: lower-case letters, digits and `_`.
    pub name: String,
    /// Set where given; a role that is there keeps its own otherwise.
    pub password: Option<String>,
}

/// Prepares a database, or brings it to the newest schema; safe to repeat.
///
/// # Errors
/// When the owner can't sign in or may not make a role, or a migration fails: that one then leaves nothing behind.
pub async fn prepare(owner_url: &str, role: &Role) -> Result<Vec<String>, StoreError> {
    if role.name.is_empty() || !role.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Err(StoreError::Schema("--role takes lower-case letters, digits and _".to_owned()));
    }
    let (mut client, connection) =
        tokio_postgres::connect(owner_url, NoTls).await.map_err(|error| StoreError::Unavailable(format!("--owner: {error}")))?;
    let driving = tokio::spawn(connection);
    let outcome = run(&mut client, role).await;
    drop(client);
    let _ = driving.await;
    outcome
}

async fn run(client: &mut Client, role: &Role) -> Result<Vec<String>, StoreError> {
    let failed = |error: tokio_postgres::Error| StoreError::Schema(StoreError::from_postgres("prepare", &error).to_string());
    let tx = client.transaction().await.map_err(failed)?;
    tx.batch_execute(&format!(
        "SELECT pg_advisory_xact_lock(4937201); CREATE SCHEMA IF NOT EXISTS {SCHEMA}; SET LOCAL search_path = {SCHEMA};
         CREATE TABLE IF NOT EXISTS schema_versions (set_name TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (set_name, number));"
    ))
    .await
    .map_err(failed)?;
    let mut report = Vec::new();
    for (set, migrations) in SETS {
        let version = version(tx.client(), set).await?;
        for migration in migrations.iter().filter(|migration| migration.number > version) {
            apply(tx.client(), set, migration).await?;
            report.push(format!("{set} {}", migration.name));
        }
    }
    tx.batch_execute(&role_text(role)).await.map_err(failed)?;
    tx.batch_execute(POLICIES).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(report)
}

async fn apply(client: &Client, set: &str, migration: &Migration) -> Result<(), StoreError> {
    let failed = |error: tokio_postgres::Error| {
        StoreError::Schema(format!("{}: {}", migration.name, StoreError::from_postgres("migration", &error)))
    };
    client.batch_execute(migration.text(Dialect::Postgres)).await.map_err(failed)?;
    client
        .execute(
            "INSERT INTO schema_versions (set_name, number, name) VALUES ($1, $2, $3)",
            &[&set, &migration.number, &migration.name],
        )
        .await
        .map_err(failed)?;
    Ok(())
}

/// The newest migration applied; 0 before the first.
pub(super) async fn version(client: &Client, set: &str) -> Result<i64, StoreError> {
    let row = client
        .query_one(&format!("SELECT COALESCE(MAX(number), 0) FROM {SCHEMA}.schema_versions WHERE set_name = $1"), &[&set])
        .await
        .map_err(|error| StoreError::Schema(format!("not prepared ({error}): run 'irori database prepare'")))?;
    Ok(row.get(0))
}

fn role_text(role: &Role) -> String {
    let name = &role.name;
    let password = role
        .password
        .as_ref()
        .map_or_else(String::new, |password| format!("ALTER ROLE {name} PASSWORD '{}';", password.replace('\'', "''")));
    format!(
        "DO $$ BEGIN CREATE ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
         {password}
         GRANT USAGE ON SCHEMA {SCHEMA} TO {name};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO {name};
         REVOKE INSERT, UPDATE, DELETE ON {SCHEMA}.schema_versions FROM {name};
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO {name};
         REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC;
         GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {SCHEMA} TO {name};"
    )
}

/// Every table with a `tenant_id` shows and takes only the rows of the transaction's tenant, its owner included; but the index of
/// what was written, which the owner's function reads for a tenant: it holds to the transaction's tenant by itself, and under a
/// policy PostgreSQL would not use the index on words.
const POLICIES: &str = "DO $$
DECLARE t TEXT;
BEGIN
  FOR t IN SELECT table_name FROM information_schema.columns WHERE table_schema = 'irori' AND column_name = 'tenant_id' LOOP
    EXECUTE format('ALTER TABLE irori.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE irori.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('DROP POLICY IF EXISTS tenant ON irori.%I', t);
    EXECUTE format('CREATE POLICY tenant ON irori.%I USING (tenant_id = NULLIF(current_setting(''irori.tenant'', true), '''')::bigint)', t);
  END LOOP;
  ALTER TABLE irori.search_documents NO FORCE ROW LEVEL SECURITY;
END $$";
