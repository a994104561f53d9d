//! Asks before something that cannot be taken back, and for the reason where one is owed.

use leptos::prelude::*;

use super::{Button, ButtonKind, Dialog, Form, FormError, FormView, Notice, TextArea, Tone};
use crate::i18n::{Text, tr};

/// Whether an action needs a reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reason {
    /// None is asked for.
    #[default]
    None,
    /// One may be given.
    Optional,
    /// One must be given, in at most `limit` characters; the people concerned read it.
    Required { limit: usize },
}

/// A confirmation. `on_confirm` gets the reason, empty when none was given.
///
/// It stays open while `busy`; the caller closes it when the work is done.
#[component]
pub fn Confirm(
    open: RwSignal<bool>,
    #[prop(into)] title: Text,
    /// What happens then.
    #[prop(optional, into)]
    body: Option<Text>,
    /// The verb on the button.
    #[prop(into)]
    confirm: Text,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] reason: Reason,
    /// Instead of "Reason".
    #[prop(optional, into)]
    reason_label: Option<Text>,
    #[prop(optional, into)] busy: Signal<bool>,
    /// The reason, where it shall outlive the question.
    #[prop(optional)]
    typed: Option<RwSignal<String>>,
    /// Why it could not be done the last time.
    #[prop(optional, into)]
    refused: Signal<Option<Text>>,
    #[prop(into)] on_confirm: Callback<(String,)>,
) -> impl IntoView {
    view! {
        <Dialog open title>
            {
                let (body, confirm, reason_label) = (body.clone(), confirm.clone(), reason_label.clone());
                let form = Form::new();
                let text = typed.unwrap_or_else(|| RwSignal::new(String::new()));
                let send = move || {
                    let given = text.get_untracked().trim().to_owned();
                    let missing = matches!(reason, Reason::Required { .. }) && given.is_empty();
                    let long = matches!(reason, Reason::Required { limit } if given.chars().count() > limit);
                    if missing || long {
                        let message = if missing { Text::from(tr::ui::reason_needed) } else { Text::from(tr::ui::reason_long) };
                        form.refuse(vec![FormError::new("/reason", message)], None);
                    } else if !busy.get_untracked() {
                        on_confirm.run((given,));
                    }
                };
                let limit = match reason {
                    Reason::Required { limit } => Some(limit),
                    Reason::Optional | Reason::None => None,
                };
                view! {
                    {move || refused.get().map(|title| view! { <Notice title tone=Tone::Warn alert=true/> })}
                    {body.map(|body| view! { <p>{body}</p> })}
                    <FormView form tight=true summary=false on_submit=send>
                        {(reason != Reason::None).then(|| {
                            let label = reason_label.unwrap_or_else(|| Text::from(tr::ui::reason));
                            match limit {
                                Some(limit) => view! { <TextArea name="/reason" label value=text limit=limit hint=tr::ui::reason_hint/> }.into_any(),
                                None => view! { <TextArea name="/reason" label value=text optional=true/> }.into_any(),
                            }
                        })}
                        <div class="row">
                            <Button kind submit=true busy>{confirm}</Button>
                            <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{tr::ui::cancel}</Button>
                        </div>
                    </FormView>
                }
            }
        </Dialog>
    }
}
