//! The running text of a product: problem, novelty, description, places of use, effect, rights, links.

use leptos::prelude::*;
use nq57_shared::products::Product;
use nq57_shared::products::draft::Deployment;
use nq57_ui::components::{Glyph, GoLink, Markdown, Table};
use nq57_ui::i18n::{Text, tr};

use crate::products::view_model::show_since;

/// Everything that was written about it, in the order in which people ask.
#[component]
pub fn Texts(product: Product) -> impl IntoView {
    use tr::products::field;
    let Product { content, description_html, .. } = product;
    let has_places = !content.deployments.is_empty();
    view! {
        <div class="prose">
            {part(field::problem, content.problem)}
            {part(field::novelty, content.novelty)}
            {(!description_html.trim().is_empty()).then(|| view! {
                <h2>{field::description}</h2>
                <Markdown html=description_html/>
            })}
            {has_places.then(|| view! {
                <h2>{tr::products::page::deployments}</h2>
                <Deployments places=content.deployments/>
            })}
            {part(field::effect, content.effect)}
            {list(field::intellectual_property, content.intellectual_property)}
            {(!content.links.is_empty()).then(|| view! {
                <h2>{field::links}</h2>
                <ul class="stack" data-gap="s">
                    {content.links.into_iter().map(|link| view! { <li><GoLink href=link.clone() icon=Glyph::Link>{link}</GoLink></li> }).collect_view()}
                </ul>
            })}
        </div>
    }
}

fn part(title: fn() -> &'static str, text: String) -> Option<impl IntoView> {
    (!text.is_empty()).then(|| {
        view! {
            <h2>{title}</h2>
            <p class="lines">{text}</p>
        }
    })
}

fn list(title: fn() -> &'static str, entries: Vec<String>) -> Option<impl IntoView> {
    (!entries.is_empty()).then(|| {
        view! {
            <h2>{title}</h2>
            <ul>{entries.into_iter().map(|entry| view! { <li>{entry}</li> }).collect_view()}</ul>
        }
    })
}

/// Where it is used, as a table.
#[component]
pub fn Deployments(places: Vec<Deployment>) -> impl IntoView {
    use tr::products::page as words;
    let rows = places
        .into_iter()
        .map(|Deployment { customer, place, since }| {
            view! {
                <tr>
                    <th scope="row">{customer}</th>
                    <td>{place}</td>
                    <td class="num">{show_since(&since)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=Text::from(words::deployments)>
            <thead>
                <tr>
                    <th scope="col">{words::customer}</th>
                    <th scope="col">{words::place}</th>
                    <th scope="col" class="num">{words::since}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
