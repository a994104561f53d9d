//! Makes the kept HTML of descriptions anew after the rules have changed: drafts, sealed versions and what
//! is public. Reads never render.

use nq57_platform::error::ApiResult;
use nq57_platform::markdown::{self, RENDERER, Rendered};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::ids::AccountId;
use nq57_shared::products::draft::DESCRIPTION_MAX;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use serde::Deserialize;
use uuid::Uuid;

use super::publications;

/// Texts rendered before the next are read.
const BATCH: u64 = 50;
/// Where descriptions are kept, and the column that names the product.
const TABLES: [(&str, &str); 3] = [
    ("products", "id"),
    ("product_versions", "product_id"),
    ("product_publications", "product_id"),
];

/// What of a content is rendered.
#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    description: String,
}

/// Renders a description, outside of any transaction, in the turn of its author.
///
/// # Errors
/// When the process is stopping.
pub async fn render(description: &str, author: Option<AccountId>) -> ApiResult<Rendered> {
    markdown::render(description, DESCRIPTION_MAX, author).await
}

/// Renders what older rules rendered.
///
/// # Errors
/// Failures of the database; the next run goes on.
pub async fn render_anew(state: AppState) -> ApiResult<()> {
    for (table, key) in TABLES {
        while render_some(&state, table, key).await? {}
    }
    Ok(())
}

/// Whether there may be more.
async fn render_some(state: &AppState, table: &'static str, key: &'static str) -> ApiResult<bool> {
    let outdated = Expr::col("renderer").lt(RENDERER);
    let sought = Query::select()
        .columns([key, "content"])
        .from(table)
        .and_where(outdated.clone())
        .limit(BATCH)
        .to_owned();
    let rows = state.db.query_all(&sought).await?;
    let mut rendered = 0;
    for row in &rows {
        let (id, content): (Uuid, String) = (row.try_get("", key)?, row.try_get("", "content")?);
        let description = match serde_json::from_str::<Described>(&content) {
            Ok(described) => described.description,
            Err(error) => {
                // One that cannot be read must not keep the others from it.
                tracing::error!(product = %id, %error, "a content is unreadable");
                continue;
            }
        };
        let html = render(&description, None).await?.of(&description)?;
        // Whoever has written meanwhile has rendered too.
        let update = Query::update()
            .table(table)
            .values([("description_html", html.text.into()), ("renderer", html.renderer.into())])
            .and_where(Expr::col(key).eq(id))
            .and_where(Expr::col("content").eq(content))
            .and_where(outdated.clone())
            .to_owned();
        let written = async |tx: &Tx| {
            if table == "product_publications" {
                state.public_cache.invalidate(tx, publications::TOPIC);
            }
            Ok(tx.execute(&update).await?.rows_affected())
        };
        rendered += transaction::write(&state.db, written).await?;
    }
    Ok(rendered > 0)
}
