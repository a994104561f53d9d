//! Rows of organisations, what became of them, members and requests to join. Private to the slice.

pub mod organisation {
    use nq57_shared::ids::OrganisationId;
    use nq57_shared::organisations::{Organisation, OrganisationKind};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organisations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: OrganisationId,
        pub name: String,
        /// Name, tax code and code without diacritics: search and order of the list.
        pub folded: String,
        pub kind: OrganisationKind,
        #[sea_orm(unique)]
        pub tax_code: Option<String>,
        pub province_code: Option<String>,
        #[sea_orm(unique)]
        pub code: Option<String>,
        pub parent_id: Option<OrganisationId>,
        pub valid_from: Option<Date>,
        /// The last day.
        pub valid_to: Option<Date>,
        pub verified_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
        pub revision: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl From<Model> for Organisation {
        fn from(row: Model) -> Self {
            Self {
                id: row.id,
                name: row.name,
                kind: row.kind,
                tax_code: row.tax_code,
                province_code: row.province_code,
                code: row.code,
                parent_id: row.parent_id,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                is_verified: row.verified_at.is_some(),
                revision: row.revision.cast_unsigned(),
            }
        }
    }
}

pub mod succession {
    use nq57_shared::ids::OrganisationId;
    use sea_orm::entity::prelude::*;

    /// What an organisation became.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organisation_successions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub predecessor_id: OrganisationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub successor_id: OrganisationId,
        pub happened_on: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod membership {
    use nq57_shared::ids::{AccountId, OrganisationId};
    use sea_orm::entity::prelude::*;

    /// An active member; who leaves loses the row; [`super::departure`] keeps that it was there.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "memberships")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: OrganisationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        pub is_manager: bool,
        pub joined_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::organisation::Entity",
            from = "Column::OrganisationId",
            to = "super::organisation::Column::Id"
        )]
        Organisation,
    }

    impl Related<super::organisation::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Organisation.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod join_request {
    use nq57_shared::ids::{AccountId, JoinRequestId, OrganisationId};
    use nq57_shared::organisations::JoinRequestState;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "join_requests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: JoinRequestId,
        pub organisation_id: OrganisationId,
        pub account_id: AccountId,
        pub message: String,
        pub state: JoinRequestState,
        pub created_at: DateTimeUtc,
        pub answered_at: Option<DateTimeUtc>,
        pub answered_by: Option<AccountId>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::organisation::Entity",
            from = "Column::OrganisationId",
            to = "super::organisation::Column::Id"
        )]
        Organisation,
    }

    impl Related<super::organisation::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Organisation.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod departure {
    use nq57_shared::ids::{AccountId, OrganisationId};
    use sea_orm::entity::prelude::*;

    /// Somebody who was a member until then. Only ever added.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organisation_departures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: OrganisationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub left_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
