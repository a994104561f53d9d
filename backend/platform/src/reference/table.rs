//! Rows of reference lists and their entries.

pub mod list {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reference_lists")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub list: String,
        pub version: String,
        pub title_vi: String,
        pub title_en: String,
        #[sea_orm(column_type = "Text")]
        pub source: String,
        /// JSON object.
        #[sea_orm(column_type = "Text")]
        pub extra: String,
        /// SHA-256 of the shipped file that was loaded last.
        pub shipped: String,
        /// Grows with every change of the list or of an entry.
        pub revision: i64,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reference_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub list: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        #[sea_orm(column_type = "Text")]
        pub name_vi: String,
        #[sea_orm(column_type = "Text")]
        pub name_en: String,
        pub valid_from: Option<Date>,
        pub valid_to: Option<Date>,
        #[sea_orm(column_type = "Text")]
        pub source: String,
        pub sort: i32,
        /// JSON object.
        #[sea_orm(column_type = "Text")]
        pub extra: String,
        /// Written by an administrator: shipped versions leave it alone.
        pub is_local: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
