//! What must be corrected before the form can go, linked to its fields. Takes focus whenever the form is refused.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::html;
use leptos::prelude::*;

use super::{Form, Glyph, Icon, focus_on};
use crate::i18n::tr;

static NEXT_ID: AtomicU32 = AtomicU32::new(1);

/// The summary of a form's errors; nothing while there are none.
#[component]
pub(super) fn ErrorSummary(form: Form) -> impl IntoView {
    let summary = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if form.refusals() > 0 {
            request_animation_frame(move || {
                if let Some(summary) = summary.get_untracked() {
                    let _ = summary.focus();
                }
            });
        }
    });
    let title_id = format!("errors-{}", NEXT_ID.fetch_add(1, Ordering::Relaxed));
    let shown = Memo::new(move |_| form.alert().is_some() || !form.listed().is_empty());
    let title = move || match form.alert() {
        Some(alert) => alert.title.string(),
        None => tr::ui::errors_title(u64::try_from(form.listed().len()).unwrap_or_default()),
    };
    let detail =
        move || form.alert().and_then(|alert| alert.detail).map(|detail| view! { <p>{detail}</p> });
    let items = move || {
        form.listed()
            .into_iter()
            .map(|(field, message)| match field {
                Some(field) => {
                    let target = field.id.clone();
                    let go = move |event: leptos::ev::MouseEvent| {
                        event.prevent_default();
                        focus_on(&target);
                    };
                    let label = field.label;
                    view! {
                        <li>
                            <a href=format!("#{}", field.id) on:click=go>
                                {label}": "{message}
                            </a>
                        </li>
                    }
                    .into_any()
                }
                None => view! { <li>{message}</li> }.into_any(),
            })
            .collect_view()
    };
    move || {
        shown.get().then(|| {
            view! {
                <div class="errors" tabindex="-1" role="group" aria-labelledby=title_id.clone() node_ref=summary>
                    <h2 id=title_id.clone()>
                        <Icon name=Glyph::Late/>
                        {title}
                    </h2>
                    {detail}
                    <ul>{items}</ul>
                </div>
            }
        })
    }
}
