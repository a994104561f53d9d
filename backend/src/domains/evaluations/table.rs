//! Rows of evaluations, of their panels, and of the facts that are only ever added. Private to the slice.

pub mod evaluation {
    use nq57_platform::columns::Json;
    use nq57_shared::evaluations::{EvaluationMode, EvaluationState, RecommendedVerdict, Rubric};
    use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EvaluationId,
        pub product_id: ProductId,
        pub product_version: u32,
        pub state: EvaluationState,
        pub mode: EvaluationMode,
        /// As it stood when the evaluation was opened.
        pub rubric: Json<Rubric>,
        pub chair_id: AccountId,
        pub quorum: u32,
        pub due_on: Date,
        /// The end of that day in Vietnam.
        pub due_at: DateTimeUtc,
        pub opened_at: DateTimeUtc,
        /// When the quorum was met, while it still is.
        pub quorum_reached_at: Option<DateTimeUtc>,
        pub visited_on: Option<Date>,
        pub visited_place: Option<String>,
        pub visited_minutes: Option<String>,
        pub recommended_by: Option<AccountId>,
        pub recommended_verdict: Option<RecommendedVerdict>,
        pub recommended_reason: Option<String>,
        pub recommended_at: Option<DateTimeUtc>,
        pub closed_at: Option<DateTimeUtc>,
        pub revision: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod member {
    use nq57_platform::columns::Json;
    use nq57_shared::evaluations::{ConflictAnswer, Score};
    use nq57_shared::ids::{AccountId, EvaluationId};
    use sea_orm::entity::prelude::*;

    /// A seat on a panel, with what its holder said and scored.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluation_members")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub evaluation_id: EvaluationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        pub position: i32,
        pub conflict: ConflictAnswer,
        pub conflict_note: Option<String>,
        pub declared_at: Option<DateTimeUtc>,
        /// Once a sheet was recorded.
        pub scores: Option<Json<Vec<Score>>>,
        pub submitted_at: Option<DateTimeUtc>,
        /// Since when the seat is given up; it stays for its revision, which never begins again.
        pub left_at: Option<DateTimeUtc>,
        /// Counts what its holder has said and scored, and each time the seat was given up or taken again.
        pub revision: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod look {
    use nq57_shared::ids::{AccountId, EvaluationId};
    use sea_orm::entity::prelude::*;

    /// The first time that sheets of others were shown to an account. Append-only likewise.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluation_looks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub evaluation_id: EvaluationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        pub first_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod recommendation {
    use nq57_shared::evaluations::RecommendedVerdict;
    use nq57_shared::ids::{AccountId, EvaluationId};
    use sea_orm::entity::prelude::*;

    /// A recommendation as it was given. Only ever added.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluation_recommendations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub evaluation_id: EvaluationId,
        pub account_id: Option<AccountId>,
        pub at: DateTimeUtc,
        pub verdict: RecommendedVerdict,
        pub reason: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod visit {
    use nq57_shared::ids::{AccountId, EvaluationId};
    use sea_orm::entity::prelude::*;

    /// Minutes of a look on site as they were recorded. Only ever added.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "evaluation_visits")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub evaluation_id: EvaluationId,
        pub account_id: Option<AccountId>,
        pub at: DateTimeUtc,
        pub visited_on: Date,
        pub place: String,
        pub minutes: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
