//! What every domain of cases shows alike: deadlines, the queue of work, the register. Knows no kind of case:
//! each domain says in a [`CaseKind`] what its words and pages are.

mod bulk;
mod csv;
mod due;
mod facets;
mod filters;
mod kind;
mod next;
mod origin;
mod place;
mod queue;
mod queue_rows;
mod register;
mod register_paper;
mod register_rows;
mod row_head;
mod search;
mod shortcuts;
mod sorting;

pub use bulk::{BulkAction, Sent};
pub use due::{Due, DueTag};
pub use kind::{CaseKind, CaseKinds, StateLook, kind_of};

use kind::kind_name;
pub use next::NextWork;
pub use origin::way_back;
pub use queue::Queue;
pub use register::Register;
use register_paper::{LastFilters, Printed};
pub use shortcuts::Shortcuts;
