//! Rows of products: what the slice works with. Other slices get the working row, as `ProductRecord` of `store`.
//! Lists and documents are JSON; what lists filter by stands in columns of its own.

/// The working row of a product: the text that its submitter changes and officials judge.
pub mod product {
    use nq57_platform::columns::Json;
    use nq57_shared::ids::{AccountId, EvaluationId, OrganisationId, ProductId};
    use nq57_shared::products::draft::{Maturity, ProductDomain, ProductKind};
    use nq57_shared::products::workflow::Holder;
    use nq57_shared::products::{Honour, ProductDraft, ProductFile, ProductState};
    use sea_orm::entity::prelude::*;

    /// The columns from `title` to `owner_name` repeat the draft for lists, or what was sent of it while it is being
    /// completed; `store` writes them with it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "products")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ProductId,
        pub code: Option<String>,
        pub title: String,
        /// Without diacritics, for sorting and for the search of officials.
        pub title_folded: String,
        pub kind: ProductKind,
        pub domain: ProductDomain,
        pub sectors: Json<Vec<String>>,
        pub maturity: Option<Maturity>,
        pub trl: Option<i16>,
        pub province_code: Option<String>,
        /// The province whose office handles the case: as it stood at the first submission.
        pub competent_province: Option<String>,
        pub summary: String,
        pub owner_name: String,
        pub honours: Json<Vec<Honour>>,
        pub owner_id: AccountId,
        pub organisation_id: Option<OrganisationId>,
        pub state: ProductState,
        /// Since when its holder has it.
        pub state_since: DateTimeUtc,
        pub revision: i64,
        /// Counts what happens inside of evaluations, which the revision must not tell its submitter.
        pub changes_inside: i64,
        /// The latest evaluation, written by the slice of evaluations through `store::note_evaluation`.
        pub evaluation_id: Option<EvaluationId>,
        pub evaluation_version: Option<u32>,
        pub evaluation_open: bool,
        pub quorum_met: bool,
        pub is_recommended: bool,
        pub version: u32,
        /// What the public sees now.
        pub public_version: Option<u32>,
        /// What the public saw last; stays while it is suspended.
        pub published_version: Option<u32>,
        /// The whole of it, contact included.
        #[sea_orm(column_name = "content")]
        pub draft: Json<ProductDraft>,
        pub description_html: String,
        /// Which rules made that HTML.
        pub renderer: i32,
        pub files: Json<Vec<ProductFile>>,
        /// Of the working version, once it is sealed.
        pub fingerprint: Option<String>,
        pub consent_version: Option<String>,
        /// The last reason given to the submitter.
        pub reason: Option<String>,
        pub submitted_at: Option<DateTimeUtc>,
        pub published_at: Option<DateTimeUtc>,
        /// Who has to act next: the state's, but the publisher's once there is a recommendation.
        pub holder: Option<Holder>,
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
    use nq57_platform::columns::Json;
    use nq57_shared::ids::{EvaluationId, ProductId};
    use nq57_shared::products::draft::Contact;
    use nq57_shared::products::{ProductContent, ProductFile};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_versions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub product_id: ProductId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: u32,
        /// Without contact.
        pub content: Json<ProductContent>,
        pub description_html: String,
        /// Which rules made that HTML. The fingerprint covers the text it was made of.
        pub renderer: i32,
        /// Outside of what the fingerprint covers, so that it can be erased.
        pub contact: Json<Contact>,
        pub files: Json<Vec<ProductFile>>,
        pub fingerprint: String,
        pub consent_version: Option<String>,
        pub sealed_at: DateTimeUtc,
        pub published_at: Option<DateTimeUtc>,
        /// The latest evaluation of it: the product knows that of its latest version only.
        pub evaluation_id: Option<EvaluationId>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What the public sees: one row for each public product, so that no public query meets a working row.
pub mod publication {
    use nq57_platform::columns::Json;
    use nq57_shared::ids::{OrganisationId, ProductId};
    use nq57_shared::products::draft::{Maturity, ProductDomain, ProductKind};
    use nq57_shared::products::{Honour, ProductContent, ProductFile};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_publications")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub product_id: ProductId,
        pub code: Option<String>,
        pub title: String,
        pub title_folded: String,
        pub kind: ProductKind,
        pub domain: ProductDomain,
        /// For reading; `product_sectors` is for filtering.
        pub sectors: Json<Vec<String>>,
        pub maturity: Option<Maturity>,
        pub trl: Option<i16>,
        pub province_code: Option<String>,
        pub summary: String,
        pub owner_name: String,
        pub honours: Json<Vec<Honour>>,
        pub organisation_id: Option<OrganisationId>,
        pub version: u32,
        /// Of the working row when it last wrote here.
        pub revision: i64,
        pub content: Json<ProductContent>,
        pub description_html: String,
        /// Which rules made that HTML.
        pub renderer: i32,
        pub files: Json<Vec<ProductFile>>,
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
    use nq57_shared::ids::ProductId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "product_sectors")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub product_id: ProductId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sector: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The verdict on one item of the checklist, for one version.
pub mod eligibility {
    use nq57_shared::ids::{AccountId, ProductId};
    use nq57_shared::products::Verdict;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "eligibility_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub product_id: ProductId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: u32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub verdict: Verdict,
        pub note: Option<String>,
        pub recorded_by: Option<AccountId>,
        pub recorded_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
