//! Tables of products: working rows, sealed versions, what is public, the checklist.

use nq57_platform::persistence::search;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, integer_null, small_integer_null, string, string_null, text,
    text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::schema::index;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        products(manager).await?;
        versions(manager).await?;
        publications(manager).await?;
        checks(manager).await
    }
}

/// What lists show and filter by, the same for working rows and for publications.
fn card(table: &mut TableCreateStatement) -> &mut TableCreateStatement {
    table
        .col(string_null("code"))
        .col(string("title"))
        .col(string("title_folded"))
        .col(string("kind"))
        .col(string("domain"))
        .col(text("sectors"))
        .col(string_null("maturity"))
        .col(small_integer_null("trl"))
        .col(string_null("province_code"))
        .col(text("summary"))
        .col(string("owner_name"))
        .col(text("honours"))
}

async fn products(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("products").col(uuid("id").primary_key());
    card(&mut table)
        .col(string_null("competent_province"))
        .col(uuid("owner_id"))
        .col(uuid_null("organisation_id"))
        .col(string("state"))
        .col(timestamp_with_time_zone("state_since"))
        .col(big_integer("revision"))
        .col(big_integer("changes_inside").default(0))
        .col(uuid_null("evaluation_id"))
        .col(integer_null("evaluation_version"))
        .col(boolean("evaluation_open").default(false))
        .col(boolean("quorum_met").default(false))
        .col(boolean("is_recommended").default(false))
        .col(integer("version"))
        .col(integer_null("public_version"))
        .col(integer_null("published_version"))
        .col(text("content"))
        .col(text("description_html"))
        .col(integer("renderer"))
        .col(text("files"))
        .col(string_null("fingerprint"))
        .col(string_null("consent_version"))
        .col(text_null("reason"))
        .col(timestamp_with_time_zone_null("submitted_at"))
        .col(timestamp_with_time_zone_null("published_at"))
        .col(string_null("holder"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(timestamp_with_time_zone_null("told_due_at"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .name("products_owner")
                .from("products", "owner_id")
                .to("accounts", "id"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("products_organisation")
                .from("products", "organisation_id")
                .to("organisations", "id"),
        );
    manager.create_table(table).await?;
    let code = index("products", "products_code", &["code"]).unique().to_owned();
    manager.create_index(code).await?;
    for (name, columns) in [
        ("products_owner_changed", ["owner_id", "updated_at", "id"].as_slice()),
        ("products_organisation_changed", &["organisation_id", "updated_at", "id"]),
        ("products_state_due", &["state", "due_at", "id"]),
        ("products_state_changed", &["state", "updated_at", "id"]),
        ("products_changed", &["updated_at", "id"]),
    ] {
        manager.create_index(index("products", name, columns)).await?;
    }
    // How many drafts somebody has, whatever else that person has submitted.
    let unsent = index("products", "products_unsent", &["owner_id"])
        .and_where(Expr::col("submitted_at").is_null())
        .to_owned();
    manager.create_index(unsent).await?;
    Ok(())
}

async fn versions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("product_versions")
        .col(uuid("product_id"))
        .col(integer("version"))
        .col(text("content"))
        .col(text("description_html"))
        .col(integer("renderer"))
        .col(text("contact"))
        .col(text("files"))
        .col(string("fingerprint"))
        .col(string_null("consent_version"))
        .col(timestamp_with_time_zone("sealed_at"))
        .col(timestamp_with_time_zone_null("published_at"))
        .col(uuid_null("evaluation_id"))
        .primary_key(Index::create().col("product_id").col("version"))
        .foreign_key(&mut to_product("product_versions"))
        .to_owned();
    manager.create_table(table).await
}

async fn publications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table("product_publications").col(uuid("product_id").primary_key());
    card(&mut table)
        .col(uuid_null("organisation_id"))
        .col(integer("version"))
        .col(big_integer("revision"))
        .col(text("content"))
        .col(text("description_html"))
        .col(integer("renderer"))
        .col(text("files"))
        .col(string("fingerprint"))
        .col(timestamp_with_time_zone_null("submitted_at"))
        .col(timestamp_with_time_zone("published_at"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(to_product("product_publications").on_delete(ForeignKeyAction::Cascade));
    manager.create_table(table).await?;
    let facets = ["domain", "kind", "maturity", "province_code", "trl"];
    for (name, columns) in [
        ("product_publications_newest", ["published_at", "product_id"].as_slice()),
        ("product_publications_changed", &["updated_at", "product_id"]),
        ("product_publications_title", &["title_folded", "product_id"]),
        ("product_publications_province", &["province_code", "published_at", "product_id"]),
        ("product_publications_facets", &facets),
    ] {
        manager.create_index(index("product_publications", name, columns)).await?;
    }
    let sectors = Table::create()
        .table("product_sectors")
        .col(uuid("product_id"))
        .col(string("sector"))
        .primary_key(Index::create().col("product_id").col("sector"))
        .foreign_key(
            ForeignKey::create()
                .name("product_sectors_publication")
                .from("product_sectors", "product_id")
                .to("product_publications", "product_id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(sectors).await?;
    manager
        .create_index(index("product_sectors", "product_sectors_sector", &["sector", "product_id"]))
        .await?;
    search::create(manager.get_connection(), "product_search").await
}

async fn checks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("eligibility_items")
        .col(uuid("product_id"))
        .col(integer("version"))
        .col(string("code"))
        .col(string("verdict"))
        .col(text_null("note"))
        .col(uuid_null("recorded_by"))
        .col(timestamp_with_time_zone("recorded_at"))
        .primary_key(Index::create().col("product_id").col("version").col("code"))
        .foreign_key(&mut to_product("eligibility_items"))
        .to_owned();
    manager.create_table(table).await
}

fn to_product(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_product"))
        .from(table, "product_id")
        .to("products", "id")
        .to_owned()
}
