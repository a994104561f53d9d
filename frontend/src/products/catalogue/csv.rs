//! The whole result of a search as a file: exactly the filters of the page, every page of the list.

use leptos::prelude::*;
use nq57_shared::products::ProductSummary;
use nq57_ui::api::Failure;
use nq57_ui::components::save_csv;
use nq57_ui::i18n::{date, tr};

use super::api;
use crate::reference::{List, name, names};

/// Products per request.
const PAGE: usize = 100;

/// Fetches everything under these filters and hands it to the browser as a file.
pub(super) async fn download(filters: Vec<(String, String)>) -> Result<(), Failure> {
    let mut products: Vec<ProductSummary> = Vec::new();
    let mut cursor = None;
    loop {
        let page = api::search(filters.clone(), cursor, PAGE, false).await?;
        products.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    save_csv(&untrack(|| lines(&products)), "nq57-san-pham.csv")
}

fn lines(products: &[ProductSummary]) -> Vec<Vec<String>> {
    use tr::products::{catalogue::column, field};
    let head = [
        column::code(),
        field::title(),
        column::owner(),
        field::province_code(),
        field::sectors(),
        field::trl(),
        column::published(),
        column::address(),
    ];
    let origin = window().location().origin().unwrap_or_default();
    let body = products.iter().map(|product| {
        vec![
            product.code.clone().unwrap_or_default(),
            product.title.clone(),
            product.owner_name.clone(),
            product
                .province_code
                .as_deref()
                .map(|code| name(List::Provinces, code))
                .unwrap_or_default(),
            names(List::Sectors, &product.sectors),
            product.trl.map(|trl| trl.to_string()).unwrap_or_default(),
            product.published_at.map(date).unwrap_or_default(),
            format!("{origin}/san-pham/{}", product.id),
        ]
    });
    std::iter::once(head.map(str::to_owned).to_vec()).chain(body).collect()
}
