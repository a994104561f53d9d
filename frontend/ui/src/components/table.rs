//! Tables: a region that scrolls sideways by keyboard, a caption, headers that sort.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::i18n::Text;

/// A table; its children are `thead` and `tbody`.
///
/// With `stacked`, rows become cards on a phone: give every `td` a `data-label` (a picking cell `data-pick`).
#[component]
pub fn Table(
    /// What the table lists.
    #[prop(into)]
    caption: Text,
    /// The caption is seen, not only read out.
    #[prop(optional)]
    caption_shown: bool,
    /// For officials who live in it.
    #[prop(optional)]
    dense: bool,
    #[prop(optional)] stacked: bool,
    children: Children,
) -> impl IntoView {
    let name = caption.clone();
    view! {
        <div class="scroll" role="region" aria-label=move || name.get() tabindex="0">
            <table class="table" data-density=dense.then_some("dense") data-stack=stacked>
                <caption class:sr=!caption_shown>{caption}</caption>
                {children()}
            </table>
        </div>
    }
}

/// How a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

impl Order {
    /// The other way round.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// A column header that sorts. Numbers stand at the end of their column.
#[component]
pub fn SortHeader(
    #[prop(into)] label: Text,
    /// `None` while another column is sorted.
    #[prop(into)]
    order: Signal<Option<Order>>,
    #[prop(optional)] number: bool,
    /// Of its button.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(into)] on_sort: Callback<()>,
) -> impl IntoView {
    let sorted = move || {
        order.get().map(|order| match order {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
        })
    };
    view! {
        <th scope="col" class:num=number aria-sort=sorted>
            <button class="sort" id=id type="button" on:click=move |_| on_sort.run(())>
                {label}
                <Icon name=Glyph::Down/>
            </button>
        </th>
    }
}
