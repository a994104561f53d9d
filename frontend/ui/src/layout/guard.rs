//! Pages for some only: says what is needed instead of showing what the server would refuse anyway.

use leptos::prelude::*;
use nq57_shared::access::Role;

use crate::components::{ButtonLink, Crumbs, Glyph, HelpLine, PageHead, Skeleton};
use crate::i18n::tr;
use crate::state::session::{self, Session};

/// Shows its children to those who have signed in and, when `roles` are given, hold one of them.
#[component]
pub fn Guard(#[prop(optional)] roles: &'static [Role], children: ChildrenFn) -> impl IntoView {
    // The account changes with every refresh; the page must not be drawn anew for that.
    let verdict = Memo::new(move |_| match session::session() {
        Session::Unknown => Verdict::Unknown,
        Session::Anonymous => Verdict::SignIn,
        Session::SignedIn(_)
            if roles.is_empty() || roles.iter().any(|role| session::has_role(*role)) =>
        {
            Verdict::Welcome
        }
        Session::SignedIn(_) => Verdict::NoRole,
    });
    move || {
        match verdict.get() {
        Verdict::Unknown => view! { <div class="wrap head"><Skeleton lines=6/></div> }.into_any(),
        Verdict::Welcome => children(),
        Verdict::SignIn => view! {
            <Crumbs/>
            <div class="wrap narrow">
                <PageHead title=tr::layout::sign_in_needed::title lead=tr::layout::sign_in_needed::text>
                    <div class="row">
                        <ButtonLink href=session::sign_in_address() icon=Glyph::SignIn>{tr::layout::sign_in}</ButtonLink>
                        <a href="/dang-ky">{tr::layout::register}</a>
                    </div>
                </PageHead>
            </div>
        }
        .into_any(),
        Verdict::NoRole => view! {
            <Crumbs/>
            <div class="wrap narrow">
                <PageHead title=tr::layout::role_needed::title lead=tr::layout::role_needed::text>
                    <HelpLine/>
                </PageHead>
            </div>
        }
        .into_any(),
    }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Unknown,
    Welcome,
    SignIn,
    NoRole,
}
