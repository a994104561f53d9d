//! What a domain says of its kind of case, so that queue and register can show it unchanged.

use nq57_shared::casework::{CaseSummary, WorkItem};

use super::BulkAction;
use crate::components::{Glyph, Tone};

/// How a state is shown.
#[derive(Clone, Copy)]
pub struct StateLook {
    /// The word; reactive.
    pub words: &'static str,
    pub tone: Tone,
    pub glyph: Glyph,
}

/// Words, looks and addresses of one kind of case. What a later server says and this page does not know has none.
#[derive(Clone, Copy)]
pub struct CaseKind {
    /// As the API calls it.
    pub kind: &'static str,
    /// What it is called; reactive.
    pub name: fn() -> &'static str,
    /// The states, in the order of the procedure.
    pub states: &'static [&'static str],
    pub state: fn(&str) -> Option<StateLook>,
    /// The parts that may have to act next, in the order of the procedure.
    pub holders: &'static [&'static str],
    pub holder: fn(&str) -> Option<&'static str>,
    pub step: fn(&str) -> Option<&'static str>,
    /// The page of the case for officials.
    pub page: fn(&CaseSummary) -> String,
    /// The page where a piece of work is done.
    pub work_page: fn(&WorkItem) -> String,
    /// What may be done with several cases at once.
    pub bulk: &'static [BulkAction],
}

/// All kinds that an application knows.
pub type CaseKinds = &'static [CaseKind];

/// The name of the kind, as it stands before the sender of a row; nothing where all are of one kind.
pub(super) fn kind_name(
    kinds: CaseKinds,
    kind: Option<&'static CaseKind>,
) -> Option<impl Fn() -> String + Send + Sync + 'static> {
    let kind = kind.filter(|_| kinds.len() > 1)?;
    Some(move || format!("{}, ", (kind.name)()))
}

/// The kind of this name.
pub fn kind_of(kinds: CaseKinds, name: &str) -> Option<&'static CaseKind> {
    kinds.iter().find(|kind| kind.kind == name)
}
