//! Rounds of evaluation in the browser: opening one, declaring conflicts, scoring, results, recommending.
//! What may be done comes with each round as `allowed_actions`.

pub mod api;
mod chair;
mod conflict;
mod entries;
mod open_page;
mod panel;
mod panel_form;
mod result;
mod round_page;
mod score_sheet;
mod view_model;
mod visit;

pub use open_page::OpenEvaluationPage;
pub use result::{RecommendationGiven, ResultOf};
pub use round_page::RoundPage;
