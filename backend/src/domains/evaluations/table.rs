//! Rows of rounds, of their panels, and of the facts that are only ever added. Private to the slice.

pub mod round {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub product_id: Uuid,
        pub product_version: i32,
        pub state: String,
        pub mode: String,
        /// JSON of the rubric as it stood when the round was opened.
        #[sea_orm(column_type = "Text")]
        pub rubric: String,
        pub chair_id: Uuid,
        pub quorum: i32,
        pub due_on: Date,
        /// The end of that day in Vietnam.
        pub due_at: DateTimeUtc,
        pub opened_at: DateTimeUtc,
        /// When the quorum was met, while it still is.
        pub quorum_reached_at: Option<DateTimeUtc>,
        pub visited_on: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub visited_place: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub visited_minutes: Option<String>,
        pub recommended_by: Option<Uuid>,
        pub recommended_verdict: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub recommended_reason: Option<String>,
        pub recommended_at: Option<DateTimeUtc>,
        pub closed_at: Option<DateTimeUtc>,
        pub revision: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::member::Entity")]
        Member,
    }

    impl Related<super::member::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Member.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod member {
    use sea_orm::entity::prelude::*;

    /// A seat on a panel, with what its holder said and scored.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluation_members")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub evaluation_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: Uuid,
        pub position: i32,
        pub conflict: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub conflict_note: Option<String>,
        pub declared_at: Option<DateTimeUtc>,
        /// JSON of the scores, once a sheet was kept.
        #[sea_orm(column_type = "Text", nullable)]
        pub scores: Option<String>,
        pub submitted_at: Option<DateTimeUtc>,
        /// Since when the seat is given up; it stays for its revision, which never begins again.
        pub left_at: Option<DateTimeUtc>,
        /// Counts what its holder has said and scored, and each time the seat was given up or taken again.
        pub revision: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::round::Entity",
            from = "Column::EvaluationId",
            to = "super::round::Column::Id"
        )]
        Round,
    }

    impl Related<super::round::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Round.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod look {
    use sea_orm::entity::prelude::*;

    /// The first time that sheets of others were shown to an account. Append-only likewise.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluation_looks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub evaluation_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: Uuid,
        pub first_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod recommendation {
    use sea_orm::entity::prelude::*;

    /// A recommendation as it was given. Only ever added.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluation_recommendations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub evaluation_id: Uuid,
        pub account_id: Option<Uuid>,
        pub at: DateTimeUtc,
        pub verdict: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod visit {
    use sea_orm::entity::prelude::*;

    /// Minutes of a look on site as they were recorded. Only ever added.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluation_visits")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub evaluation_id: Uuid,
        pub account_id: Option<Uuid>,
        pub at: DateTimeUtc,
        pub visited_on: Date,
        #[sea_orm(column_type = "Text")]
        pub place: String,
        #[sea_orm(column_type = "Text")]
        pub minutes: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
