//! A product as a case: its kind, the series of its codes, the parts that people play in it.

use nq57_platform::subject::Subject;
use nq57_shared::ids::ProductId;

/// What kind of case a product is.
pub const KIND: &str = "product";
/// The series of its public codes: *sản phẩm*.
pub const SERIES: &str = "SP";

/// The part of who leads the panel that judges a product.
pub const PANEL_CHAIR: &str = "panel_chair";
/// The part of who has a seat on that panel.
pub const PANEL_MEMBER: &str = "panel_member";

/// The product as a case.
#[must_use]
pub fn subject_of(id: ProductId) -> Subject {
    Subject::new(KIND, id.0)
}
