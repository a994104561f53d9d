//! Rows of products. Private to the slice: others get shared types and `ProductRecord` from `store`.
//! Columns that end in a list or a document hold JSON; what lists filter by stands in columns of its own.

/// The working row of a product: the text that its submitter changes and officials judge.
pub mod product {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "products")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        #[sea_orm(unique)]
        pub code: Option<String>,
        pub title: String,
        /// Without diacritics, for sorting and for the search of officials.
        pub title_folded: String,
        pub kind: String,
        pub domain: String,
        /// JSON list of codes.
        pub sectors: String,
        pub maturity: Option<String>,
        pub trl: Option<i16>,
        pub province_code: Option<String>,
        /// The province whose office handles the case: as it stood at the first submission.
        pub competent_province: Option<String>,
        pub summary: String,
        pub owner_name: String,
        /// JSON list.
        pub honours: String,
        pub owner_id: Uuid,
        pub organisation_id: Option<Uuid>,
        pub state: String,
        /// Since when its holder has it.
        pub state_since: DateTimeUtc,
        pub revision: i64,
        /// Counts what happens inside of evaluations, which the revision must not tell its submitter.
        pub changes_inside: i64,
        /// The latest evaluation, written by the slice of evaluations through `store::note_evaluation`.
        pub evaluation_id: Option<Uuid>,
        pub evaluation_version: Option<i32>,
        pub evaluation_open: bool,
        pub quorum_met: bool,
        pub is_recommended: bool,
        pub version: i32,
        /// What the public sees now.
        pub public_version: Option<i32>,
        /// What the public saw last; stays while it is suspended.
        pub published_version: Option<i32>,
        /// JSON of the whole draft, contact included.
        pub content: String,
        pub description_html: String,
        /// Which rules made that HTML.
        pub renderer: i32,
        /// JSON list of the attachments.
        pub files: String,
        /// Of the working version, once it is sealed.
        pub fingerprint: Option<String>,
        pub consent_version: Option<String>,
        /// The last reason given to the submitter.
        pub reason: Option<String>,
        pub submitted_at: Option<DateTimeUtc>,
        pub published_at: Option<DateTimeUtc>,
        /// Who has to act next: the state's, but the publisher's once there is a recommendation.
        pub holder: Option<String>,
        /// When the clock that runs is due.
        pub due_at: Option<DateTimeUtc>,
        /// The same as its submitter is told: not moved by what happens inside of evaluations.
        pub told_due_at: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An immutable version.
pub mod version {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub product_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// Canonical JSON of the public content.
        pub content: String,
        pub description_html: String,
        /// Which rules made that HTML. The fingerprint covers the text it was made of.
        pub renderer: i32,
        /// JSON of the contact: outside of what the fingerprint covers, so that it can be erased.
        pub contact: String,
        /// Canonical JSON of the attachments.
        pub files: String,
        pub fingerprint: String,
        pub consent_version: Option<String>,
        pub sealed_at: DateTimeUtc,
        pub published_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What the public sees: one row for each public product, so that no public query meets a working row.
pub mod publication {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_publications")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub product_id: Uuid,
        pub code: Option<String>,
        pub title: String,
        pub title_folded: String,
        pub kind: String,
        pub domain: String,
        /// JSON list of codes, for reading; `product_sectors` is for filtering.
        pub sectors: String,
        pub maturity: Option<String>,
        pub trl: Option<i16>,
        pub province_code: Option<String>,
        pub summary: String,
        pub owner_name: String,
        /// JSON list.
        pub honours: String,
        pub organisation_id: Option<Uuid>,
        pub version: i32,
        /// Of the publication, not of the working row.
        pub revision: i64,
        /// JSON of the public content.
        pub content: String,
        pub description_html: String,
        /// Which rules made that HTML.
        pub renderer: i32,
        /// JSON list of the attachments.
        pub files: String,
        pub fingerprint: String,
        pub submitted_at: Option<DateTimeUtc>,
        pub published_at: DateTimeUtc,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A sector of a public product.
pub mod sector {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_sectors")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub product_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sector: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The verdict on one item of the checklist, for one version.
pub mod eligibility {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "eligibility_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub product_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub verdict: String,
        pub note: Option<String>,
        pub recorded_by: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
