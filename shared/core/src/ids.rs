//! Typed identifiers over UUIDv7. The application makes them, never the database.

use uuid::Uuid;

/// Makes the named types: ids of one kind of thing, which the compiler keeps apart from all others.
#[macro_export]
macro_rules! typed_ids {
    ($( $(#[doc = $doc:literal])+ $name:ident; )+) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self { id.0 }
        }

        #[cfg(feature = "columns")]
        $crate::stored_as!($name, Uuid, |id| id.0, |id| Some($name(*id)));

        /// No database makes ids.
        #[cfg(feature = "columns")]
        impl $crate::columns::sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, $crate::columns::sea_orm::DbErr> {
                Err($crate::columns::sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+ };
}

typed_ids! {
    /// A person's account.
    AccountId;
    /// One signed-in device of an account.
    SessionId;
    /// A role given to an account.
    GrantId;
    /// An organisation in the tree.
    OrganisationId;
    /// A request to join an organisation.
    JoinRequestId;
    /// An uploaded file.
    FileId;
    /// A message in somebody's inbox.
    NotificationId;
    /// A message in the outbox.
    OutboxId;
    /// A running deadline.
    DeadlineId;
    /// A program that uses the interface for an organisation.
    ApiClientId;
    /// A key or secret of a client.
    ApiSecretId;
}
