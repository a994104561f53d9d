//! Rows of accounts, sessions, grants, one-time links and failed log-ins. Private to the slice:
//! others get shared types from `store`, `grants` and `sessions`.

pub mod account {
    use nq57_shared::ids::AccountId;
    use nq57_shared::language::Language;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AccountId,
        /// Trimmed, lower case.
        #[sea_orm(unique)]
        pub email: String,
        pub email_verified_at: Option<DateTimeUtc>,
        pub display_name: String,
        /// Name and address without diacritics, for search.
        pub folded: String,
        /// The name alone, for lists whose readers may not know addresses.
        pub name_folded: String,
        pub language: Language,
        pub password_hash: String,
        pub suspended_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
        /// Last log-in or refresh.
        pub last_seen_at: Option<DateTimeUtc>,
        /// Mails since somebody opened a link, caused by typing the address.
        pub asked_mails: i32,
        pub last_asked_mail_at: Option<DateTimeUtc>,
        pub revision: i64,
    }

    /// Without the password hash.
    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod session {
    use nq57_shared::ids::{AccountId, SessionId};
    use sea_orm::entity::prelude::*;

    /// A signed-in device: the family of its refresh tokens.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionId,
        pub account_id: AccountId,
        pub created_at: DateTimeUtc,
        pub last_used_at: DateTimeUtc,
        /// Moves with every refresh.
        pub expires_at: DateTimeUtc,
        pub revoked_at: Option<DateTimeUtc>,
        pub user_agent: String,
        pub address: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::account::Entity",
            from = "Column::AccountId",
            to = "super::account::Column::Id"
        )]
        Account,
        #[sea_orm(
            belongs_to = "super::grant::Entity",
            from = "Column::AccountId",
            to = "super::grant::Column::AccountId"
        )]
        Grant,
    }

    impl Related<super::account::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Account.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod refresh_token {
    use nq57_shared::ids::SessionId;
    use sea_orm::entity::prelude::*;

    /// A refresh token that was handed out; used ones stay, so that their reuse is noticed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: String,
        pub session_id: SessionId,
        pub issued_at: DateTimeUtc,
        pub used_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod mail_token {
    use nq57_shared::ids::AccountId;
    use sea_orm::entity::prelude::*;

    use crate::identity::accounts::links::Purpose;

    /// A one-time link that was mailed; deleted when it is used.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mail_tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: String,
        pub account_id: AccountId,
        pub purpose: Purpose,
        pub expires_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod registration {
    use nq57_shared::ids::AccountId;
    use sea_orm::entity::prelude::*;

    /// What somebody typed who registered; gone when the address is verified.
    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "registrations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: AccountId,
        /// Digest of the secret that the browser keeps.
        pub browser: String,
        pub password_hash: String,
        pub display_name: String,
        pub expires_at: DateTimeUtc,
    }

    /// Without the password hash.
    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("Registration").field("id", &self.id).finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod log_in_failure {
    use sea_orm::entity::prelude::*;

    /// Failed log-ins for one typed address or one network address.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "log_in_failures")]
    pub struct Model {
        /// Digest of what it counts for.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub failures: i32,
        pub last_at: DateTimeUtc,
        pub blocked_until: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod grant {
    use nq57_shared::access::Role;
    use nq57_shared::ids::{AccountId, GrantId, OrganisationId};
    use sea_orm::entity::prelude::*;

    /// A role given to an account; revoked ones stay as history.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "grants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: GrantId,
        pub account_id: AccountId,
        pub role: Role,
        pub organisation_id: Option<OrganisationId>,
        pub province_code: Option<String>,
        pub granted_at: DateTimeUtc,
        /// Nothing when the platform itself gave it.
        pub granted_by: Option<AccountId>,
        /// First day (in Vietnam) on which it is no longer in force.
        pub expires_on: Option<Date>,
        pub revoked_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::account::Entity",
            from = "Column::AccountId",
            to = "super::account::Column::Id"
        )]
        Account,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
