//! Rows of deadlines, and of the time that was given on top.

pub mod deadline {
    use nq57_core::ids::DeadlineId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "deadlines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DeadlineId,
        pub subject_type: String,
        pub subject_id: Uuid,
        pub kind: String,
        pub started_at: DateTimeUtc,
        pub due_at: DateTimeUtc,
        pub paused_at: Option<DateTimeUtc>,
        /// Working days that were left when it was paused.
        pub days_left: Option<i32>,
        pub reminded_at: Option<DateTimeUtc>,
        pub breached_at: Option<DateTimeUtc>,
        /// Set when what was owed is there; one open row for each subject and kind.
        pub met_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// More time that was given. Only ever added.
pub mod extension {
    use nq57_core::ids::{AccountId, DeadlineId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "deadline_extensions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub subject_type: String,
        pub subject_id: Uuid,
        pub kind: String,
        pub deadline_id: DeadlineId,
        pub at: DateTimeUtc,
        pub actor_id: Option<AccountId>,
        pub from_due_at: DateTimeUtc,
        pub to_due_at: DateTimeUtc,
        /// Working days between the two.
        pub days: i32,
        pub reason: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
