//! What every case has, whatever it is about: a row in the register of cases, parts that people play in it,
//! facts that keep them from judging it, work that waits for somebody, a history, deadlines, attachments, a code
//! with its secret by which it is followed.
//! A domain writes all of it in the transaction of the change that it follows from.

pub mod attachments;
mod cases;
mod codes;
mod counted;
pub mod deadlines;
mod hand_over;
mod history;
mod list_cases;
mod list_handovers;
mod list_my_work;
pub mod notices;
mod participants;
mod reach;
mod table;
mod tracking;
mod work;

use crate::registry::Slice;

pub use cases::{Case, record};
pub use codes::{Issued, issue_code, renew_secret};
pub use hand_over::{HandOver, hand_over};
pub use history::{Transition, next_event, record as record_transition, transitions};
pub use participants::{
    Standing, add_author, add_side, add_side_of, add_sides, participants_of, played_in, recuse,
    replace_participants, shut_out, shut_out_of, standing_of,
};
pub use reach::JUDGE;
pub use tracking::track;
pub use work::{Assignee, Work, replace_work};

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[("work", "What waits for the caller, and the register of cases, of all kinds.")],
    routes: |routes| {
        routes
            .service(list_my_work::list_my_work)
            .service(list_cases::list_cases)
            .service(list_handovers::list_case_handovers);
    },
    jobs: deadlines::JOBS,
    notices: notices::NOTICES,
    kept_from: Some(participants::kept_from),
    ..Slice::EMPTY
};
