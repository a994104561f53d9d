//! The checklist: saved as one decides, never over what another officer has saved meanwhile.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::{
    EligibilityCheck, EligibilityItem, Product, ProductEvent, RecordEligibility, Verdict,
};
use nq57_shared::reference::ReferenceList;
use nq57_shared::text::block;
use nq57_shared::validate::Validate as _;
use nq57_ui::api::{Autosave, Failure, NotSent, Record, Typed};
use nq57_ui::components::{Button, ButtonKind, Form, FormView};
use nq57_ui::i18n::{Text, local, tr};
use nq57_ui::state::session;

use super::api;
use super::item::{Item, ItemFields, VerdictRow, in_words};
use crate::products::{Difference, TwoTexts, api as products, saving_words};
use crate::reference::today;

/// The verdicts with the revision that guards them.
#[derive(Clone)]
struct Checked {
    product: Product,
    items: Vec<EligibilityItem>,
}

impl Record for Checked {
    fn revision(&self) -> u64 {
        self.product.revision
    }

    async fn read_again(&self) -> Result<Self, Failure> {
        // The product first: whoever saves between the two reads is found out by its revision.
        let product = self.product.read_again().await?;
        let items = products::eligibility(product.id).await?.items;
        Ok(Self { product, items })
    }
}

/// The items on the page, in their order.
#[derive(Clone, Copy)]
struct Items(StoredValue<Vec<Item>>);

impl Items {
    /// Every verdict, also without the note that it owes; reactive.
    fn given(self) -> Vec<EligibilityItem> {
        let mut body = RecordEligibility {
            items: self.0.with_value(|items| items.iter().filter_map(Item::given).collect()),
        };
        body.normalise();
        body.items
    }

    /// What a reason begins with that asks for what these verdicts found: each item with its note; reactive.
    fn notes(self, verdict: Verdict) -> String {
        let line = |item: &Item| {
            let note = item.given().filter(|one| one.verdict == verdict)?.note?;
            Some(format!("{}: {}", local(&item.entry.name), block(&note)))
        };
        let lines: Vec<String> = self.0.with_value(|items| items.iter().filter_map(line).collect());
        lines.join("\n")
    }

    fn differences(self, theirs: &Checked) -> Vec<Difference> {
        let theirs = self.everything_in(&self.part_of(theirs));
        let mine = untrack(|| self.everything());
        self.0.with_value(|items| {
            let rows = items.iter().zip(theirs).zip(mine);
            rows.filter(|((_, theirs), mine)| theirs != mine)
                .map(|((item, theirs), mine)| {
                    let name = item.entry.name.clone();
                    (Text::from(move || local(&name)), in_words(theirs), in_words(mine))
                })
                .collect()
        })
    }
}

impl Typed for Items {
    type Record = Checked;
    type Part = Vec<EligibilityItem>;
    /// Verdict and note of each item.
    type Everything = Vec<(String, String)>;

    fn part(self) -> Self::Part {
        let complete = |item: &EligibilityItem| {
            RecordEligibility { items: vec![item.clone()] }.violations().0.is_empty()
        };
        self.given().into_iter().filter(complete).collect()
    }

    fn part_of(self, record: &Checked) -> Self::Part {
        let of = |item: &Item| record.items.iter().find(|one| one.code == item.entry.code).cloned();
        self.0.with_value(|items| items.iter().filter_map(of).collect())
    }

    fn everything(self) -> Self::Everything {
        self.0.with_value(|items| items.iter().map(Item::typed).collect())
    }

    fn everything_in(self, part: &Self::Part) -> Self::Everything {
        let of = |item: &Item| Item::recorded(part.iter().find(|one| one.code == item.entry.code));
        self.0.with_value(|items| items.iter().map(of).collect())
    }

    fn load(self, everything: Self::Everything) {
        self.0.with_value(|items| {
            for (item, typed) in items.iter().zip(everything) {
                item.load(typed);
            }
        });
    }

    async fn write(self, over: &Checked, part: &Self::Part) -> Result<Checked, Failure> {
        let body = RecordEligibility { items: part.clone() };
        let items = api::record_eligibility(over.product.id, over.revision(), &body).await?.items;
        Ok(Checked { product: over.product.read_again().await?, items })
    }
}

/// The checklist to be filled. Saving brings `product` up to date, so that its events follow.
#[component]
pub(super) fn Checklist(
    list: ReferenceList,
    check: EligibilityCheck,
    product: RwSignal<Product>,
    /// Whether the page says something else than the server.
    unsaved: RwSignal<bool>,
    /// Whether a verdict still owes its note.
    owes_note: RwSignal<bool>,
    /// What the reasons of the events begin with.
    drafts: RwSignal<Vec<(ProductEvent, String)>>,
) -> impl IntoView {
    use tr::review::eligibility as words;
    let items: Vec<Item> =
        list.valid_on(today()).map(|entry| Item::new(entry.clone(), &check.items)).collect();
    let total = items.len();
    let typed = Items(StoredValue::new(items));
    let shown = product.get_untracked();
    let account = untrack(session::account).map(|account| account.id);
    let name = format!("eligibility {} {account:?}", shown.id);
    let saving = Autosave::open(name, typed, Checked { product: shown, items: check.items });
    let over = saving.over();
    Effect::new(move |_| unsaved.set(saving.is_unsaved()));
    Effect::new(move |_| owes_note.set(saving.is_partial()));
    Effect::new(move |_| {
        drafts.set(vec![
            (ProductEvent::RequestInformation, typed.notes(Verdict::Ask)),
            (ProductEvent::MarkIneligible, typed.notes(Verdict::Fail)),
        ]);
    });
    Effect::new(move |_| {
        let record = over.record();
        if let Some(record) =
            record.filter(|record| untrack(|| product.read().revision) < record.revision())
        {
            product.set(record.product);
        }
    });
    // An event was refused because somebody else has changed the submission.
    Effect::new(move |_| {
        let fresh = product.get();
        let Some(record) = untrack(|| over.record()) else { return };
        if fresh.revision > record.revision() {
            spawn_local(async move {
                if let Ok(fresh) = record.read_again().await {
                    saving.meet(fresh);
                }
            });
        }
    });
    let form = Form::new();
    let given = Memo::new(move |_| typed.given());
    let save = move || {
        if !form.check(RecordEligibility { items: given.get_untracked() }.violations().0) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let saved = saving.save().await;
            form.set_busy(false);
            if let Err(NotSent::Failed(failure)) = saved {
                form.show(&failure);
            }
        });
    };
    let rows = move || {
        typed.0.with_value(|items| {
            items
                .iter()
                .map(|item| {
                    let code = item.entry.code.clone();
                    let index = Signal::derive(move || {
                        given
                            .with(|given| given.iter().position(|one| one.code == code))
                            .unwrap_or_default()
                    });
                    view! { <li><ItemFields item=item.clone() index/></li> }
                })
                .collect_view()
        })
    };
    view! {
        {move || over.theirs().map(|theirs| view! {
            <TwoTexts differences=typed.differences(&theirs) on_keep=move || saving.keep_mine() on_take=move || saving.take_theirs() heading="checklist"/>
        })}
        <FormView form tight=true on_submit=save>
            <ol class="stack ruled" data-gap="l">{rows()}</ol>
            <div class="row form-end">
                <Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::save}</Button>
                <span class="small muted" role="status">
                    {move || words::progress(given.with(Vec::len), total)}
                    {move || saving_words(&saving.saving(), saving.is_partial()).map(|words| format!(". {words}"))}
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
