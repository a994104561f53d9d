//! Beside a product: honours, key facts, versions with their fingerprint, documents, and the way back for its owner.

use leptos::prelude::*;
use nq57_shared::ids::ProductId;
use nq57_shared::products::{Honour, Product, ProductFile, VersionSummary};
use nq57_ui::api::remote;
use nq57_ui::components::{CopyCode, Glyph, GoLink, Icon, Load, Notice, Pairs, Tag, Tone};
use nq57_ui::i18n::{Text, date, file_size, tr};
use nq57_ui::state::session;

use crate::products::{api, facts, view_model};
use crate::reference::{List, name, names};

/// The column beside the text.
#[component]
pub(super) fn Aside(product: Product) -> impl IntoView {
    use tr::products::page as words;
    let Product { id, honours, files, fingerprint, organisation_id, .. } = product.clone();
    let is_mine = move || {
        session::account().is_some_and(|account| {
            organisation_id.is_some_and(|own| {
                account.organisations.iter().any(|known| known.organisation_id == own)
            })
        })
    };
    view! {
        <div class="aside">
            {move || is_mine().then(|| view! {
                <Notice title=words::mine>
                    <p><GoLink href=format!("/ho-so/{id}")>{words::mine_open}</GoLink></p>
                </Notice>
            })}
            {(!honours.is_empty()).then(|| view! { <Honours honours/> })}
            <section>
                <h2>{words::facts}</h2>
                <Pairs pairs=key_facts(&product)/>
            </section>
            <Versions id fingerprint/>
            {(!files.is_empty()).then(|| view! { <Documents id files/> })}
        </div>
    }
}

#[component]
fn Honours(honours: Vec<Honour>) -> impl IntoView {
    use tr::products::page as words;
    let lines = honours
        .into_iter()
        .map(|Honour { award, year, category, rank }| {
            let first = move || {
                let category = category.as_deref().map(|code| name(List::AwardCategories, code));
                [rank.clone(), category].into_iter().flatten().collect::<Vec<_>>().join(", ")
            };
            let has_first = !untrack(&first).is_empty();
            let small = has_first.then(|| award.clone());
            let strong = move || if has_first { first() } else { award.clone() };
            view! {
                <li class="honour">
                    <Icon name=Glyph::Honour/>
                    <span>
                        <strong>{strong}</strong>
                        <br/>
                        {move || small.as_ref().map_or_else(|| year.to_string(), |award| words::honour_year(award, year))}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>{words::honours}</h2>
            <ul class="ticker">{lines}</ul>
        </section>
    }
}

fn key_facts(product: &Product) -> Signal<Vec<(Text, Text)>> {
    let content = product.content.clone();
    Signal::derive(move || {
        use tr::products::field;
        let strategic = content
            .strategic_technology
            .as_deref()
            .map(|code| name(List::StrategicTechnologies, code));
        [
            (Text::from(field::sectors), Some(names(List::Sectors, &content.sectors))),
            (Text::from(field::domain), Some(view_model::domain(content.domain).to_owned())),
            (
                Text::from(field::maturity),
                content.maturity.map(|maturity| view_model::maturity(maturity).to_owned()),
            ),
            (Text::from(field::trl), content.trl.map(|trl| facts::trl(u64::from(trl)))),
            (Text::from(field::strategic_technology), strategic),
            (Text::from(field::owner_name), Some(content.owner.name.clone())),
            (Text::from(field::tax_code), content.owner.tax_code.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| {
            value.filter(|value| !value.is_empty()).map(|value| (name, Text::from(value)))
        })
        .collect()
    })
}

#[component]
fn Versions(id: ProductId, fingerprint: Option<String>) -> impl IntoView {
    use tr::products::page as words;
    let versions = remote(move || async move { api::versions(&id.to_string(), true).await });
    let show = move |mut versions: Vec<VersionSummary>| {
        versions.sort_by_key(|version| std::cmp::Reverse(version.version));
        let several = versions.len() > 1;
        let lines = versions
            .into_iter()
            .map(|version| {
                let number = version.version;
                let tag = match version.is_public {
                    true => view! { <Tag text=words::public_now tone=Tone::Ok/> }.into_any(),
                    false => view! { <Tag text=words::earlier tone=Tone::Idle icon=Glyph::History/> }.into_any(),
                };
                view! {
                    <li>
                        <span class="row" data-apart=true>
                            <strong>{move || words::version(number)}</strong>
                            {tag}
                        </span>
                        <span class="tiny muted">{date(version.published_at.unwrap_or(version.sealed_at))}</span>
                    </li>
                }
            })
            .collect_view();
        view! {
            <ul class="ticker">{lines}</ul>
            {several.then(|| view! { <p><GoLink href=format!("/san-pham/{id}/so-sanh")>{words::compare}</GoLink></p> })}
        }
    };
    view! {
        <section class="stack" data-gap="s">
            <h2>{words::versions}</h2>
            <Load from=versions view=show/>
            {fingerprint.map(|code| view! {
                <p class="tiny muted">{words::fingerprint}</p>
                <p class="tiny"><CopyCode code what=words::fingerprint_copy/></p>
            })}
        </section>
    }
}

#[component]
fn Documents(id: ProductId, files: Vec<ProductFile>) -> impl IntoView {
    use tr::products::page as words;
    let lines = files
        .into_iter()
        .map(|file| {
            let (kind, size) = (view_model::file_kind(&file.name, &file.media_type), file.size);
            view! {
                <li>
                    <GoLink href=api::file_address(id, file.id) icon=Glyph::File download=file.name.clone()>{file.name}</GoLink>
                    <br/>
                    <span class="tiny muted">{move || words::file_meta(&kind, file_size(size))}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>{words::documents}</h2>
            <ul class="links stack" data-gap="s">{lines}</ul>
        </section>
    }
}
