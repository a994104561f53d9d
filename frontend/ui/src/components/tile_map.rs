//! A map of equal tiles, each a button with its value printed. Which places there are and where they stand is data.

use leptos::prelude::*;

use super::TableTwin;
use crate::i18n::{Text, decimal, tr};

/// One tile.
#[derive(Clone)]
pub struct Place {
    /// What `on_pick` gets.
    pub code: String,
    pub name: String,
    /// Two to four letters for narrow screens.
    pub initials: String,
    pub row: u8,
    pub column: u8,
    /// `None` when nothing was reported.
    pub value: Option<f64>,
    /// Belongs to another tile and has no value of its own: shown dashed, not a button.
    pub sea: bool,
}

/// One step of the scale, from the highest: values from `from` on.
#[derive(Clone)]
pub struct Level {
    pub from: f64,
    pub label: Text,
}

/// The tile map with its scale and its table.
#[component]
pub fn TileMap(
    #[prop(into)] title: Text,
    /// What the map shows, in a sentence.
    #[prop(into)]
    say: Text,
    #[prop(into)] places: Signal<Vec<Place>>,
    /// Up to five, the highest first.
    levels: Vec<Level>,
    /// Read out after each value: "per cent".
    #[prop(into)]
    unit: Text,
    /// Heads the value column of the table.
    #[prop(into)]
    value_name: Text,
    #[prop(optional)] digits: usize,
    /// The tile that is chosen.
    #[prop(optional, into)]
    chosen: Signal<Option<String>>,
    #[prop(into)] on_pick: Callback<(String,)>,
) -> impl IntoView {
    let steps: Vec<f64> = levels.iter().map(|level| level.from).collect();
    let level_of = move |value: f64| {
        let below = steps.iter().take_while(|from| value < **from).count();
        5_usize.saturating_sub(below).max(1)
    };
    let tile = move |place: Place| {
        let Place { code, name, initials, row, column, value, sea } = place;
        let (row, column) = (row.to_string(), column.to_string());
        let names = view! {
            <span class="tile-name">{name}</span>
            <span class="tile-abbr" aria-hidden="true">{initials}</span>
        };
        if sea {
            return view! { <li><span class="tile" data-row=row data-col=column data-level="sea">{names}</span></li> }.into_any();
        }
        let level = value.map_or_else(|| "none".to_owned(), |value| level_of(value).to_string());
        let unit = unit.clone();
        let shown = match value {
            Some(value) => {
                view! { <b>{move || decimal(value, digits)}</b><span class="sr">" "{unit}</span> }
                    .into_any()
            }
            None => {
                view! { <b aria-hidden="true">"–"</b><span class="sr">" "{tr::ui::no_data}</span> }
                    .into_any()
            }
        };
        let own = code.clone();
        view! {
            <li>
                <button
                    class="tile"
                    type="button"
                    data-row=row
                    data-col=column
                    data-level=level
                    aria-pressed=move || if chosen.with(|chosen| chosen.as_ref() == Some(&own)) { "true" } else { "false" }
                    on:click=move |_| on_pick.run((code.clone(),))
                >
                    {names}
                    {shown}
                </button>
            </li>
        }
        .into_any()
    };
    let tiles = move || places.get().into_iter().map(&tile).collect_view();
    let scale = levels
        .into_iter()
        .enumerate()
        .map(|(index, level)| {
            view! {
                <li>
                    <span class="tile swatch" data-level=5_usize.saturating_sub(index).max(1).to_string()></span>
                    {level.label}
                </li>
            }
        })
        .collect_view();
    let rows = Signal::derive(move || {
        let mut places: Vec<Place> = places.get().into_iter().filter(|place| !place.sea).collect();
        places.sort_by(|a, b| b.value.unwrap_or(f64::MIN).total_cmp(&a.value.unwrap_or(f64::MIN)));
        places
            .into_iter()
            .map(|place| {
                vec![
                    place.name,
                    place.value.map_or_else(|| "–".to_owned(), |value| decimal(value, digits)),
                ]
            })
            .collect()
    });
    let (map_name, twin_title) = (title.clone(), title.clone());
    view! {
        <figure class="chart">
            <figcaption class="stack" data-gap="s">
                <h3 class="chart-title">{title}</h3>
                <p class="chart-say">{say}</p>
            </figcaption>
            <ul class="tiles" aria-label=move || map_name.get()>
                {tiles}
                <li class="tiles-key">
                    <ul class="scale" aria-label=tr::ui::scale>
                        {scale}
                        <li>
                            <span class="tile swatch" data-level="none"></span>
                            {tr::ui::no_data}
                        </li>
                    </ul>
                </li>
            </ul>
            <TableTwin title=twin_title heads=vec![Text::from(tr::ui::place), value_name] rows/>
        </figure>
    }
}
