//! Where the 34 provinces and cities stand on the tile map, with Hoàng Sa and Trường Sa.

use std::collections::HashMap;

use nq57_shared::language::Bilingual;
use nq57_ui::components::Place;
use nq57_ui::i18n::local;
use serde::Deserialize;

use super::{List, list};

#[derive(Deserialize)]
struct SeaTile {
    name: Bilingual,
    province_code: String,
    tile_row: u8,
    tile_col: u8,
}

/// The tiles with their values by province code; empty until the list is there; reactive.
pub fn province_tiles(values: &HashMap<String, f64>) -> Vec<Place> {
    let Some(list) = list(List::Provinces) else { return Vec::new() };
    let mut places: Vec<Place> = list
        .entries
        .iter()
        .filter_map(|entry| {
            Some(Place {
                code: entry.code.clone(),
                name: local(&entry.name),
                initials: entry.extra_as("short")?,
                row: entry.extra_as("tile_row")?,
                column: entry.extra_as("tile_col")?,
                value: values.get(&entry.code).copied(),
                sea: false,
            })
        })
        .collect();
    let seas: Vec<SeaTile> = list
        .extra
        .get("sea_tiles")
        .and_then(|tiles| Vec::deserialize(tiles).ok())
        .unwrap_or_default();
    places.extend(seas.into_iter().map(|sea| {
        let name = local(&sea.name);
        let owner =
            list.entry(&sea.province_code).map(|entry| local(&entry.name)).unwrap_or_default();
        Place {
            code: sea.province_code,
            initials: name.split(' ').filter_map(|word| word.chars().next()).collect(),
            name: format!("{name} ({owner})"),
            row: sea.tile_row,
            column: sea.tile_col,
            value: None,
            sea: true,
        }
    }));
    places
}
