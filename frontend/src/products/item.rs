//! One published product in a list: in the catalogue and on the home page.

use leptos::prelude::*;
use nq57_shared::products::ProductSummary;
use nq57_ui::components::{Code, Glyph, Icon, Tag};
use nq57_ui::i18n::date;

use crate::products::view_model;
use crate::reference::{List, name, sector_glyph};

/// The id of the link in the item, for focus.
pub fn link_id(product: &ProductSummary) -> String {
    format!("sp-{}", product.id)
}

/// Name, owner, place, summary and what sort of thing it is.
#[component]
pub fn Item(product: ProductSummary) -> impl IntoView {
    let link = link_id(&product);
    let ProductSummary {
        id,
        code,
        title,
        kind,
        sectors,
        trl,
        province_code,
        summary,
        owner_name,
        published_at,
        honours,
        ..
    } = product;
    let picture = sectors.first().map_or(Glyph::Flask, |sector| sector_glyph(sector));
    view! {
        <li class="item">
            <span class="plate" aria-hidden="true">
                <Icon name=picture large=true/>
            </span>
            <h3>
                <a id=link href=format!("/san-pham/{id}")>{title}</a>
            </h3>
            <p class="facts">
                <span>
                    <Icon name=Glyph::Building/>
                    {owner_name}
                </span>
                {province_code.map(|code| view! {
                    <span>
                        <Icon name=Glyph::Pin/>
                        {move || name(List::Provinces, &code)}
                    </span>
                })}
                {published_at.map(|at| view! {
                    <span>
                        <Icon name=Glyph::Calendar/>
                        {date(at)}
                    </span>
                })}
                {code.map(|text| view! { <Code text/> })}
            </p>
            <p>{summary}</p>
            <p class="row">
                <Tag text=move || view_model::kind(kind)/>
                {trl.map(|trl| view! { <Tag text=format!("TRL {trl}")/> })}
                {sectors.into_iter().map(|code| view! { <Tag text=move || name(List::Sectors, &code)/> }).collect_view()}
                {honours.into_iter().map(|honour| view! { <Tag text=format!("{} {}", honour.award, honour.year) icon=Glyph::Honour/> }).collect_view()}
            </p>
        </li>
    }
}
