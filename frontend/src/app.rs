//! The application: preferences first, then the shell with the page of the address inside.

use leptos::prelude::*;
use leptos_router::components::Router;
use nq57_ui::layout::Shell;
use nq57_ui::state::{preferences, session, site};

use crate::routes::Pages;

/// Everything.
#[component]
pub fn App() -> impl IntoView {
    preferences::start();
    session::resume();
    site::load();
    view! {
        <Router>
            <Shell>
                <Pages/>
            </Shell>
        </Router>
    }
}
