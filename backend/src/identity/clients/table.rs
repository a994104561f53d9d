//! Rows of clients, of their secrets, of every access they had, and of what they have asked. Private to the slice.

pub mod api_client {
    use nq57_platform::columns::Json;
    use nq57_shared::access::ClientAccess;
    use nq57_shared::ids::{AccountId, ApiClientId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_clients")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ApiClientId,
        pub organisation_id: OrganisationId,
        pub name: String,
        pub purpose: String,
        /// What it was given.
        pub wanted: Json<ClientAccess>,
        /// What an administrator of the platform has confirmed of it.
        pub confirmed: Json<ClientAccess>,
        /// Whether anything of the first is missing in the second and needs to be there; written by `store`.
        pub awaits_confirmation: bool,
        pub confirmed_at: Option<DateTimeUtc>,
        /// In CIDR form.
        pub networks: Json<Vec<String>>,
        pub expires_at: Option<DateTimeUtc>,
        /// The fewest days before the end of which somebody was told.
        pub told_days: Option<i32>,
        pub suspended_at: Option<DateTimeUtc>,
        /// Its organisation cannot resume it then.
        pub suspended_by_platform: bool,
        pub suspension_reason: Option<String>,
        /// Grows with what is in force; each has a row in `client_access`.
        pub access_version: u32,
        /// Seals its cursors of the change feed: those name versions of its access.
        pub cursor_key: String,
        pub revision: i64,
        pub created_by: AccountId,
        pub created_at: DateTimeUtc,
        /// The row stays for what the audit says of it.
        pub deleted_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod api_secret {
    use nq57_shared::clients::ApiSecretKind;
    use nq57_shared::ids::{AccountId, ApiClientId, ApiSecretId};
    use sea_orm::entity::prelude::*;

    /// The text is shown once and kept as its digest.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_secrets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ApiSecretId,
        pub client_id: ApiClientId,
        pub kind: ApiSecretKind,
        #[sea_orm(unique)]
        pub lookup: String,
        pub digest: String,
        pub created_by: AccountId,
        pub created_at: DateTimeUtc,
        pub expires_at: Option<DateTimeUtc>,
        /// The fewest days before the end of which somebody was told.
        pub told_days: Option<i32>,
        pub revoked_at: Option<DateTimeUtc>,
        pub last_used_at: Option<DateTimeUtc>,
        pub last_used_address: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::api_client::Entity",
            from = "Column::ClientId",
            to = "super::api_client::Column::Id"
        )]
        Client,
    }

    impl Related<super::api_client::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Client.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod client_access {
    use nq57_platform::columns::Json;
    use nq57_shared::access::ClientAccess;
    use nq57_shared::ids::ApiClientId;
    use sea_orm::entity::prelude::*;

    /// What was in force from then on. Only ever added.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "client_access")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub client_id: ApiClientId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: u32,
        pub access: Json<ClientAccess>,
        pub at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod api_request {
    use nq57_shared::ids::ApiClientId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_requests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub client_id: ApiClientId,
        pub at: DateTimeUtc,
        pub method: String,
        /// The pattern of the path: no query, no body.
        pub route: String,
        pub status: i32,
        pub ms: i32,
        pub address: String,
        pub request_id: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
