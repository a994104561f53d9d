//! Tables of the platform's services: outbox, audit, files, notifications, deadlines, reference data.

use nq57_platform::persistence::dialect::Engine;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, date_null, integer, integer_null, pk_uuid, string,
    string_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
};

use super::schema::index;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        outbox(manager).await?;
        audit(manager).await?;
        files(manager).await?;
        notifications(manager).await?;
        case_contacts(manager).await?;
        deadlines(manager).await?;
        reference(manager).await
    }
}

async fn outbox(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("outbox")
        .col(pk_uuid("id"))
        .col(string("topic"))
        .col(string("key"))
        .col(text("payload"))
        .col(string("state"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("available_at"))
        .col(integer("attempts"))
        .col(uuid_null("lease"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .col(text_null("last_error"))
        .to_owned();
    manager.create_table(table).await?;
    let once = index("outbox", "outbox_once", &["topic", "key"]).unique().to_owned();
    manager.create_index(once).await?;
    let due = index("outbox", "outbox_due", &["available_at"])
        .and_where(Expr::col("state").eq("pending"))
        .to_owned();
    manager.create_index(due).await?;
    let finished = index("outbox", "outbox_finished", &["state", "finished_at", "id"])
        .and_where(Expr::col("state").ne("pending"))
        .to_owned();
    manager.create_index(finished).await
}

async fn audit(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let entries = Table::create()
        .table("audit_entries")
        .col(pk_uuid("id"))
        .col(timestamp_with_time_zone("at"))
        .col(string("actor"))
        .col(uuid_null("actor_id"))
        .col(string("action"))
        .col(string("subject_type"))
        .col(uuid_null("subject_id"))
        .col(uuid_null("case_id"))
        .col(text("detail"))
        .col(string_null("request_id"))
        .col(big_integer_null("sequence"))
        .col(string_null("hash"))
        .to_owned();
    manager.create_table(entries).await?;
    let chain = index("audit_entries", "audit_entries_chain", &["sequence"]).unique().to_owned();
    manager.create_index(chain).await?;
    let unsealed = index("audit_entries", "audit_entries_unsealed", &["id"])
        .and_where(Expr::col("hash").is_null())
        .to_owned();
    manager.create_index(unsealed).await?;
    for (name, columns) in [
        ("audit_entries_time", ["at", "id"].as_slice()),
        ("audit_entries_subject", &["subject_id", "at", "id"]),
        ("audit_entries_actor", &["actor_id", "at", "id"]),
    ] {
        manager.create_index(index("audit_entries", name, columns)).await?;
    }
    let head = Table::create()
        .table("audit_head")
        .col(ColumnDef::new("id").integer().not_null().primary_key())
        .col(big_integer("sequence"))
        .col(string("hash"))
        .to_owned();
    manager.create_table(head).await?;
    let start = Query::insert()
        .into_table("audit_head")
        .columns(["id", "sequence", "hash"])
        .values_panic([1.into(), 0_i64.into(), "0".repeat(64).into()])
        .to_owned();
    manager.execute(start).await?;
    for statement in append_only(Engine::of(manager.get_connection())) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// An entry may be sealed once; nothing else of it ever changes, and none is removed.
const fn append_only(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Sqlite => &[
            "CREATE TRIGGER audit_entries_no_change BEFORE UPDATE ON audit_entries
             WHEN OLD.hash IS NOT NULL OR NEW.hash IS NULL OR NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at
               OR NEW.actor IS NOT OLD.actor OR NEW.actor_id IS NOT OLD.actor_id OR NEW.action IS NOT OLD.action
               OR NEW.subject_type IS NOT OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id
               OR NEW.detail IS NOT OLD.detail OR NEW.request_id IS NOT OLD.request_id
             BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
            "CREATE TRIGGER audit_entries_no_removal BEFORE DELETE ON audit_entries
             BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
        ],
        Engine::Postgres => &[
            "CREATE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               IF TG_OP = 'UPDATE' AND OLD.hash IS NULL AND NEW.hash IS NOT NULL
                  AND ROW(NEW.id, NEW.at, NEW.actor, NEW.actor_id, NEW.action, NEW.subject_type,
                          NEW.subject_id, NEW.detail, NEW.request_id)
                      IS NOT DISTINCT FROM
                      ROW(OLD.id, OLD.at, OLD.actor, OLD.actor_id, OLD.action, OLD.subject_type,
                          OLD.subject_id, OLD.detail, OLD.request_id) THEN
                 RETURN NEW;
               END IF;
               RAISE EXCEPTION 'audit entries are append-only';
             END $$",
            "CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries
             FOR EACH ROW EXECUTE FUNCTION audit_entries_append_only()",
            "CREATE TRIGGER audit_entries_no_removal BEFORE TRUNCATE ON audit_entries
             FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only()",
        ],
    }
}

async fn files(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("files")
        .col(pk_uuid("id"))
        .col(uuid_null("owner_id"))
        .col(string("subject_type"))
        .col(uuid("subject_id"))
        .col(string("name"))
        .col(string("media_type"))
        .col(big_integer("size"))
        .col(string("sha256"))
        .col(string("object_key"))
        .col(string("visibility"))
        .col(boolean("is_scanned"))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned();
    manager.create_table(table).await?;
    manager.create_index(index("files", "files_owner", &["owner_id", "size"])).await?;
    let object = index("files", "files_object", &["object_key"]).unique().to_owned();
    manager.create_index(object).await?;
    manager
        .create_index(index("files", "files_subject", &["subject_id", "subject_type", "id"]))
        .await
}

async fn notifications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("notifications")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(string("template"))
        .col(text("args"))
        .col(string_null("subject_type"))
        .col(uuid_null("subject_id"))
        .col(string_null("path"))
        .col(string_null("key"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("read_at"))
        .to_owned();
    manager.create_table(table).await?;
    let once =
        index("notifications", "notifications_once", &["account_id", "key"]).unique().to_owned();
    manager.create_index(once).await?;
    manager
        .create_index(index(
            "notifications",
            "notifications_inbox",
            &["account_id", "created_at", "id"],
        ))
        .await?;
    let unread =
        index("notifications", "notifications_unread", &["account_id", "created_at", "id"])
            .and_where(Expr::col("read_at").is_null())
            .to_owned();
    manager.create_index(unread).await
}

/// Where to write about a case to who has no account, and how many letters an address has got.
async fn case_contacts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("case_contacts")
        .col(pk_uuid("id"))
        .col(uuid("case_id"))
        .col(string("kind"))
        .col(string("code"))
        .col(string("email"))
        .col(string("name"))
        .col(string("language"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("confirmed_at"))
        .col(timestamp_with_time_zone_null("stopped_at"))
        .col(integer("refusals"))
        .col(timestamp_with_time_zone_null("erase_at"))
        .to_owned();
    manager.create_table(table).await?;
    let one = index("case_contacts", "case_contacts_case", &["case_id"]).unique().to_owned();
    manager.create_index(one).await?;
    let erasure = index("case_contacts", "case_contacts_erasure", &["erase_at"])
        .and_where(Expr::col("erase_at").is_not_null())
        .to_owned();
    manager.create_index(erasure).await?;
    let unconfirmed = index("case_contacts", "case_contacts_unconfirmed", &["created_at"])
        .and_where(Expr::col("confirmed_at").is_null())
        .to_owned();
    manager.create_index(unconfirmed).await?;
    let counts = Table::create()
        .table("case_letter_counts")
        .col(string("address").primary_key())
        .col(timestamp_with_time_zone("hour_from"))
        .col(integer("letters"))
        .col(timestamp_with_time_zone("day_from"))
        .col(integer("questions"))
        .col(timestamp_with_time_zone_null("blocked_until"))
        .col(timestamp_with_time_zone("changed_at"))
        .to_owned();
    manager.create_table(counts).await?;
    let changed = index("case_letter_counts", "case_letter_counts_changed", &["changed_at"]);
    manager.create_index(changed).await
}

async fn deadlines(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("deadlines")
        .col(pk_uuid("id"))
        .col(string("subject_type"))
        .col(uuid("subject_id"))
        .col(string("kind"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone("due_at"))
        .col(timestamp_with_time_zone_null("paused_at"))
        .col(integer_null("days_left"))
        .col(timestamp_with_time_zone_null("reminded_at"))
        .col(timestamp_with_time_zone_null("breached_at"))
        .col(timestamp_with_time_zone_null("met_at"))
        .to_owned();
    manager.create_table(table).await?;
    let open = index("deadlines", "deadlines_open", &["subject_id", "subject_type", "kind"])
        .unique()
        .and_where(Expr::col("met_at").is_null())
        .to_owned();
    manager.create_index(open).await?;
    let due = index("deadlines", "deadlines_due", &["due_at"])
        .and_where(Expr::col("met_at").is_null())
        .and_where(Expr::col("paused_at").is_null())
        .and_where(Expr::col("breached_at").is_null())
        .to_owned();
    manager.create_index(due).await
}

async fn reference(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let lists = Table::create()
        .table("reference_lists")
        .col(ColumnDef::new("list").string().not_null().primary_key())
        .col(string("version"))
        .col(string("title_vi"))
        .col(string("title_en"))
        .col(text("source"))
        .col(text("extra"))
        .col(string("shipped"))
        .col(big_integer("revision"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned();
    manager.create_table(lists).await?;
    let entries = Table::create()
        .table("reference_entries")
        .col(string("list"))
        .col(string("code"))
        .col(text("name_vi"))
        .col(text("name_en"))
        .col(date_null("valid_from"))
        .col(date_null("valid_to"))
        .col(text("source"))
        .col(integer("sort"))
        .col(text("extra"))
        .col(boolean("is_local"))
        .primary_key(Index::create().col("list").col("code"))
        .foreign_key(
            ForeignKey::create()
                .name("reference_entries_list")
                .from("reference_entries", "list")
                .to("reference_lists", "list"),
        )
        .to_owned();
    manager.create_table(entries).await
}
