//! `/hoi-dong/:id`: a chair opens an evaluation for an accepted product.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use nq57_shared::access::Role;
use nq57_shared::evaluations::{EvaluationMode, OpenEvaluation};
use nq57_shared::problem::FieldCode;
use nq57_shared::products::Product;
use nq57_shared::time::vietnam_date;
use nq57_shared::validate::Violation;
use nq57_ui::api::{Record as _, remote};
use nq57_ui::casework::{NextWork, way_back};
use nq57_ui::components::{
    Button, Choice, Crumbs, Form, FormAlert, FormView, Load, PageHead, RadioChoices, Select, toast,
    warn_on_leave,
};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::layout::Guard;
use nq57_ui::state::session;

use super::api;
use super::panel_form::{PanelFields, PanelValues};
use crate::products::{api as products, view_model};
use crate::reference::{List, choices};
use crate::work::KINDS;

#[component]
pub fn OpenEvaluationPage() -> impl IntoView {
    let params = use_params_map();
    let product = remote(move || {
        let id = params.read().get("id").unwrap_or_default();
        async move { products::read(&id).await }
    });
    view! {
        <Guard roles=&[Role::PanelChair]>
            <Crumbs trail=vec![way_back()]/>
            <div class="wrap narrow">
                <Load from=product page_of=way_back() view={move |shown: Product| view! { <OpenForm shown/> }}/>
            </div>
        </Guard>
    }
}

#[component]
fn OpenForm(shown: Product) -> impl IntoView {
    use tr::evaluations::open as words;
    let form = Form::new();
    let rubric = RwSignal::new(String::new());
    let mode = RwSignal::new(EvaluationMode::Online.as_str().to_owned());
    let last_day = shown.due_at.map(vietnam_date);
    let panel = PanelValues::new(untrack(session::account).map(|account| account.id), last_day);
    warn_on_leave(Signal::derive(move || {
        !form.busy().get_untracked()
            && (!rubric.with_untracked(String::is_empty) || panel.has_members())
    }));
    let key = StoredValue::new(uuid::Uuid::new_v4());
    let navigate = use_navigate();
    // What was typed stays when somebody else has changed the product meanwhile.
    let current = RwSignal::new(shown.clone());
    let submit = move || {
        let rubric_id = rubric.get_untracked();
        let no_rubric = rubric_id.is_empty().then(|| Violation {
            pointer: "/rubric_id".into(),
            code: FieldCode::Required,
            limit: None,
        });
        let Some(panel) = panel.read(form, no_rubric) else { return };
        let body = OpenEvaluation {
            rubric_id,
            chair_id: panel.chair_id,
            member_ids: panel.member_ids,
            quorum: panel.quorum,
            due_on: panel.due_on,
            mode: EvaluationMode::parse(&mode.get_untracked()).unwrap_or_default(),
        };
        let navigate = navigate.clone();
        form.set_busy(true);
        spawn_local(async move {
            let before = current.get_untracked();
            match api::open(before.id, before.revision, &body, key.get_value()).await {
                Ok(evaluation) => {
                    toast(words::opened);
                    navigate(&format!("/danh-gia/{}", evaluation.id), NavigateOptions::default());
                }
                Err(failure) => {
                    // Another body needs another key.
                    key.set_value(uuid::Uuid::new_v4());
                    let fresh = match failure.is_stale() {
                        true => before.read_again().await.ok(),
                        false => None,
                    };
                    form.set_busy(false);
                    match fresh {
                        Some(fresh) => {
                            let state = fresh.state;
                            let title =
                                Text::from(move || tr::review::stale(view_model::state(state)));
                            current.try_set(fresh);
                            form.refuse(Vec::new(), Some(FormAlert { title, detail: None }));
                        }
                        None => form.show(&failure),
                    }
                }
            }
        });
    };
    let modes = vec![
        Choice::new(EvaluationMode::Online.as_str(), tr::evaluations::mode::online),
        Choice::new(EvaluationMode::OnSite.as_str(), tr::evaluations::mode::on_site),
    ];
    let title = shown.content.title;
    view! {
        <PageHead title=words::title lead=move || words::lead(&title)/>
        <NextWork kinds=KINDS case=shown.id.0/>
        <FormView form on_submit=submit>
            <Select name="/rubric_id" label=words::rubric value=rubric options=choices(List::Rubrics) empty=words::choose_rubric/>
            <RadioChoices name="/mode" label=tr::evaluations::mode::label value=mode options=modes wide=true/>
            <PanelFields values=panel/>
            <div class="row form-end"><Button submit=true busy=form.busy()>{words::submit}</Button></div>
        </FormView>
    }
}
