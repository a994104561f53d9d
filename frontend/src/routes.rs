//! The one list of addresses. A slice adds its pages here and nowhere else.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route};
use leptos_router::path;

use crate::accounts::{
    AccountPage, ForgotPasswordPage, RegisterPage, ResetPasswordPage, SignInPage, VerifyEmailPage,
};
use crate::administration::{
    AccountAdministrationPage, AccountsPage, AuditPage, DeadLettersPage,
    OrganisationsAdministrationPage,
};
use crate::home::HomePage;
use crate::kit::KitPage;
use crate::layout::{AboutPage, AccessibilityPage, NotFoundPage, PrivacyPage};
use crate::notifications::InboxPage;
use crate::organisations::{MembersPage, OrganisationsPage};

/// The page of the address.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=|| view! { <NotFoundPage/> }.into_any()>
            <Route path=path!("/") view=|| view! { <HomePage/> }.into_any()/>
            <Route path=path!("/dang-nhap") view=|| view! { <SignInPage/> }.into_any()/>
            <Route path=path!("/dang-ky") view=|| view! { <RegisterPage/> }.into_any()/>
            <Route path=path!("/xac-minh") view=|| view! { <VerifyEmailPage/> }.into_any()/>
            <Route path=path!("/quen-mat-khau") view=|| view! { <ForgotPasswordPage/> }.into_any()/>
            <Route path=path!("/dat-lai-mat-khau") view=|| view! { <ResetPasswordPage/> }.into_any()/>
            <Route path=path!("/tai-khoan") view=|| view! { <AccountPage/> }.into_any()/>
            <Route path=path!("/thong-bao") view=|| view! { <InboxPage/> }.into_any()/>
            <Route path=path!("/to-chuc") view=|| view! { <OrganisationsPage/> }.into_any()/>
            <Route path=path!("/to-chuc/:id") view=|| view! { <MembersPage/> }.into_any()/>
            <Route path=path!("/quan-tri") view=|| view! { <AccountsPage/> }.into_any()/>
            <Route path=path!("/quan-tri/tai-khoan") view=|| view! { <AccountsPage/> }.into_any()/>
            <Route path=path!("/quan-tri/tai-khoan/:id") view=|| view! { <AccountAdministrationPage/> }.into_any()/>
            <Route path=path!("/quan-tri/to-chuc") view=|| view! { <OrganisationsAdministrationPage/> }.into_any()/>
            <Route path=path!("/quan-tri/tin-khong-gui-duoc") view=|| view! { <DeadLettersPage/> }.into_any()/>
            <Route path=path!("/quan-tri/nhat-ky") view=|| view! { <AuditPage/> }.into_any()/>
            <Route path=path!("/ui") view=|| view! { <KitPage/> }.into_any()/>
            <Route path=path!("/gioi-thieu") view=|| view! { <AboutPage/> }.into_any()/>
            <Route path=path!("/quyen-rieng-tu") view=|| view! { <PrivacyPage/> }.into_any()/>
            <Route path=path!("/tro-nang") view=|| view! { <AccessibilityPage/> }.into_any()/>
        </FlatRoutes>
    }
}
