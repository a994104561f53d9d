//! What a client may do and whose rows it sees; what waits for a confirmation says so.

use leptos::prelude::*;
use nq57_shared::clients::ApiClient;
use nq57_ui::components::{Tag, Tone};
use nq57_ui::i18n::{Text, tr};

use super::view_model::{named, scope_name};
use crate::organisations::picker::shown;
use crate::reference::{List, name};

/// Scopes and rows in words.
#[component]
pub fn Access(client: ApiClient) -> impl IntoView {
    use tr::clients as words;
    let (wanted, in_force) = (client.wanted, client.in_force);
    let scopes = wanted
        .scopes
        .into_iter()
        .map(|scope| (Text::from(move || scope_name(scope)), in_force.scopes.contains(&scope)));
    let scopes: Vec<_> = scopes.collect();
    let provinces = wanted.provinces.into_iter().map(|code| {
        let holds = in_force.provinces.contains(&code);
        (Text::from(move || name(List::Provinces, &code)), holds)
    });
    let provinces: Vec<_> = provinces.collect();
    let organisations = wanted.organisations.iter().filter_map(|id| {
        let one = named(&client.organisations, id)?;
        Some((Text::from(shown(one)), in_force.organisations.contains(id)))
    });
    let organisations: Vec<_> = organisations.collect();
    view! {
        <dl class="pairs">
            <Items label=words::scopes items=scopes/>
            <Items label=words::provinces items=provinces/>
            <Items label=words::organisations items=organisations/>
        </dl>
    }
}

/// One line for each, with a mark for what is not in force.
#[component]
fn Items(#[prop(into)] label: Text, items: Vec<(Text, bool)>) -> impl IntoView {
    use tr::clients as words;
    let list = if items.is_empty() {
        view! { <span class="muted">{words::nothing}</span> }.into_any()
    } else {
        let line = |(text, holds): (Text, bool)| {
            let mark =
                (!holds).then(|| view! { " " <Tag text=words::waits tone=Tone::Warn plain=true/> });
            view! { <li>{text}{mark}</li> }
        };
        view! { <ul>{items.into_iter().map(line).collect_view()}</ul> }.into_any()
    };
    view! { <div><dt>{label}</dt><dd>{list}</dd></div> }
}
