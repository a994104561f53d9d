//! The application: preferences first, then the shell with the page of the address inside.

use leptos::prelude::*;
use leptos_router::components::Router;

use crate::layout::Shell;
use crate::routes::Pages;
use crate::state::{preferences, session, site};

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
