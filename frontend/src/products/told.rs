//! What came of an event, briefly, with the way to the submission that it was sent to.

use nq57_shared::products::Product;
use nq57_ui::components::toast_with_link;
use nq57_ui::i18n::Text;

/// Says what was done, and names the submission by its code; a draft that has none by its title.
pub fn told(what: Text, product: &Product, href: String) {
    let name = product.code.clone().unwrap_or_else(|| product.content.title.clone());
    toast_with_link(what, name, href);
}
