//! Rows of the case machinery. Private: domains get the types of the modules beside this one.

/// A case in the register: what lists of all kinds show and find it by.
pub mod case {
    use nq57_core::ids::{AccountId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cases")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub code: Option<String>,
        pub title: String,
        /// Title, sender and the number of the code without diacritics, for the search.
        pub folded: String,
        /// Whose it is, in words.
        pub sender: String,
        pub owner_id: Option<AccountId>,
        pub organisation_id: Option<OrganisationId>,
        /// The province whose office handles it.
        pub province_code: Option<String>,
        pub state: String,
        /// Whether anybody still has to act.
        pub is_open: bool,
        pub holder: Option<String>,
        /// A day far away when nothing is due.
        pub due_at: DateTimeUtc,
        pub submitted_at: Option<DateTimeUtc>,
        pub changed_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A piece of work that waits for an account, an organisation or whoever has a role.
pub mod work_item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_work_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub case_id: Uuid,
        /// What wants it: the case, or something that belongs to it. Opened to do the work.
        pub source_id: Uuid,
        pub step: String,
        /// `account:<id>`, `organisation:<id>` or `role:<role>`.
        pub assignee: String,
        /// Roles of which the account must have one, separated by blanks.
        pub needs: Option<String>,
        /// Of the case, for the index of officials of a province.
        pub province_code: Option<String>,
        pub since: DateTimeUtc,
        /// A day far away when nothing is due.
        pub due_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A part that an account plays in a case now.
pub mod participant {
    use nq57_core::ids::AccountId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_participants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: String,
        /// What gave the part, and takes it.
        pub source_id: Uuid,
        pub since: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Somebody who declared a conflict of interest about a case. Only ever added.
pub mod recusal {
    use nq57_core::ids::AccountId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_recusals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        /// Where it was declared.
        pub source_id: Uuid,
        pub note: Option<String>,
        pub declared_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Somebody who has written at a case for its sender. Only ever added.
pub mod author {
    use nq57_core::ids::AccountId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_authors")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub case_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        pub first_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A change of state. Only ever added.
pub mod transition {
    use nq57_core::ids::AccountId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_transitions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub case_id: Uuid,
        pub at: DateTimeUtc,
        pub event: String,
        pub from_state: String,
        pub to_state: String,
        pub version: u32,
        /// The part played by who acted.
        pub acted_as: Option<String>,
        pub actor_id: Option<AccountId>,
        pub reason: Option<String>,
        /// Who held it in the state that was left.
        pub held_by: Option<String>,
        /// Working days in the state that was left, in tenths.
        pub held_tenths: i32,
        /// Whether the sender does not learn of it.
        pub is_internal: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// That a case went over to another office or organisation. Only ever added.
pub mod handover {
    use nq57_core::ids::{AccountId, OrganisationId};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_handovers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub case_id: Uuid,
        pub at: DateTimeUtc,
        pub actor_id: Option<AccountId>,
        pub from_organisation_id: Option<OrganisationId>,
        pub to_organisation_id: Option<OrganisationId>,
        pub from_province: Option<String>,
        pub to_province: Option<String>,
        pub reason: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A public code of a case, with what is stored of its secret.
pub mod code {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_codes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub kind: String,
        pub case_id: Uuid,
        pub secret_hash: String,
        pub issued_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The last number of a year's public codes of one series.
pub mod series {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "case_code_series")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub series: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        pub last: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
