//! The accounts, roles, organisations and members of the demo.

use std::collections::HashMap;

use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::{AccountActor, Actor, Reach, RoleGrant};
use nq57_shared::ids::{AccountId, OrganisationId};
use nq57_shared::language::Language;
use nq57_shared::organisations::SuccessorDraft;
use nq57_shared::problem::ProblemCode;

use super::content::{self, DemoOrganisation, DemoPerson, DemoProduct};
use super::plan::MEMBERS;
use crate::identity::accounts::{self, NewAccount, PasswordHash};
use crate::identity::organisations;

/// Everybody who acts, by address.
pub(super) struct Cast {
    people: HashMap<String, AccountActor>,
    /// Who submits for an organisation, by its code.
    speakers: HashMap<String, (String, OrganisationId)>,
}

impl Cast {
    /// The person with this address.
    ///
    /// # Errors
    /// When the content names somebody who is not in it.
    pub fn actor(&self, email: &str) -> ApiResult<Actor> {
        self.people.get(email).cloned().map(Actor::Account).ok_or_else(|| unknown(email))
    }

    /// Whoever submits this product, and for which organisation.
    ///
    /// # Errors
    /// When the content names somebody who is not in it.
    pub fn submitter(&self, product: &DemoProduct) -> ApiResult<(Actor, Option<OrganisationId>)> {
        let Some(code) = &product.organisation else {
            return Ok((self.actor(&product.submitter)?, None));
        };
        let (email, organisation) = self.speakers.get(code).ok_or_else(|| unknown(code))?;
        Ok((self.actor(email)?, Some(*organisation)))
    }

    /// The organisation with this code.
    fn organisation(&self, code: &str) -> ApiResult<OrganisationId> {
        self.speakers.get(code).map(|(_, id)| *id).ok_or_else(|| unknown(code))
    }

    /// The member of every panel with this number.
    ///
    /// # Errors
    /// When the content has no such evaluator.
    pub fn member(&self, member: usize) -> ApiResult<Actor> {
        self.actor(&format!("evaluator{}@nq57.example", member % MEMBERS + 1))
    }

    /// All accounts.
    pub fn accounts(&self) -> impl Iterator<Item = AccountId> {
        self.people.values().map(|person| person.id)
    }
}

fn unknown(name: &str) -> ApiError {
    ApiError::problem(ProblemCode::Internal)
        .because(anyhow::anyhow!("the demo content does not say who {name} is"))
}

/// Enters everybody.
pub(super) async fn enter(
    tx: &Tx,
    state: &AppState,
    products: &[DemoProduct],
    password: &PasswordHash,
) -> ApiResult<Cast> {
    let mut cast = Cast { people: HashMap::new(), speakers: HashMap::new() };
    let people = content::people()?;
    for person in &people {
        person_with(tx, state, &mut cast, &person.email, &person.display_name, password).await?;
    }
    let organisations = content::organisations()?;
    for organisation in &organisations {
        enter_organisation(tx, state, &mut cast, organisation, &people, password).await?;
    }
    for organisation in organisations.iter().filter(|one| !one.successors.is_empty()) {
        let successors = organisation.successors.iter().map(|one| {
            Ok(SuccessorDraft { organisation_id: cast.organisation(&one.code)?, on: one.on })
        });
        let successors: Vec<SuccessorDraft> = successors.collect::<ApiResult<_>>()?;
        let id = cast.organisation(&organisation.code)?;
        organisations::set_successors(tx, id, &successors).await?;
    }
    for person in &people {
        for grant in &person.grants {
            let limit = grant.organisation.as_deref();
            let organisation_id = limit.map(|code| cast.organisation(code)).transpose()?;
            let role = RoleGrant { role: grant.role, organisation_id, province_code: None };
            let known = cast.people.get_mut(&person.email).ok_or_else(|| unknown(&person.email))?;
            accounts::give_role(tx, &state.clock, known.id, &role, None).await?;
            known.grants.push(role);
        }
    }
    for product in products.iter().filter(|product| product.organisation.is_none()) {
        let (email, name) = (&product.submitter, &product.draft.owner.name);
        person_with(tx, state, &mut cast, email, name, password).await?;
    }
    Ok(cast)
}

/// Enters an organisation with those who belong to it; the first of them founds it.
async fn enter_organisation(
    tx: &Tx,
    state: &AppState,
    cast: &mut Cast,
    organisation: &DemoOrganisation,
    people: &[DemoPerson],
    password: &PasswordHash,
) -> ApiResult<()> {
    let members: Vec<&DemoPerson> =
        people.iter().filter(|one| one.organisation.as_ref() == Some(&organisation.code)).collect();
    let (email, name) = match members.first() {
        Some(person) => (&person.email, &person.display_name),
        None => (&organisation.contact.email, &organisation.contact.name),
    };
    let founder = person_with(tx, state, cast, email, name, password).await?;
    let parent = organisation.parent.as_deref();
    let parent = parent.map(|code| cast.organisation(code)).transpose()?;
    let id =
        organisations::create(tx, &state.clock, &organisation.draft(parent), Some(founder)).await?;
    cast.speakers.insert(organisation.code.clone(), (email.clone(), id));
    if let Some(known) = cast.people.get_mut(email) {
        known.organisations.push(id);
    }
    for person in members.iter().skip(1) {
        let known = cast.people.get_mut(&person.email).ok_or_else(|| unknown(&person.email))?;
        organisations::add_member(tx, &state.clock, id, known.id, false).await?;
        known.organisations.push(id);
    }
    Ok(())
}

/// The account of this address; made when there is none.
async fn person_with(
    tx: &Tx,
    state: &AppState,
    cast: &mut Cast,
    email: &str,
    name: &str,
    password: &PasswordHash,
) -> ApiResult<AccountId> {
    if let Some(known) = cast.people.get(email) {
        return Ok(known.id);
    }
    let new = NewAccount {
        email: email.to_owned(),
        display_name: name.to_owned(),
        language: Language::Vi,
        password: password.clone(),
        is_verified: true,
    };
    let id = accounts::create(tx, &state.clock, new).await?;
    let person = AccountActor {
        id,
        email_verified: true,
        grants: Vec::new(),
        organisations: Vec::new(),
        reach: Reach::default(),
    };
    cast.people.insert(email.to_owned(), person);
    Ok(id)
}
