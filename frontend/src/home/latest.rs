//! The products that were published last.

use leptos::prelude::*;
use nq57_shared::products::{ProductPage, ProductSummary};

use crate::api::{self, remote};
use crate::i18n::{date, tr};
use crate::reference::{List, name, sector_glyph};
use crate::ui::{Code, Empty, Glyph, Icon, Load, Tag};

const SHOWN: usize = 3;

/// Just published.
#[component]
pub(super) fn Latest() -> impl IntoView {
    use tr::home::latest as words;
    let page = remote(|| async {
        let request =
            api::get("/products").query("sort", "-published_at").query("limit", SHOWN).anonymous();
        Ok(request.send::<ProductPage>().await?.body)
    });
    let list = |page: ProductPage| {
        if page.items.is_empty() {
            view! { <Empty title=words::none><p>{words::none_text}</p></Empty> }.into_any()
        } else {
            view! { <ul class="items">{page.items.into_iter().map(|product| view! { <Item product/> }).collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <section class="block" aria-labelledby="latest">
            <div class="row" data-apart=true data-base=true>
                <h2 id="latest">{words::title}</h2>
                <a href="/san-pham">{words::all}</a>
            </div>
            <Load from=page view=list/>
        </section>
    }
}

#[component]
fn Item(product: ProductSummary) -> impl IntoView {
    let ProductSummary {
        id,
        code,
        title,
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
                <a href=format!("/san-pham/{id}")>{title}</a>
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
                {trl.map(|trl| view! { <Tag text=format!("TRL {trl}")/> })}
                {sectors.into_iter().map(|code| view! { <Tag text=move || name(List::Sectors, &code)/> }).collect_view()}
                {honours.into_iter().map(|honour| view! { <Tag text=format!("{} {}", honour.award, honour.year) icon=Glyph::Honour/> }).collect_view()}
            </p>
        </li>
    }
}
