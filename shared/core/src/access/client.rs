//! Programs that use the interface for an organisation: what each may be trusted with, and whose rows it may see.

use serde::{Deserialize, Serialize};

use super::Reach;
use crate::ids::{ApiClientId, OrganisationId};

/// What a client may be trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ClientScope {
    /// What is public of products.
    #[serde(rename = "products:read")]
    ProductsRead,
    /// What has changed since the last time.
    #[serde(rename = "changes:read")]
    ChangesRead,
    /// Where submissions stand, also those that are not public, in the provinces and organisations of the client.
    #[serde(rename = "dossiers:read")]
    DossiersRead,
    /// The register of cases of the provinces and organisations of the client.
    #[serde(rename = "cases:read")]
    CasesRead,
}

crate::stable_texts! {
    ClientScope {
        ProductsRead = "products:read",
        ChangesRead = "changes:read",
        DossiersRead = "dossiers:read",
        CasesRead = "cases:read",
    }
}

impl std::fmt::Display for ClientScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ClientScope {
    /// What it opens, as the document of the interface tells it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::ProductsRead => "What is public of products, their versions, history and files.",
            Self::ChangesRead => "What has changed since the last time.",
            Self::DossiersRead => {
                "Where submissions stand that are not public, in the provinces and organisations of the client."
            }
            Self::CasesRead => {
                "The register of cases of the provinces and organisations of the client."
            }
        }
    }

    /// Whether it shows what is not public: an administrator of the platform confirms it.
    #[must_use]
    pub const fn needs_confirmation(self) -> bool {
        matches!(self, Self::DossiersRead | Self::CasesRead)
    }
}

/// Scopes, and the rows that are not public. No province and no organisation is none, not all; what lies in one of
/// the provinces or belongs to one of the organisations is among the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientAccess {
    /// What the client may be trusted with.
    pub scopes: Vec<ClientScope>,
    /// Codes of the provinces whose offices handle the rows.
    #[cfg_attr(feature = "openapi", schema(example = json!(["92"])))]
    pub provinces: Vec<String>,
    /// The organisations to which the rows belong, each with what stands below it.
    pub organisations: Vec<OrganisationId>,
}

impl ClientAccess {
    /// What of this is in force for a client of `own`: whatever needs no confirmation, and what was confirmed.
    #[must_use]
    pub fn in_force(&self, own: OrganisationId, confirmed: &Self) -> Self {
        self.filtered(
            |scope| !scope.needs_confirmation() || confirmed.scopes.contains(&scope),
            |province| confirmed.provinces.contains(province),
            |organisation| organisation == own || confirmed.organisations.contains(&organisation),
        )
    }

    /// What is in both.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        self.filtered(
            |scope| other.scopes.contains(&scope),
            |province| other.provinces.contains(province),
            |organisation| other.organisations.contains(&organisation),
        )
    }

    fn filtered(
        &self,
        scope: impl Fn(ClientScope) -> bool,
        province: impl Fn(&String) -> bool,
        organisation: impl Fn(OrganisationId) -> bool,
    ) -> Self {
        Self {
            scopes: self.scopes.iter().copied().filter(|one| scope(*one)).collect(),
            provinces: self.provinces.iter().filter(|one| province(one)).cloned().collect(),
            organisations: self
                .organisations
                .iter()
                .copied()
                .filter(|one| organisation(*one))
                .collect(),
        }
    }
}

/// A client with everything that decisions need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientActor {
    pub id: ApiClientId,
    /// Whose client it is.
    pub organisation: OrganisationId,
    /// What is in force of what it was given, as far as this token goes.
    pub access: ClientAccess,
    /// Grows with each change of what is in force.
    pub access_version: u32,
    /// What stands below the organisations of its access.
    pub reach: Reach,
}

impl ClientActor {
    /// Whether it was trusted with this.
    #[must_use]
    pub fn has(&self, scope: ClientScope) -> bool {
        self.access.scopes.contains(&scope)
    }

    /// The organisations of its access with everything below them, each once.
    #[must_use]
    pub fn organisations_below(&self) -> Vec<OrganisationId> {
        let listed = &self.access.organisations;
        let mut all: Vec<_> = listed.iter().flat_map(|above| self.reach.of(*above)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_scope_comes_back_from_its_text_and_serde_says_the_same() {
        for scope in ClientScope::ALL {
            assert_eq!(ClientScope::parse(scope.as_str()), Some(*scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
    }

    #[test]
    fn what_is_not_public_or_not_ones_own_holds_once_it_is_confirmed() {
        let [own, other] = [1, 2].map(|id| OrganisationId(Uuid::from_u128(id)));
        let wanted = ClientAccess {
            scopes: vec![ClientScope::ProductsRead, ClientScope::CasesRead],
            provinces: vec!["92".into(), "01".into()],
            organisations: vec![own, other],
        };
        let first = wanted.in_force(own, &ClientAccess::default());
        assert_eq!(first.scopes, [ClientScope::ProductsRead]);
        assert!(first.provinces.is_empty());
        assert_eq!(first.organisations, [own]);
        assert_eq!(wanted.in_force(own, &wanted), wanted);
        // What was confirmed and is no longer wanted has to be confirmed again.
        let narrowed = ClientAccess { provinces: vec!["92".into()], ..wanted.clone() };
        let kept = wanted.within(&narrowed);
        assert_eq!(wanted.in_force(own, &kept).provinces, ["92"]);
    }
}
