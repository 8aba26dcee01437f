//! Reading the audit trail. That somebody read it is written there too.

use kernel::page::{self, Page, PageQuery};
use kernel::{ActorId, Principal, Problem, Right, Time, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Row, Tx, params};
use uuid::Uuid;

use super::Directory;
use crate::policy;
use crate::store::audit;

/// One line of the trail.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// Its place in the trail.
    pub n: i64,
    /// When.
    pub at: Time,
    /// Who; none for somebody who could not sign in, or an operator at the machine.
    pub user_id: Option<UserId>,
    /// The person inside a shared account.
    pub actor_id: Option<ActorId>,
    /// What: an operation's name; at the machine and at sign-in also what has no operation (`createTenant`, `signInFailed`).
    pub action: String,
    /// To whom or what.
    pub subject: Option<String>,
    /// What else there is to know.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// From where.
    pub address: Option<String>,
}

/// Which lines are asked for.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// By whom: an account, or a person inside a shared one.
    pub actor_id: Option<Uuid>,
    /// What.
    pub action: Option<String>,
    /// From this moment on.
    pub from: Option<Time>,
    /// Before this moment.
    pub to: Option<Time>,
}

impl Directory {
    /// The trail, newest first.
    ///
    /// # Errors
    /// 403, 422.
    pub async fn list_audit_events(
        &self,
        principal: &Principal,
        filter: AuditFilter,
        page: &PageQuery,
    ) -> Result<Page<AuditEvent>, Problem> {
        policy::require(principal, Right::ReadAudit)?;
        let limit = page::limit(page.limit)?;
        let before: i64 = page::read_cursor(page.cursor.as_deref())?.unwrap_or(i64::MAX);
        let looked = json!({ "actorId": filter.actor_id, "action": filter.action });
        let read = async move |tx: &mut Tx<'_>| -> Result<Page<AuditEvent>, Problem> {
            let params = params![
                filter.actor_id.is_some(),
                filter.actor_id,
                filter.action.clone(),
                filter.from.map_or(i64::MIN, |time| time.0),
                filter.to.map_or(i64::MAX, |time| time.0),
                before,
                limit + 1,
            ];
            let rows = tx.query(&audit::LIST_EVENTS, &params).await?;
            Ok(Page::cut(rows.iter().map(event).collect(), limit, |event: &AuditEvent| event.n))
        };
        let found = self.db(principal.tenant).read(read).await?;
        // A long trail is read beside the writer, which only notes the look; without its note nothing is shown.
        let change = self.change(principal.into());
        let note = async move |tx: &mut Tx<'_>| change.note(tx, "listAuditEvents", "", looked).await;
        self.db(principal.tenant).write(note).await?;
        Ok(found)
    }
}

fn event(row: &Row) -> AuditEvent {
    AuditEvent {
        n: row.get(0),
        at: row.get(1),
        user_id: row.get(2),
        actor_id: row.get(3),
        action: row.get(4),
        subject: row.get(5),
        detail: serde_json::from_str(&row.get::<String>(6)).unwrap_or_default(),
        address: row.get(7),
    }
}
