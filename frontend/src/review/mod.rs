//! Officials at work on a submission: the eligibility check, the decision, honours.
//! What may be done comes with each product; nothing is decided here.

mod api;
mod checklist;
mod decision_page;
mod eligibility_page;
mod events;
mod handovers;
mod honours;
mod item;
mod view_model;
mod way;

pub use decision_page::DecisionPage;
pub use eligibility_page::EligibilityPage;
