//! Writes a plan into an empty tenant.

use directory::store::audit::{self, Doer};
use directory::store::users::{Creation, UserRow};
use directory::store::{grants, groups, units, users};
use directory::{AssignmentInput, Directory, Phones, Role};
use kernel::principal::UserKind;
use kernel::{GroupId, Problem, Random, Time};
use store::{Db, Store, StoreError, Tx, params};

use super::plan::{Person, TenantPlan};
use super::rng::SeededRandom;
use super::steps::{self, Step};

/// How many people or steps' rows one transaction takes: few enough to stay small in memory, many enough to be quick.
const PEOPLE_AT_ONCE: usize = 300;
const ROWS_AT_ONCE: usize = 4000;

/// What was written.
pub struct Loaded {
    /// Accounts.
    pub people: usize,
    /// Rooms.
    pub rooms: usize,
    /// Messages.
    pub messages: usize,
}

/// Makes the tenant and all that is in it.
///
/// # Errors
/// When the tenant is there, or the database is away.
pub async fn write(store: &Store, directory: &Directory, plan: TenantPlan, password: &str) -> Result<Loaded, Problem> {
    let tenant = directory.create_tenant(plan.name, plan.title).await?;
    let db = store.tenant(tenant.id);
    // One hash for all: 920 of them would take half a minute. That they share a salt tells who reads the database that
    // they share a password, which the demo says itself.
    let hash = directory.hash_password(password).await?;
    let loaded = Loaded {
        people: plan.people.len(),
        rooms: plan.rooms.len(),
        messages: plan.rooms.iter().map(|room| room.messages.len()).sum(),
    };
    write_units(&db, &plan).await?;
    write_people(&db, &plan, &hash).await?;
    write_groups(&db, &plan).await?;
    write_rooms(&db, plan).await?;
    Ok(loaded)
}

async fn write_units(db: &Db, plan: &TenantPlan) -> Result<(), StoreError> {
    let row = |at: usize| {
        let unit = &plan.units[at];
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        (
            unit.id,
            unit.parent.map(|parent| plan.units[parent].id),
            unit.name.clone(),
            unit.order,
            text(&unit.place),
            text(&unit.extension),
        )
    };
    let rows: Vec<_> = (0..plan.units.len()).map(row).collect();
    db.write(async move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        for (id, parent, name, order, place, extension) in rows {
            let nobody: Option<kernel::UserId> = None;
            let unnamed: Option<kernel::ClientId> = None;
            tx.exec(&units::INSERT_UNIT, &params![id, parent, name, order, place, extension, nobody, unnamed]).await?;
        }
        Ok(())
    })
    .await
}

/// An account with all that hangs on it, ready to be written.
struct Account {
    row: UserRow,
    assignments: Vec<AssignmentInput>,
    actors: Vec<(kernel::ActorId, String, String)>,
    grants: Vec<(uuid::Uuid, Role, Option<kernel::OrgUnitId>)>,
}

fn account(plan: &TenantPlan, person: &Person, ids: &SeededRandom) -> Account {
    let phones = Phones { mobile: person.mobile.clone(), extension: person.extension.clone(), landline: None };
    let assignments = person.assignments.iter().enumerate().map(|(index, post)| AssignmentInput {
        org_unit_id: plan.units[post.unit].id,
        position: post.position.clone(),
        primary: index == 0,
        head: post.head,
    });
    let mut grants = Vec::new();
    if person.administers {
        grants.push((ids.new_id(plan.made_at), Role::TenantAdmin, None));
    } else if let Some(unit) = person.heads().filter(|unit| plan.units[*unit].parent.is_some()) {
        grants.push((ids.new_id(plan.made_at), Role::SectionAdmin, Some(plan.units[unit].id)));
    }
    Account {
        row: UserRow {
            id: person.id,
            login_id: person.login.clone(),
            name: person.name.name.clone(),
            kana: person.name.kana.clone(),
            kind: person.kind,
            email: (person.kind == UserKind::Person).then(|| format!("{}@{}.hinoki.example.jp", person.login, plan.name)),
            phones,
            expires_at: person.expires_at,
        },
        assignments: assignments.collect(),
        actors: person.actors.iter().map(|(id, name)| (*id, name.name.clone(), name.kana.clone())).collect(),
        grants,
    }
}

async fn write_people(db: &Db, plan: &TenantPlan, hash: &str) -> Result<(), StoreError> {
    let ids = SeededRandom::named(1, &format!("{} grants", plan.name));
    let made_at = plan.made_at;
    for people in plan.people.chunks(PEOPLE_AT_ONCE) {
        let accounts: Vec<Account> = people.iter().map(|person| account(plan, person, &ids)).collect();
        let hash = hash.to_owned();
        db.write(async move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
            for account in &accounts {
                write_account(tx, account, &hash, made_at).await?;
            }
            let written: Vec<_> = accounts.iter().map(|account| account.row.id).collect();
            users::refresh_search(tx, &written).await
        })
        .await?;
    }
    Ok(())
}

async fn write_account(tx: &mut Tx<'_>, account: &Account, hash: &str, made_at: Time) -> Result<(), StoreError> {
    let user = account.row.id;
    users::insert(tx, &account.row, hash, Creation { at: Some(made_at), by: None, client_id: None }).await?;
    units::assign(tx, user, &account.assignments).await?;
    for (id, name, kana) in &account.actors {
        tx.exec(&users::INSERT_ACTOR, &params![*id, user, name, kana, made_at]).await?;
    }
    for (id, role, unit) in &account.grants {
        tx.exec(&grants::INSERT_GRANT, &params![*id, user, role.as_str(), *unit]).await?;
    }
    // The trail begins with how they came to be, as for everybody.
    audit::note(tx, made_at, &Doer::default(), "createUser", Some(user.to_string()), &serde_json::json!({ "demo": true })).await
}

async fn write_groups(db: &Db, plan: &TenantPlan) -> Result<(), StoreError> {
    let ids = SeededRandom::named(1, &format!("{} groups", plan.name));
    let rows: Vec<_> = plan
        .groups
        .iter()
        .map(|group| {
            let people: Vec<_> = group.people.iter().map(|&at| plan.people[at].id).collect();
            let sections: Vec<_> = group.units.iter().map(|&at| plan.units[at].id).collect();
            (GroupId(ids.new_id(plan.made_at)), group.name, people, sections)
        })
        .collect();
    db.write(async move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        for (id, name, people, sections) in rows {
            let nobody: Option<kernel::UserId> = None;
            let unnamed: Option<kernel::ClientId> = None;
            tx.exec(&groups::INSERT_GROUP, &params![id, name, nobody, unnamed]).await?;
            groups::set_members(tx, id, &people, &sections).await?;
        }
        Ok(())
    })
    .await
}

async fn write_rooms(db: &Db, plan: TenantPlan) -> Result<(), StoreError> {
    let mut batch: Vec<Step> = Vec::new();
    let mut rows = 0;
    for step in steps::of(plan) {
        rows += step.rows();
        batch.push(step);
        if rows >= ROWS_AT_ONCE {
            write_steps(db, std::mem::take(&mut batch)).await?;
            rows = 0;
        }
    }
    write_steps(db, batch).await
}

async fn write_steps(db: &Db, batch: Vec<Step>) -> Result<(), StoreError> {
    db.write(async move |tx: &mut Tx<'_>| -> Result<(), StoreError> {
        for step in batch {
            step.take(tx).await?;
        }
        Ok(())
    })
    .await
}
