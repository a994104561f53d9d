//! The parts of the program that a browser fetches when a page of theirs is opened; the rest is the first load.
//! Refuses to lose a page whose part cannot be fetched: says so, with a way to try again.

use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
#[cfg(not(debug_assertions))]
use leptos::wasm_split::wasm_split;
use leptos_router::ChooseView;
use nq57_ui::api::Failure;
use nq57_ui::components::{Crumbs, FailureNotice};
use nq57_ui::layout;

use crate::{
    accounts, administration, clients, evaluations, kit, notifications, organisations, products,
    review, tracking, work,
};

/// A part: its pages, to be named in the list of addresses.
///
/// The optimised program is cut at the function that opens them. A program built for development
/// stays whole, so that it needs no cutting.
macro_rules! part {
    ($(#[$meaning:meta])* $part:ident, $open:ident, $($slice:ident: $($page:ident),+;)+) => {
        $(#[$meaning])*
        #[derive(Clone, Copy)]
        pub enum $part {
            $($(#[doc = concat!("`", stringify!($page), "` of `", stringify!($slice), "`.")] $page,)+)+
        }

        impl $part {
            fn view(self) -> AnyView {
                $(use $slice::{$($page),+};)+
                match self {
                    $($(Self::$page => view! { <$page/> }.into_any(),)+)+
                }
            }
        }

        #[cfg(not(debug_assertions))]
        #[wasm_split($open, wasm_split_path = ::leptos::wasm_split, fallible)]
        fn $open(page: $part) -> Result<AnyView, SplitLoaderError> {
            Ok(page.view())
        }

        #[cfg(debug_assertions)]
        async fn $open(page: $part) -> Result<AnyView, SplitLoaderError> {
            Ok(page.view())
        }

        impl ChooseView for $part {
            async fn choose(self) -> AnyView {
                $open(self).await.unwrap_or_else(|_missing| view! { <PartMissing/> }.into_any())
            }

            async fn preload(&self) {}
        }
    };
}

part! {
    /// What anybody may read.
    Public, public,
    products: CataloguePage, ProductPage, ComparePage, StatisticsPage;
    tracking: TrackingPage;
    layout: AboutPage, PrivacyPage, AccessibilityPage;
}

part! {
    /// One's own drafts and submissions.
    Submissions, submissions,
    products: ListPage, StartPage, OwnPage, StepPage, CheckPage, SentPage;
}

part! {
    /// The work of officials, experts and chairs.
    Officials, officials,
    work: WorkPage, RegisterPage;
    evaluations: OpenEvaluationPage, EvaluationPage;
    review: EligibilityPage, DecisionPage;
}

part! {
    /// Signing in, one's account, messages and organisations, and their administration.
    Account, account,
    accounts: SignInPage, RegisterPage, VerifyEmailPage, ForgotPasswordPage, ResetPasswordPage, AccountPage;
    notifications: InboxPage, CaseLettersPage;
    organisations: OrganisationsPage, MembersPage;
    clients: ClientsPage, NewClientPage, ClientPage;
    administration: AccountsPage, AccountAdministrationPage, OrganisationsAdministrationPage, ClientsAdministrationPage, DeadLettersPage, AuditPage;
}

part! {
    /// Every component, shown.
    Kit, kit,
    kit: KitPage;
}

/// Instead of a page whose part did not come: the server is away, or has a newer program.
/// Opening the address anew helps in both cases.
#[component]
fn PartMissing() -> impl IntoView {
    let open_anew = || {
        let _refused_nowhere = window().location().reload();
    };
    view! {
        <Crumbs/>
        <div class="wrap narrow block">
            <FailureNotice failure=Failure::Offline on_retry=open_anew/>
        </div>
    }
}
