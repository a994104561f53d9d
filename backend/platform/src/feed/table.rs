//! Rows of the feed. `change` itself is read and written by the queries of `sequencer` and `rows` alone.

/// What writers leave, until it has its number.
pub mod inbox {
    use nq57_core::feed::Cause;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "change_inbox")]
    pub struct Model {
        /// Drawn by the database: of one object in the order of its changes, whose row is locked.
        #[sea_orm(primary_key)]
        pub n: i64,
        #[sea_orm(column_name = "type")]
        pub kind: String,
        pub object_id: String,
        /// JSON array; empty when nobody reads the object any more.
        #[sea_orm(column_type = "Text")]
        pub audiences: String,
        pub cause: Option<Cause>,
        pub revision: i64,
        /// The finished text of its line after `seq`.
        #[sea_orm(column_type = "Text", nullable)]
        pub line: Option<String>,
        pub updated_at: DateTimeUtc,
        /// When it was left here.
        pub at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The end of the order: one row.
pub mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "change_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        /// The last number that was given.
        pub seq: i64,
        /// When; never goes back.
        pub at: DateTimeUtc,
        /// When the feed was last compared with the rows that it is about.
        pub checked_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// From which number on it is the history of which name: another one after each start, and after a restore.
pub mod generation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "change_generation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub from_seq: i64,
        /// Random.
        pub nonce: String,
        pub at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
