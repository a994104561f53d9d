//! The one list of addresses. A slice adds its pages here and nowhere else.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route};
use leptos_router::path;

use crate::home::HomePage;
use crate::kit::KitPage;
use crate::layout::{AboutPage, AccessibilityPage, NotFoundPage, PrivacyPage};

/// The page of the address.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=|| view! { <NotFoundPage/> }.into_any()>
            <Route path=path!("/") view=|| view! { <HomePage/> }.into_any()/>
            <Route path=path!("/ui") view=|| view! { <KitPage/> }.into_any()/>
            <Route path=path!("/gioi-thieu") view=|| view! { <AboutPage/> }.into_any()/>
            <Route path=path!("/quyen-rieng-tu") view=|| view! { <PrivacyPage/> }.into_any()/>
            <Route path=path!("/tro-nang") view=|| view! { <AccessibilityPage/> }.into_any()/>
        </FlatRoutes>
    }
}
