//! The wizard: one question a page, an address per step, saved as one writes.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use nq57_shared::products::Product;
use nq57_ui::api::remote;
use nq57_ui::components::{
    Button, ButtonKind, ButtonLink, Crumb, Crumbs, Form, FormAlert, FormView, Glyph, Heading, Load,
    PageHead, Skeleton, Steps, toast,
};
use nq57_ui::i18n::{Text, time_of_day, tr};
use nq57_ui::layout::{Guard, NotFoundPage};
use nq57_ui::state::address::use_query;

use super::conflict::ConflictView;
use super::editor::{Editor, NotSaved, Saving};
use super::step::Step;
use super::steps::files::{FileQueue, FilesFields};
use super::steps::{OwnerFields, ProblemFields, ProofFields, WhatFields};
use crate::products::page::use_id;
use crate::products::{api, view_model};

/// A step of the wizard.
#[component]
pub fn StepPage() -> impl IntoView {
    view! { <Guard><Wizard/></Guard> }
}

#[component]
fn Wizard() -> impl IntoView {
    let id = use_id();
    let product = remote(move || {
        let id = id.get();
        async move { api::read(&id).await }
    });
    let show = |product: Product| match product.may_edit {
        true => view! { <Writing product/> }.into_any(),
        false => view! { <Locked product/> }.into_any(),
    };
    view! {
        <Crumbs trail=vec![Crumb::new(tr::submissions::list::title, "/ho-so")]/>
        <div class="wrap narrow">
            <Load from=product view=show page_of=Crumb::new(tr::submissions::list::title, "/ho-so") waiting=|| view! { <div class="head"><Skeleton lines=10/></div> }.into_any()/>
        </div>
    }
}

/// Why it cannot be changed.
#[component]
pub(super) fn Locked(product: Product) -> impl IntoView {
    use tr::submissions::wizard as words;
    let (id, state) = (product.id, product.state);
    view! {
        <PageHead title=words::locked lead=move || words::locked_text(view_model::state(state))>
            <p><ButtonLink href=format!("/ho-so/{id}")>{words::open}</ButtonLink></p>
        </PageHead>
    }
}

/// The editor lives as long as the draft is open, whatever the step.
#[component]
fn Writing(product: Product) -> impl IntoView {
    let editor = Editor::open(product);
    let queue = FileQueue::new(editor);
    let params = use_params_map();
    let step = Memo::new(move |_| {
        params.with(|params| params.get("step")).as_deref().and_then(Step::parse)
    });
    move || match step.get() {
        Some(step) => view! { <OneStep editor queue step/> }.into_any(),
        None => view! { <NotFoundPage/> }.into_any(),
    }
}

#[component]
fn OneStep(editor: Editor, queue: FileQueue, step: Step) -> impl IntoView {
    use tr::submissions::wizard as words;
    let form = Form::new();
    let id = editor.product.with_untracked(|product| product.id);
    let query = use_query();
    let comes_from_check = Memo::new(move |_| query.with(|query| query.has("ve", "kiem-tra")));
    let check = format!("/ho-so/{id}/kiem-tra");
    let navigate = StoredValue::new_local(use_navigate());
    let go_to = move |address: &str| {
        navigate.with_value(|navigate| navigate(address, NavigateOptions::default()))
    };
    let go_on = StoredValue::new(move || match (step.after(), comes_from_check.get_untracked()) {
        (Some(next), false) => next.address(id),
        _ => check.clone(),
    });
    let submit = move || {
        let missing = editor
            .mine()
            .missing()
            .0
            .into_iter()
            .filter(|violation| Step::of(&violation.pointer) == Some(step))
            .collect();
        if !form.check(missing) {
            return;
        }
        if queue.is_at_work() {
            form.refuse(
                Vec::new(),
                Some(FormAlert {
                    title: Text::from(tr::submissions::files::still_sending),
                    detail: None,
                }),
            );
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let result = editor.save().await;
            form.set_busy(false);
            match result {
                Ok(()) => go_to(&go_on.with_value(|go_on| go_on())),
                // What cannot be sent now is kept and sent later: writing goes on.
                Err(NotSaved::Failed(failure))
                    if failure.may_pass()
                        && step.after().is_some()
                        && !comes_from_check.get_untracked() =>
                {
                    go_to(&go_on.with_value(|go_on| go_on()));
                }
                Err(NotSaved::Failed(failure)) => form.show(&failure),
                Err(NotSaved::Conflict | NotSaved::Gone) => {}
            }
        });
    };
    let later = move || {
        spawn_local(async move {
            match editor.save().await {
                Ok(()) => {
                    go_to("/ho-so");
                    toast(words::later_done);
                }
                Err(NotSaved::Failed(failure)) => form.show(&failure),
                Err(NotSaved::Conflict | NotSaved::Gone) => {}
            }
        });
    };
    let links = Step::ALL.into_iter().map(|step| step.address(id)).collect::<Vec<_>>();
    view! {
        <StepHead step links=links>
            <SavingLine editor/>
        </StepHead>
        <StepQuestion step/>
        <ConflictView editor/>
        <div class="form">
            <FormView form on_submit=submit>
                {match step {
                    Step::What => view! { <WhatFields fields=editor.fields/> }.into_any(),
                    Step::Problem => view! { <ProblemFields fields=editor.fields/> }.into_any(),
                    Step::Proof => view! { <ProofFields fields=editor.fields/> }.into_any(),
                    Step::Files => view! { <FilesFields queue/> }.into_any(),
                    Step::Owner => view! { <OwnerFields fields=editor.fields/> }.into_any(),
                }}
                <div class="row form-end">
                    <Button submit=true busy=form.busy()>
                        {move || if comes_from_check.get() { words::back_to_check() } else { words::next() }}
                    </Button>
                    {step.before().map(|before| view! {
                        <ButtonLink href=before.address(id) kind=ButtonKind::Quiet icon=Glyph::Back>{words::back}</ButtonLink>
                    })}
                    <Button kind=ButtonKind::Quiet on_press=later>{words::later}</Button>
                </div>
            </FormView>
        </div>
    }
}

/// Where one is in the sequence, and how far saving is.
#[component]
pub(super) fn StepHead(
    step: Step,
    #[prop(optional)] links: Vec<String>,
    children: Children,
) -> impl IntoView {
    use tr::submissions::wizard as words;
    let steps = Step::ALL.into_iter().map(|step| Text::from(move || step.name())).collect();
    view! {
        <div class="head stack">
            <Steps steps current=Some(step.number() - 1) links/>
            <div class="row" data-apart=true>
                <p class="small muted">{move || words::step_of(step.number(), Step::ALL.len())}</p>
                {children()}
            </div>
        </div>
    }
}

/// The question as the one heading of the page.
#[component]
pub(super) fn StepQuestion(step: Step) -> impl IntoView {
    let document_title = move || {
        format!(
            "{}: {}",
            tr::submissions::wizard::step_of(step.number(), Step::ALL.len()),
            step.question()
        )
    };
    view! {
        <div class="stack" data-gap="s">
            <Heading title=move || step.question() document_title/>
            <p class="muted measure">{move || step.lead()}</p>
        </div>
    }
}

/// "Saved at 09:42".
#[component]
fn SavingLine(editor: Editor) -> impl IntoView {
    use tr::submissions::saving as words;
    let words = move || match editor.saving() {
        _ if editor.conflict().is_some() => words::conflict().to_owned(),
        Saving::Still => String::new(),
        Saving::Busy => words::busy().to_owned(),
        Saving::Saved(at) => words::at(time_of_day(at)),
        Saving::Partly(at) => words::partly(time_of_day(at)),
        Saving::Kept => words::kept().to_owned(),
    };
    view! { <p class="small muted" role="status">{words}</p> }
}
