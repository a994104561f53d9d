//! Who may see and do what with a product. Officials act within the limits of their grants,
//! and never on what is their own or where they declared a conflict of interest. A client sees what is public.

#![expect(clippy::disallowed_methods, reason = "a policy says yes")]

use std::collections::BTreeSet;

use crate::access::{Actor, Allowed, Decision, Denial, Role, Scope};
use crate::ids::{AccountId, OrganisationId, ProductId};
use crate::products::{ProductEvent, ProductState};

/// What can be done with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductAction {
    /// Begin a draft.
    Create,
    /// See what is public of it, or the working version for those who take part.
    Read,
    /// See the working version with contact data.
    ReadWorking,
    /// Change text and files.
    Edit,
    /// See the checklist.
    ReadEligibility,
    /// Give verdicts.
    RecordEligibility,
    /// Open an evaluation and name its panel.
    OpenEvaluation,
    /// Enter awards and certificates.
    RecordHonours,
    /// Get a new secret for following it by its code; the old one ends.
    RenewSecret,
    /// Send an event.
    Send(ProductEvent),
}

impl ProductAction {
    /// Whether it is for the submitter alone.
    const fn is_submitters(self) -> bool {
        matches!(
            self,
            Self::Edit
                | Self::RenewSecret
                | Self::Send(
                    ProductEvent::Submit
                        | ProductEvent::Revise
                        | ProductEvent::DiscardRevision
                        | ProductEvent::Withdraw
                )
        )
    }
}

/// What the decision needs to know of the product.
#[derive(Clone, Copy, Debug)]
pub struct ProductSubject<'a> {
    pub id: ProductId,
    pub state: ProductState,
    /// Whether anything of it was ever sent.
    pub is_sent: bool,
    pub owner_id: AccountId,
    pub organisation_id: Option<OrganisationId>,
    pub province_code: Option<&'a str>,
    /// Whether a version of it is public now.
    pub is_public: bool,
    /// How the caller stands to its panels.
    pub panel: PanelStanding,
}

/// How somebody stands to the panels of a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PanelStanding {
    /// Sits on one, as a member.
    pub is_on_panel: bool,
    /// Declared a conflict of interest, in whichever evaluation, or stood on the submitter's side when it was
    /// written: never acts as an official on it.
    pub is_recused: bool,
    /// Has a seat in the evaluation that is open, leads it, or gave a recommendation in it.
    pub judges: bool,
}

impl ProductSubject<'_> {
    /// Whether the actor submitted it, alone or through an organisation.
    #[must_use]
    pub fn is_own(&self, actor: &Actor) -> bool {
        actor.account_id() == Some(self.owner_id)
            || self.organisation_id.is_some_and(|organisation| actor.is_member_of(organisation))
    }

    fn has_official_role(&self, actor: &Actor, role: Role) -> bool {
        let scope =
            Scope { organisation_id: self.organisation_id, province_code: self.province_code };
        actor.has_role_for(role, scope)
    }

    fn may_read_working(&self, actor: &Actor) -> bool {
        if actor.is_system() || self.is_own(actor) {
            return true;
        }
        let official = Role::REGISTER.into_iter().any(|role| self.has_official_role(actor, role));
        // What is being written, or was never sent, is nobody's business but its author's.
        self.state != ProductState::Draft && self.is_sent && (official || self.panel.is_on_panel)
    }
}

/// Which products a list may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProductVisibility {
    /// Only what is public.
    Public,
    /// What is public, what is one's own, and what one has to do with as an official.
    Account {
        id: AccountId,
        organisations: Vec<OrganisationId>,
        /// Limits of official roles; an empty limit shows everything that was submitted.
        official: Vec<(Option<Vec<OrganisationId>>, Option<String>)>,
    },
}

/// The rows that a list may show to `actor`.
#[must_use]
pub fn visibility(actor: &Actor) -> ProductVisibility {
    match actor {
        Actor::Anonymous | Actor::System | Actor::Client(_) => ProductVisibility::Public,
        Actor::Account(account) => ProductVisibility::Account {
            id: account.id,
            organisations: account.organisations.clone(),
            official: account
                .grants
                .iter()
                .filter(|grant| Role::REGISTER.contains(&grant.role))
                .map(|grant| {
                    let within = grant.organisation_id.map(|id| account.reach.of(id).collect());
                    (within, grant.province_code.clone())
                })
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        },
    }
}

/// Whether `actor` may do this with the product; `Create` ignores the subject.
///
/// # Errors
/// The denial to answer with: hidden where the caller may not know that the product exists.
pub fn may(actor: &Actor, action: ProductAction, subject: Option<&ProductSubject<'_>>) -> Decision {
    let Some(subject) = subject else {
        return match actor {
            Actor::System => Ok(Allowed::without_id()),
            Actor::Anonymous | Actor::Client(_) => Err(actor.person_needed()),
            Actor::Account(_) if actor.has_role(Role::Auditor) => Err(Denial::ReadsOnly),
            Actor::Account(account) if account.email_verified => Ok(Allowed::without_id()),
            Actor::Account(_) => Err(Denial::EmailUnverified),
        };
    };
    let allowed = Allowed::about(subject.id.0);
    let reads_working = subject.may_read_working(actor);
    if action == ProductAction::Read && (subject.is_public || reads_working) {
        return Ok(allowed);
    }
    if matches!(actor, Actor::Anonymous) {
        return Err(if subject.is_public || action != ProductAction::Read {
            Denial::Unauthenticated
        } else {
            Denial::Hidden
        });
    }
    let own = subject.is_own(actor);
    let official =
        |role| !own && !subject.panel.is_recused && subject.has_official_role(actor, role);
    // Officials answer for what is public, also while the next version is still its author's draft.
    let answers_for_public = subject.is_public
        && match action {
            ProductAction::Send(ProductEvent::Suspend) => official(Role::Publisher),
            ProductAction::RecordHonours => {
                official(Role::Publisher) || official(Role::Administrator)
            }
            _ => false,
        };
    if !reads_working && !answers_for_public {
        return Err(if subject.is_public { Denial::Forbidden } else { Denial::Hidden });
    }
    // Whoever audits keeps sight of what was sent before, and changes nothing of it.
    if own && action.is_submitters() && actor.has_role(Role::Auditor) {
        return Err(Denial::ReadsOnly);
    }
    let permitted = match action {
        ProductAction::Create | ProductAction::Read | ProductAction::ReadWorking => true,
        ProductAction::Edit => own && subject.state.is_editable(),
        ProductAction::RenewSecret => own,
        ProductAction::ReadEligibility => true,
        ProductAction::RecordEligibility => official(Role::IntakeOfficer),
        ProductAction::OpenEvaluation => official(Role::PanelChair),
        ProductAction::RecordHonours => official(Role::Publisher) || official(Role::Administrator),
        ProductAction::Send(event) => match event {
            // Nobody begins in the name of an organisation that has been left.
            ProductEvent::Submit => {
                let is_member = |organisation| actor.is_member_of(organisation);
                own && (subject.is_sent || subject.organisation_id.is_none_or(is_member))
            }
            ProductEvent::Revise | ProductEvent::DiscardRevision | ProductEvent::Withdraw => own,
            ProductEvent::RequestInformation
            | ProductEvent::MarkIneligible
            | ProductEvent::Accept => official(Role::IntakeOfficer),
            ProductEvent::StartEvaluation
            | ProductEvent::RequireOnSite
            | ProductEvent::Recommend => official(Role::PanelChair),
            // Who judges it does not decide about it.
            ProductEvent::DecidePublish | ProductEvent::DecideDecline => {
                official(Role::Publisher) && !subject.panel.judges
            }
            ProductEvent::Publish | ProductEvent::Suspend | ProductEvent::Resume => {
                official(Role::Publisher)
            }
            ProductEvent::VoidRecommendation | ProductEvent::Expire => false,
        },
    };
    if permitted || actor.is_system() { Ok(allowed) } else { Err(Denial::Forbidden) }
}
