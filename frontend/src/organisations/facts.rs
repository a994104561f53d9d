//! What everybody may know of an organisation: code, days, what is above, what it came from and became.

use chrono::NaiveDate;
use leptos::prelude::*;
use nq57_shared::organisations::{Lineage, Organisation, OrganisationName, Succession};
use nq57_ui::components::{Tag, Tone};
use nq57_ui::i18n::{Text, day, tr};

use super::picker::shown;
use super::view_model::kind_name;
use crate::reference::{List, name, today};

#[component]
pub(super) fn Facts(organisation: Organisation, lineage: Lineage) -> impl IntoView {
    use tr::organisations as words;
    let has_ended = organisation.has_ended(today());
    let Organisation { kind, code, tax_code, province_code, valid_from, valid_to, .. } =
        organisation;
    let Lineage { above, predecessors, successors } = lineage;
    let text = |label: Text, value: Option<Text>| {
        value.map(|value| view! { <div><dt>{label}</dt><dd>{value}</dd></div> })
    };
    let province = province_code.map(|code| Text::from(move || name(List::Provinces, &code)));
    let days = (valid_from.is_some() || valid_to.is_some())
        .then(|| Text::from(move || validity(valid_from, valid_to)));
    let above = above.into_iter().map(|one| (one, None)).collect();
    let became = |list: Vec<Succession>| {
        list.into_iter().map(|one| (one.organisation, Some(one.on))).collect()
    };
    view! {
        <section class="block stack" aria-labelledby="facts">
            <div class="row" data-apart=true>
                <h2 id="facts">{words::facts}</h2>
                {has_ended.then(|| view! { <Tag text=words::ended tone=Tone::Warn/> })}
            </div>
            <dl class="pairs">
                <Others label=words::now others=became(successors)/>
                {text(words::kind.into(), Some(Text::from(move || kind_name(kind).to_owned())))}
                {text(words::code.into(), code.map(Text::from))}
                {text(words::tax_code.into(), tax_code.map(Text::from))}
                {text(words::province.into(), province)}
                {text(words::validity.into(), days)}
                <Others label=words::above others=above/>
                <Others label=words::before others=became(predecessors)/>
            </dl>
        </section>
    }
}

/// Other organisations, each a way to its page; nothing for none.
#[component]
fn Others(
    #[prop(into)] label: Text,
    others: Vec<(OrganisationName, Option<NaiveDate>)>,
) -> impl IntoView {
    let item = |(other, on): (OrganisationName, Option<NaiveDate>)| {
        let on = on.map(|on| move || tr::organisations::on_day(day(on)));
        view! {
            <li>
                <a href=format!("/to-chuc/{}", other.id)>{shown(&other)}</a>
                {on.map(|on| view! { " " <span class="muted">{on}</span> })}
            </li>
        }
    };
    (!others.is_empty()).then(|| {
        let items = others.into_iter().map(item).collect_view();
        view! { <div><dt>{label}</dt><dd><ul>{items}</ul></dd></div> }
    })
}

/// From when until when, in words; reactive.
fn validity(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    use tr::organisations as words;
    match (from, to) {
        (Some(from), Some(to)) => words::between_days(day(from), day(to)),
        (Some(from), None) => words::from_day(day(from)),
        (None, Some(to)) => words::to_day(day(to)),
        (None, None) => String::new(),
    }
}
