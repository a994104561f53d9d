//! Tables of what every case has: the register, parts, facts about who may not judge, work, history, codes, time
//! given on top of deadlines, what went over to whom.
//! With the triggers that keep all facts of the steps before.

use nq57_platform::persistence::dialect::Engine;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::schema::index;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        cases(manager).await?;
        work_items(manager).await?;
        participants(manager).await?;
        facts(manager).await?;
        transitions(manager).await?;
        codes(manager).await?;
        extensions(manager).await?;
        handovers(manager).await?;
        for statement in append_only(Engine::of(manager.get_connection())) {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

async fn cases(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("cases")
        .col(uuid("id").primary_key())
        .col(string("kind"))
        .col(string_null("code"))
        .col(text("title"))
        .col(text("folded"))
        .col(string("sender"))
        .col(uuid_null("owner_id"))
        .col(uuid_null("organisation_id"))
        .col(string_null("province_code"))
        .col(string("state"))
        .col(boolean("is_open"))
        .col(string_null("holder"))
        .col(timestamp_with_time_zone("due_at"))
        .col(timestamp_with_time_zone_null("submitted_at"))
        .col(timestamp_with_time_zone("changed_at"))
        .to_owned();
    manager.create_table(table).await?;
    let code = index("cases", "cases_code", &["code"]).unique().to_owned();
    manager.create_index(code).await?;
    for (name, columns) in [
        ("cases_due", ["due_at", "id"].as_slice()),
        ("cases_open_due", &["is_open", "due_at", "id"]),
        ("cases_province_due", &["province_code", "due_at", "id"]),
        ("cases_organisation_due", &["organisation_id", "due_at", "id"]),
        ("cases_holder_due", &["holder", "due_at", "id"]),
        ("cases_changed", &["changed_at", "id"]),
        ("cases_open_changed", &["is_open", "changed_at", "id"]),
        ("cases_state_due", &["state", "due_at", "id"]),
    ] {
        manager.create_index(index("cases", name, columns)).await?;
    }
    Ok(())
}

async fn work_items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("case_work_items")
        .col(uuid("id").primary_key())
        .col(uuid("case_id"))
        .col(uuid("source_id"))
        .col(string("step"))
        .col(string("assignee"))
        .col(string_null("needs"))
        .col(string_null("province_code"))
        .col(timestamp_with_time_zone("since"))
        .col(timestamp_with_time_zone("due_at"))
        .foreign_key(&mut to("case_work_items", "case_id", "cases"))
        .to_owned();
    manager.create_table(table).await?;
    for (name, columns) in [
        ("case_work_items_case", ["case_id", "source_id"].as_slice()),
        ("case_work_items_due", &["assignee", "due_at", "id"]),
        ("case_work_items_province", &["assignee", "province_code", "due_at", "id"]),
        ("case_work_items_since", &["assignee", "since", "id"]),
        ("case_work_items_province_since", &["assignee", "province_code", "since", "id"]),
    ] {
        manager.create_index(index("case_work_items", name, columns)).await?;
    }
    Ok(())
}

async fn participants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("case_participants")
        .col(uuid("case_id"))
        .col(uuid("account_id"))
        .col(string("part"))
        .col(uuid("source_id"))
        .col(timestamp_with_time_zone("since"))
        .primary_key(Index::create().col("case_id").col("account_id").col("part"))
        .foreign_key(&mut to("case_participants", "case_id", "cases"))
        .foreign_key(&mut to("case_participants", "account_id", "accounts"))
        .to_owned();
    manager.create_table(table).await?;
    let of_account =
        index("case_participants", "case_participants_account", &["account_id", "part", "case_id"]);
    manager.create_index(of_account).await
}

/// Who declared a conflict about a case, and who has written at it for its sender: they never judge it.
async fn facts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let recusals = Table::create()
        .table("case_recusals")
        .col(uuid("case_id"))
        .col(uuid("account_id"))
        .col(uuid("source_id"))
        .col(text_null("note"))
        .col(timestamp_with_time_zone("declared_at"))
        .primary_key(Index::create().col("case_id").col("account_id"))
        .foreign_key(&mut to("case_recusals", "account_id", "accounts"))
        .to_owned();
    manager.create_table(recusals).await?;
    // A case has authors before it is sent and comes into the register.
    let authors = Table::create()
        .table("case_authors")
        .col(uuid("case_id"))
        .col(uuid("account_id"))
        .col(timestamp_with_time_zone("first_at"))
        .primary_key(Index::create().col("case_id").col("account_id"))
        .foreign_key(&mut to("case_authors", "account_id", "accounts"))
        .to_owned();
    manager.create_table(authors).await?;
    for (table, name) in
        [("case_recusals", "case_recusals_account"), ("case_authors", "case_authors_account")]
    {
        manager.create_index(index(table, name, &["account_id", "case_id"])).await?;
    }
    Ok(())
}

async fn transitions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("case_transitions")
        .col(uuid("id").primary_key())
        .col(string("kind"))
        .col(uuid("case_id"))
        .col(timestamp_with_time_zone("at"))
        .col(string("event"))
        .col(string("from_state"))
        .col(string("to_state"))
        .col(integer("version"))
        .col(string_null("acted_as"))
        .col(uuid_null("actor_id"))
        .col(text_null("reason"))
        .col(string_null("held_by"))
        .col(integer("held_tenths"))
        .col(boolean("is_internal"))
        .to_owned();
    manager.create_table(table).await?;
    for (name, columns) in [
        ("case_transitions_case", ["case_id", "id"].as_slice()),
        ("case_transitions_event", &["kind", "event", "case_id"]),
        ("case_transitions_held", &["kind", "held_by", "held_tenths", "from_state"]),
    ] {
        manager.create_index(index("case_transitions", name, columns)).await?;
    }
    Ok(())
}

/// The codes of cases with the digests of their secrets, and the last number given in each series and year.
async fn codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let codes = Table::create()
        .table("case_codes")
        .col(string("code").primary_key())
        .col(string("kind"))
        .col(uuid("case_id"))
        .col(string("secret_hash"))
        .col(timestamp_with_time_zone("issued_at"))
        .to_owned();
    manager.create_table(codes).await?;
    let of_case = index("case_codes", "case_codes_case", &["case_id", "kind"]).unique().to_owned();
    manager.create_index(of_case).await?;
    let series = Table::create()
        .table("case_code_series")
        .col(string("series"))
        .col(integer("year"))
        .col(big_integer("last"))
        .primary_key(Index::create().col("series").col("year"))
        .to_owned();
    manager.create_table(series).await
}

/// Time that was given on top of deadlines.
async fn extensions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("deadline_extensions")
        .col(uuid("id").primary_key())
        .col(string("subject_type"))
        .col(uuid("subject_id"))
        .col(string("kind"))
        .col(uuid("deadline_id"))
        .col(timestamp_with_time_zone("at"))
        .col(uuid_null("actor_id"))
        .col(timestamp_with_time_zone("from_due_at"))
        .col(timestamp_with_time_zone("to_due_at"))
        .col(integer("days"))
        .col(text("reason"))
        .foreign_key(&mut to("deadline_extensions", "deadline_id", "deadlines"))
        .to_owned();
    manager.create_table(table).await?;
    let of_subject = index("deadline_extensions", "deadline_extensions_subject", &["subject_id"]);
    manager.create_index(of_subject).await
}

/// That cases went over to other offices and organisations.
async fn handovers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("case_handovers")
        .col(uuid("id").primary_key())
        .col(string("kind"))
        .col(uuid("case_id"))
        .col(timestamp_with_time_zone("at"))
        .col(uuid_null("actor_id"))
        .col(uuid_null("from_organisation_id"))
        .col(uuid_null("to_organisation_id"))
        .col(string_null("from_province"))
        .col(string_null("to_province"))
        .col(text("reason"))
        .foreign_key(&mut to("case_handovers", "case_id", "cases"))
        .to_owned();
    manager.create_table(table).await?;
    let of_case = index("case_handovers", "case_handovers_case", &["case_id", "id"]);
    manager.create_index(of_case).await
}

/// Facts are neither changed nor removed.
fn append_only(engine: Engine) -> Vec<String> {
    let mut statements = Vec::new();
    if engine == Engine::Postgres {
        statements.push(
            "CREATE FUNCTION facts_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
                .to_owned(),
        );
    }
    let tables = [
        "case_recusals",
        "case_authors",
        "case_transitions",
        "case_handovers",
        "deadline_extensions",
        "evaluation_looks",
        "evaluation_recommendations",
        "evaluation_visits",
        "organisation_departures",
    ];
    for table in tables {
        match engine {
            Engine::Sqlite => statements.extend(["UPDATE", "DELETE"].map(|change| {
                format!(
                    "CREATE TRIGGER {table}_no_{} BEFORE {change} ON {table}
                     BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
                    change.to_lowercase()
                )
            })),
            Engine::Postgres => statements.push(format!(
                "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                 FOR EACH STATEMENT EXECUTE FUNCTION facts_append_only()"
            )),
        }
    }
    statements
}

fn to(table: &'static str, column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{column}"))
        .from(table, column)
        .to(other, "id")
        .to_owned()
}
