//! What holds for a whole organisation.

use kernel::{Principal, Problem, Right, TenantId};
use serde_json::json;
use store::{Tx, lock_structure};

use super::{Change, Directory};
use crate::model::{TenantSettings, UpdateTenantSettings};
use crate::policy;
use crate::store::audit::Doer;
use crate::store::tenant_settings;

impl Directory {
    /// The organisation's settings.
    ///
    /// # Errors
    /// 403.
    pub async fn tenant_settings(&self, principal: &Principal) -> Result<TenantSettings, Problem> {
        policy::require(principal, Right::ManageSettings)?;
        let read = async |tx: &mut Tx<'_>| -> Result<_, Problem> { Ok(tenant_settings::find(tx).await?) };
        self.db(principal.tenant).read(read).await
    }

    /// Changes them; they hold from the next request on.
    ///
    /// # Errors
    /// 403.
    pub async fn update_tenant_settings(
        &self,
        principal: &Principal,
        update: UpdateTenantSettings,
    ) -> Result<TenantSettings, Problem> {
        policy::require(principal, Right::ManageSettings)?;
        self.choose(principal.tenant, self.change(principal.into()), update).await
    }

    /// As [`Self::update_tenant_settings`], by whoever runs the machine.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn update_tenant_settings_as_operator(
        &self,
        tenant: TenantId,
        update: UpdateTenantSettings,
    ) -> Result<TenantSettings, Problem> {
        self.choose(tenant, self.change(Doer::default()), update).await
    }

    async fn choose(&self, tenant: TenantId, change: Change, update: UpdateTenantSettings) -> Result<TenantSettings, Problem> {
        let write = async move |tx: &mut Tx<'_>| -> Result<_, Problem> {
            lock_structure(tx).await?;
            let settings = tenant_settings::find(tx).await?.with(update);
            tenant_settings::set(tx, settings).await?;
            change.note(tx, "updateTenantSettings", "", json!(update)).await?;
            Ok(settings)
        };
        self.db(tenant).write(write).await
    }
}
