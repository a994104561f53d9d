//! Rows of contacts of cases, and of how many letters an address has got.

pub mod contact {
    use nq57_core::language::Language;
    use sea_orm::entity::prelude::*;

    /// Where to write about a case. Private: without `Debug` of its own.
    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_contacts")]
    pub struct Model {
        /// Another one for each address: links of a former one open nothing.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(unique)]
        pub case_id: Uuid,
        pub kind: String,
        pub code: String,
        /// Trimmed, lower case; empty once it is stopped.
        pub email: String,
        pub name: String,
        pub language: Language,
        pub created_at: DateTimeUtc,
        pub confirmed_at: Option<DateTimeUtc>,
        pub stopped_at: Option<DateTimeUtc>,
        /// Letters in a row that its mail server refused for good.
        pub refusals: i32,
        /// What the case says of its retention.
        pub erase_at: Option<DateTimeUtc>,
    }

    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("Contact").field("id", &self.id).finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod count {
    use sea_orm::entity::prelude::*;

    /// Letters about cases that went to one address.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_letter_counts")]
    pub struct Model {
        /// A keyed digest.
        #[sea_orm(primary_key, auto_increment = false)]
        pub address: String,
        pub hour_from: DateTimeUtc,
        pub letters: i32,
        pub day_from: DateTimeUtc,
        /// Asking whether the address is right.
        pub questions: i32,
        /// Its owner wants no such question.
        pub blocked_until: Option<DateTimeUtc>,
        pub changed_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
