//! Rows of the audit and the head of its chain.

pub mod entry {
    use nq57_core::audit::AuditActor;
    use nq57_core::ids::AccountId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub at: DateTimeUtc,
        pub actor: AuditActor,
        pub actor_id: Option<AccountId>,
        pub action: String,
        pub subject_type: String,
        pub subject_id: Option<Uuid>,
        /// The case that the subject belongs to, when it is none itself.
        pub case_id: Option<Uuid>,
        /// JSON, hashed as it stands.
        #[sea_orm(column_type = "Text")]
        pub detail: String,
        pub request_id: Option<String>,
        /// Place in the chain, from 1; set when the entry is sealed.
        pub sequence: Option<i64>,
        pub hash: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        /// How many entries are sealed.
        pub sequence: i64,
        /// The hash of the last one; zeros before the first.
        pub hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
