//! Tables of evaluations, of the members of their panels with declaration and score sheet, and of the
//! facts that nothing erases: looks at the sheets of others, what was recommended and recorded on site.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, date_null, integer, string, string_null, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::schema::add_index;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        evaluations(manager).await?;
        members(manager).await?;
        looks(manager).await?;
        recommendations(manager).await?;
        visits(manager).await
    }
}

async fn evaluations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("evaluations")
        .col(uuid("id").primary_key())
        .col(uuid("product_id"))
        .col(integer("product_version"))
        .col(string("state"))
        .col(string("mode"))
        .col(text("rubric"))
        .col(uuid("chair_id"))
        .col(integer("quorum"))
        .col(date("due_on"))
        .col(timestamp_with_time_zone("due_at"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone_null("quorum_reached_at"))
        .col(date_null("visited_on"))
        .col(text_null("visited_place"))
        .col(text_null("visited_minutes"))
        .col(uuid_null("recommended_by"))
        .col(string_null("recommended_verdict"))
        .col(text_null("recommended_reason"))
        .col(timestamp_with_time_zone_null("recommended_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(big_integer("revision"))
        .foreign_key(
            ForeignKey::create()
                .name("evaluations_product")
                .from("evaluations", "product_id")
                .to("products", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("evaluations_chair")
                .from("evaluations", "chair_id")
                .to("accounts", "id"),
        )
        .to_owned();
    manager.create_table(table).await?;
    // One evaluation at a time for each product, also when two chairs open one at once.
    let one_open = Index::create()
        .name("evaluations_one_open")
        .table("evaluations")
        .col("product_id")
        .unique()
        .and_where(Expr::col("state").ne("closed"))
        .to_owned();
    manager.create_index(one_open).await?;
    add_index(manager, "evaluations_of_product", "evaluations", &["product_id", "id"]).await?;
    add_index(manager, "evaluations_of_chair", "evaluations", &["chair_id", "state"]).await
}

async fn members(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("evaluation_members")
        .col(uuid("evaluation_id"))
        .col(uuid("account_id"))
        .col(integer("position"))
        .col(string("conflict"))
        .col(text_null("conflict_note"))
        .col(timestamp_with_time_zone_null("declared_at"))
        .col(text_null("scores"))
        .col(timestamp_with_time_zone_null("submitted_at"))
        .col(timestamp_with_time_zone_null("left_at"))
        .col(big_integer("revision").default(0))
        .primary_key(Index::create().col("evaluation_id").col("account_id"))
        .foreign_key(
            ForeignKey::create()
                .name("evaluation_members_evaluation")
                .from("evaluation_members", "evaluation_id")
                .to("evaluations", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("evaluation_members_account")
                .from("evaluation_members", "account_id")
                .to("accounts", "id"),
        )
        .to_owned();
    manager.create_table(table).await?;
    add_index(manager, "evaluation_members_seats", "evaluation_members", &["account_id"]).await
}

/// Who was shown sheets of others, and when first.
async fn looks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("evaluation_looks")
        .col(uuid("evaluation_id"))
        .col(uuid("account_id"))
        .col(timestamp_with_time_zone("first_at"))
        .primary_key(Index::create().col("evaluation_id").col("account_id"))
        .foreign_key(
            ForeignKey::create()
                .name("evaluation_looks_evaluation")
                .from("evaluation_looks", "evaluation_id")
                .to("evaluations", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("evaluation_looks_account")
                .from("evaluation_looks", "account_id")
                .to("accounts", "id"),
        )
        .to_owned();
    manager.create_table(table).await
}

/// Every recommendation that was ever given.
async fn recommendations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = said_in_an_evaluation("evaluation_recommendations")
        .col(string("verdict"))
        .col(text("reason"))
        .to_owned();
    manager.create_table(table).await
}

/// All minutes of looks on site that were ever recorded.
async fn visits(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = said_in_an_evaluation("evaluation_visits")
        .col(date("visited_on"))
        .col(text("place"))
        .col(text("minutes"))
        .to_owned();
    manager.create_table(table).await
}

/// Something that an account said in an evaluation.
fn said_in_an_evaluation(name: &'static str) -> TableCreateStatement {
    Table::create()
        .table(name)
        .col(uuid("id").primary_key())
        .col(uuid("evaluation_id"))
        .col(uuid_null("account_id"))
        .col(timestamp_with_time_zone("at"))
        .foreign_key(
            ForeignKey::create()
                .name(format!("{name}_evaluation"))
                .from(name, "evaluation_id")
                .to("evaluations", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name(format!("{name}_account"))
                .from(name, "account_id")
                .to("accounts", "id"),
        )
        .to_owned()
}
