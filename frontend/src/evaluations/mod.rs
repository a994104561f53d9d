//! Evaluations in the browser: opening one, declaring conflicts, scoring, results, recommending.
//! What may be done comes with each evaluation as `allowed_actions`.

pub mod api;
mod chair;
mod conflict;
mod entries;
mod evaluation_page;
mod open_page;
mod panel;
mod panel_form;
mod result;
mod score_sheet;
mod view_model;
mod visit;

pub use evaluation_page::EvaluationPage;
pub use open_page::OpenEvaluationPage;
pub use result::{RecommendationGiven, ResultOf};
