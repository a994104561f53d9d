//! How long each step of a product may take, and how long it is public, unless the operator chooses otherwise.

use nq57_platform::config::Allowance;

use super::subject::KIND;

const fn days(name: &'static str, default: u32) -> Allowance {
    Allowance { kind: KIND, name, default, may: 1..=365 }
}

/// The result of the eligibility check.
pub const ELIGIBILITY: Allowance = days("eligibility", 5);
/// An answer that the submitter owes.
pub const INFORMATION: Allowance = days("information", 10);
/// From acceptance to the recommendation of the panel.
pub const EVALUATION: Allowance = days("evaluation", 20);
/// From the recommendation through the decision to publication.
pub const PUBLICATION: Allowance = days("publication", 5);
/// Months of the calendar after which a publication expires; 0 is never.
pub const PUBLISHED_MONTHS: Allowance =
    Allowance { kind: KIND, name: "published_months", default: 24, may: 0..=600 };

/// All of them.
pub(super) const ALL: &[Allowance] =
    &[ELIGIBILITY, INFORMATION, EVALUATION, PUBLICATION, PUBLISHED_MONTHS];
