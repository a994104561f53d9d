//! The checklist: kept with the server on request, and before any event that depends on it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::{EligibilityCheck, EligibilityItem, Product, RecordEligibility};
use nq57_shared::reference::ReferenceList;
use nq57_shared::validate::Validate as _;

use super::api;
use super::item::{Item, ItemFields, VerdictRow};
use crate::api::Remote;
use crate::i18n::{Text, time_of_day, tr};
use crate::products::api as products;
use crate::reference::{now, today};
use crate::ui::{Button, ButtonKind, Form, FormView, toast, warn_on_leave};

/// The checklist to be filled. Saving brings `product` up to date, so that its events follow.
#[component]
pub(super) fn Checklist(
    list: ReferenceList,
    check: EligibilityCheck,
    product: RwSignal<Product>,
    page: Remote<Product>,
) -> impl IntoView {
    use tr::review::eligibility as words;
    let items: Vec<Item> =
        list.valid_on(today()).map(|entry| Item::new(entry.clone(), &check.items)).collect();
    let items = StoredValue::new(items);
    let total = items.with_value(Vec::len);
    let form = Form::new();
    let saved = RwSignal::new(None::<Text>);
    let unsaved = RwSignal::new(false);
    warn_on_leave(unsaved.into());
    let given = Memo::new(move |before: Option<&Vec<EligibilityItem>>| {
        let given: Vec<EligibilityItem> =
            items.with_value(|items| items.iter().filter_map(Item::given).collect());
        if before.is_some_and(|before| *before != given) {
            unsaved.set(true);
        }
        given
    });
    let save = move || {
        let mut body = RecordEligibility { items: given.get_untracked() };
        body.normalise();
        if !form.check(body.violations().0) {
            return;
        }
        let (id, revision) = product.with_untracked(|product| (product.id, product.revision));
        form.set_busy(true);
        saved.set(Some(words::saving.into()));
        spawn_local(async move {
            let outcome = match api::record_eligibility(id, revision, &body).await {
                Ok(_) => products::read(&id.to_string()).await,
                Err(failure) => Err(failure),
            };
            form.set_busy(false);
            match outcome {
                Ok(fresh) => {
                    unsaved.set(false);
                    product.set(fresh);
                    let time = now().map(time_of_day).unwrap_or_default();
                    saved.set(Some(Text::from(move || words::saved(&time))));
                }
                Err(failure) if failure.is_stale() => {
                    toast(tr::review::stale);
                    page.reload();
                }
                Err(failure) => {
                    saved.set(Some(words::unsaved.into()));
                    form.show(&failure);
                }
            }
        });
    };
    let rows = items.with_value(|items| {
        items
            .iter()
            .map(|item| {
                let code = item.entry.code.clone();
                let index = Signal::derive(move || {
                    given
                        .with(|given| given.iter().position(|one| one.code == code))
                        .unwrap_or_default()
                });
                view! { <ItemFields item=item.clone() index/> }
            })
            .collect_view()
    });
    view! {
        <FormView form tight=true on_submit=save>
            <div class="stack" data-gap="l">{rows}</div>
            <div class="row form-end">
                <Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::save}</Button>
                <span class="small muted" role="status">
                    {move || words::progress(given.with(Vec::len), total)}
                    {move || saved.get().map(|text| view! { ". " {text} })}
                </span>
            </div>
        </FormView>
    }
}

/// The verdicts to be read.
#[component]
pub(super) fn Verdicts(list: ReferenceList, check: EligibilityCheck) -> impl IntoView {
    if check.items.is_empty() {
        return view! { <p class="muted">{tr::review::decision::no_eligibility}</p> }.into_any();
    }
    let rows = check.items.into_iter().filter_map(|item| {
        let name = list.entry(&item.code)?.name.clone();
        Some(view! { <VerdictRow name item/> })
    });
    view! { <dl class="pairs">{rows.collect_view()}</dl> }.into_any()
}
