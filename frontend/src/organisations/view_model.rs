//! What kinds of organisations are called, and what a form lacks.

use nq57_shared::organisations::OrganisationKind;
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::Violation;
use nq57_ui::i18n::tr::organisations::kinds;

/// The kind in words; reactive.
pub fn kind_name(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::PartyBody => kinds::party_body(),
        OrganisationKind::Ministry => kinds::ministry(),
        OrganisationKind::Province => kinds::province(),
        OrganisationKind::Department => kinds::department(),
        OrganisationKind::Enterprise => kinds::enterprise(),
        OrganisationKind::Institute => kinds::institute(),
        OrganisationKind::University => kinds::university(),
        OrganisationKind::Cooperative => kinds::cooperative(),
        OrganisationKind::Association => kinds::association(),
        OrganisationKind::Other => kinds::other(),
    }
}

/// That nothing was given at this place.
pub(super) fn required(pointer: impl Into<String>) -> Violation {
    Violation { pointer: pointer.into(), code: FieldCode::Required, limit: None }
}
