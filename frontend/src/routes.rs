//! The one list of addresses. A slice adds its pages here, and to a part of the program in `parts`.
//! Refuses to put a page but the first into the first load.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route};
use leptos_router::path;
use nq57_ui::layout::NotFoundPage;

use crate::home::HomePage;
use crate::parts::{Account, Kit, Officials, Public, Submissions};

/// The page of the address.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=|| view! { <NotFoundPage/> }.into_any()>
            <Route path=path!("/") view=|| view! { <HomePage/> }.into_any()/>
            <Route path=path!("/dang-nhap") view=Account::SignInPage/>
            <Route path=path!("/dang-ky") view=Account::RegisterPage/>
            <Route path=path!("/xac-minh") view=Account::VerifyEmailPage/>
            <Route path=path!("/quen-mat-khau") view=Account::ForgotPasswordPage/>
            <Route path=path!("/dat-lai-mat-khau") view=Account::ResetPasswordPage/>
            <Route path=path!("/tai-khoan") view=Account::AccountPage/>
            <Route path=path!("/thong-bao") view=Account::InboxPage/>
            <Route path=path!("/to-chuc") view=Account::OrganisationsPage/>
            <Route path=path!("/to-chuc/:id") view=Account::MembersPage/>
            <Route path=path!("/to-chuc/:id/ung-dung") view=Account::ClientsPage/>
            <Route path=path!("/to-chuc/:id/ung-dung/moi") view=Account::NewClientPage/>
            <Route path=path!("/ung-dung/:id") view=Account::ClientPage/>
            <Route path=path!("/quan-tri") view=Account::AccountsPage/>
            <Route path=path!("/quan-tri/tai-khoan") view=Account::AccountsPage/>
            <Route path=path!("/quan-tri/tai-khoan/:id") view=Account::AccountAdministrationPage/>
            <Route path=path!("/quan-tri/to-chuc") view=Account::OrganisationsAdministrationPage/>
            <Route path=path!("/quan-tri/ung-dung") view=Account::ClientsAdministrationPage/>
            <Route path=path!("/quan-tri/tin-khong-gui-duoc") view=Account::DeadLettersPage/>
            <Route path=path!("/quan-tri/nhat-ky") view=Account::AuditPage/>
            <Route path=path!("/viec-cua-toi") view=Officials::WorkPage/>
            <Route path=path!("/tat-ca-ho-so") view=Officials::RegisterPage/>
            <Route path=path!("/san-pham") view=Public::CataloguePage/>
            <Route path=path!("/san-pham/:id") view=Public::ProductPage/>
            <Route path=path!("/san-pham/:id/so-sanh") view=Public::ComparePage/>
            <Route path=path!("/thong-ke") view=Public::StatisticsPage/>
            <Route path=path!("/theo-doi") view=Public::TrackingPage/>
            <Route path=path!("/thu-ve-ho-so") view=Account::CaseLettersPage/>
            <Route path=path!("/ho-so") view=Submissions::ListPage/>
            <Route path=path!("/ho-so/moi") view=Submissions::StartPage/>
            <Route path=path!("/ho-so/:id") view=Submissions::OwnPage/>
            <Route path=path!("/ho-so/:id/buoc/:step") view=Submissions::StepPage/>
            <Route path=path!("/ho-so/:id/kiem-tra") view=Submissions::CheckPage/>
            <Route path=path!("/ho-so/:id/da-gui") view=Submissions::SentPage/>
            <Route path=path!("/hoi-dong/:id") view=Officials::OpenEvaluationPage/>
            <Route path=path!("/danh-gia/:id") view=Officials::EvaluationPage/>
            <Route path=path!("/tham-dinh/:id") view=Officials::EligibilityPage/>
            <Route path=path!("/quyet-dinh/:id") view=Officials::DecisionPage/>
            <Route path=path!("/ui") view=Kit::KitPage/>
            <Route path=path!("/gioi-thieu") view=Public::AboutPage/>
            <Route path=path!("/quyen-rieng-tu") view=Public::PrivacyPage/>
            <Route path=path!("/tro-nang") view=Public::AccessibilityPage/>
        </FlatRoutes>
    }
}
