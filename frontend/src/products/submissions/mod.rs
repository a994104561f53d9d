//! The submitter's own pages: the list, the wizard, the check before sending, the confirmation, the submission itself.
//! What is typed is never lost: it is saved to the server, else kept on the device.

mod answers;
mod check;
mod conflict;
mod editor;
mod fields;
mod file_link;
mod list;
mod own;
mod own_notice;
mod patch;
mod secret;
mod sent;
mod start;
mod step;
mod steps;
mod wizard;

pub use answers::AnswersOf;
pub use check::CheckPage;
pub use file_link::FileLink;
pub use list::ListPage;
pub use own::OwnPage;
pub use sent::SentPage;
pub use start::StartPage;
pub use wizard::StepPage;

use nq57_shared::products::draft::Contact;
use nq57_shared::products::{Product, ProductDraft};

/// The draft in a product that its submitter reads.
fn draft_of(product: &Product) -> ProductDraft {
    let contact: Contact = product.content.owner.contact.clone().unwrap_or_default();
    product.content.clone().into_draft(contact)
}
