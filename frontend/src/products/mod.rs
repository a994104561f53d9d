//! Products in the browser: the public catalogue and pages, figures, and the submitter's own pages.
//! Decides nothing that the server decides: what is allowed comes with each product.

pub mod api;
mod case_kind;
mod catalogue;
mod changes;
pub mod facts;
pub mod item;
mod page;
mod saving;
mod state_tag;
mod statistics;
mod submissions;
pub mod timeline;
mod told;
mod two_texts;
pub mod view_model;
mod waiting;

pub use case_kind::CASE_KIND;
pub use catalogue::CataloguePage;
pub use changes::{Changes, SideBySide};
pub use page::{ComparePage, ProductPage};
pub use saving::saving_words;
pub use state_tag::StateTag;
pub use statistics::StatisticsPage;
pub use submissions::{
    AnswersOf, CheckPage, FileLink, ListPage, OwnPage, SentPage, StartPage, StepPage,
};
pub use told::told;
pub use two_texts::{Difference, HeldTexts, TwoTexts, send_over};
pub use waiting::WaitingNotice;
