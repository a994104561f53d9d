//! The documents of the workflows are written from their tables: `docs/workflows/`.
//! With `NQ57_UPDATE=1` the test writes them; without, it says when one is stale.

use std::fmt::Write;
use std::path::Path;

use nq57_shared::products::workflow::{Holder, all_facts};
use nq57_shared::products::{ProductEvent, ProductState, ProductWorkflow};
use nq57_shared::workflow::diagram;

#[test]
fn products() -> std::io::Result<()> {
    let mut text = String::from(
        "# The workflow of products\n\n\
         Written from `shared/src/products/workflow.rs` by\n\
         `NQ57_UPDATE=1 cargo test -p nq57-shared --test workflow_documents`.\n\n\
         ```mermaid\n",
    );
    text.push_str(diagram::<ProductWorkflow>(&all_facts()).trim_end());
    text.push_str("\n```\n\n| state | who has to act |\n|---|---|\n");
    for state in ProductState::ALL {
        let holder = state.holder().map_or("nobody", Holder::as_str);
        let _ = writeln!(text, "| `{}` | {holder} |", state.as_str());
    }
    text.push_str("\n| event | sent by | needs a reason |\n|---|---|---|\n");
    for event in ProductEvent::ALL {
        let by = event.sent_by().map_or("the platform", Holder::as_str);
        let reason = if event.needs_reason() { "yes" } else { "no" };
        let _ = writeln!(text, "| `{}` | {by} | {reason} |", event.as_str());
    }
    assert_document("products.md", &text)
}

fn assert_document(name: &str, text: &str) -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/workflows");
    let path = folder.join(name);
    #[expect(clippy::disallowed_methods, reason = "the switch that rewrites the documents")]
    let is_update = std::env::var_os("NQ57_UPDATE").is_some();
    if is_update {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(&path, text)?;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "docs/workflows/{name} is stale. Write it again with \
         NQ57_UPDATE=1 cargo test -p nq57-shared --test workflow_documents"
    );
    Ok(())
}
