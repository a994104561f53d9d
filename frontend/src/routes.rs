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
use crate::work::WorkPage;
use crate::evaluations::{OpenEvaluationPage, RoundPage};
use crate::review::{DecisionPage, EligibilityPage};
use crate::layout::{AboutPage, AccessibilityPage, NotFoundPage, PrivacyPage};
use crate::notifications::InboxPage;
use crate::products::{CataloguePage, CheckPage, ComparePage, ListPage, OwnPage, ProductPage, SentPage, StartPage, StatisticsPage, StepPage};
use crate::tracking::TrackingPage;
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
            <Route path=path!("/viec-cua-toi") view=|| view! { <WorkPage/> }.into_any()/>
            <Route path=path!("/san-pham") view=|| view! { <CataloguePage/> }.into_any()/>
            <Route path=path!("/san-pham/:id") view=|| view! { <ProductPage/> }.into_any()/>
            <Route path=path!("/san-pham/:id/so-sanh") view=|| view! { <ComparePage/> }.into_any()/>
            <Route path=path!("/thong-ke") view=|| view! { <StatisticsPage/> }.into_any()/>
            <Route path=path!("/theo-doi") view=|| view! { <TrackingPage/> }.into_any()/>
            <Route path=path!("/ho-so") view=|| view! { <ListPage/> }.into_any()/>
            <Route path=path!("/ho-so/moi") view=|| view! { <StartPage/> }.into_any()/>
            <Route path=path!("/ho-so/:id") view=|| view! { <OwnPage/> }.into_any()/>
            <Route path=path!("/ho-so/:id/buoc/:step") view=|| view! { <StepPage/> }.into_any()/>
            <Route path=path!("/ho-so/:id/kiem-tra") view=|| view! { <CheckPage/> }.into_any()/>
            <Route path=path!("/ho-so/:id/da-gui") view=|| view! { <SentPage/> }.into_any()/>
            <Route path=path!("/hoi-dong/:id") view=|| view! { <OpenEvaluationPage/> }.into_any()/>
            <Route path=path!("/danh-gia/:id") view=|| view! { <RoundPage/> }.into_any()/>
            <Route path=path!("/tham-dinh/:id") view=|| view! { <EligibilityPage/> }.into_any()/>
            <Route path=path!("/quyet-dinh/:id") view=|| view! { <DecisionPage/> }.into_any()/>
            <Route path=path!("/ui") view=|| view! { <KitPage/> }.into_any()/>
            <Route path=path!("/gioi-thieu") view=|| view! { <AboutPage/> }.into_any()/>
            <Route path=path!("/quyen-rieng-tu") view=|| view! { <PrivacyPage/> }.into_any()/>
            <Route path=path!("/tro-nang") view=|| view! { <AccessibilityPage/> }.into_any()/>
        </FlatRoutes>
    }
}
