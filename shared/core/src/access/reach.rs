//! What a limit to an organisation includes: the organisation and what stands below it.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use crate::ids::OrganisationId;

/// Which organisations stand below which, as far as somebody's grants need it. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach(Arc<BTreeSet<(OrganisationId, OrganisationId)>>);

impl Reach {
    /// Of pairs: what stands above, what below.
    pub fn new(pairs: impl IntoIterator<Item = (OrganisationId, OrganisationId)>) -> Self {
        Self(Arc::new(pairs.into_iter().collect()))
    }

    /// Whether a limit to `above` includes `one`.
    #[must_use]
    pub fn covers(&self, above: OrganisationId, one: OrganisationId) -> bool {
        above == one || self.0.contains(&(above, one))
    }

    /// Everything that a limit to `above` includes, each once.
    pub fn of(&self, above: OrganisationId) -> impl Iterator<Item = OrganisationId> + '_ {
        let bound = |id| (above, OrganisationId(id));
        let below = self.0.range(bound(Uuid::nil())..=bound(Uuid::max())).map(|(_, below)| *below);
        std::iter::once(above).chain(below.filter(move |below| *below != above))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_includes_itself_and_what_is_below_and_nothing_else() {
        let [ministry, office, desk, other] =
            [1, 2, 3, 4].map(|id| OrganisationId(Uuid::from_u128(id)));
        let reach = Reach::new([(ministry, office), (ministry, desk), (ministry, ministry)]);
        assert!(reach.covers(ministry, desk) && reach.covers(other, other));
        assert!(!reach.covers(office, ministry) && !reach.covers(office, desk));
        assert_eq!(reach.of(ministry).collect::<Vec<_>>(), [ministry, office, desk]);
        assert_eq!(reach.of(other).collect::<Vec<_>>(), [other]);
    }
}
