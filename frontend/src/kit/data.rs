//! Tables, facets, lists, indicators, charts, the tile map.

use std::collections::HashMap;

use leptos::prelude::*;
use nq57_ui::components::{
    Bar, BarChart, Chip, Chips, Facet, FacetChoice, FacetPanel, Kpi, Level, LoadMore, Mark,
    NextLink, Order, Quality, Ruler, SortHeader, Table, Tag, TileMap, Tone,
};
use nq57_ui::i18n::{Text, decimal, tr};

use super::Section;
use crate::reference::province_tiles;

/// Sample shares in per cent.
const SHARES: [(&str, f64); 4] =
    [("Đà Nẵng", 92.0), ("Huế", 90.5), ("Cần Thơ", 81.0), ("Lai Châu", 52.0)];

/// What lists and figures are made of.
#[component]
pub(super) fn Data() -> impl IntoView {
    view! {
        <Section id="table" title=tr::kit::table::title>
            <SampleTable dense=false/>
            <SampleTable dense=true/>
        </Section>
        <Section id="lists" title=tr::kit::lists::title>
            <SampleList/>
        </Section>
        <Section id="figures" title=tr::kit::figures::title>
            <SampleFigures/>
        </Section>
    }
}

#[component]
fn SampleTable(dense: bool) -> impl IntoView {
    use tr::kit::table as words;
    let order = RwSignal::new(Order::Descending);
    let rows = move || {
        let mut shares = SHARES.to_vec();
        if order.get() == Order::Ascending {
            shares.reverse();
        }
        shares
            .into_iter()
            .map(|(name, share)| {
                let (tone, word): (Tone, Text) = if share < 60.0 { (Tone::Bad, words::late.into()) } else { (Tone::Ok, words::on_track.into()) };
                view! {
                    <tr>
                        <th scope="row">{name}</th>
                        <td class="num" data-label=words::on_time>{move || decimal(share, 1)}" %"</td>
                        <td data-label=words::status>
                            <Tag tone text=word plain=true/>
                        </td>
                    </tr>
                }
            })
            .collect_view()
    };
    let caption: Text = if dense { words::dense.into() } else { words::caption.into() };
    view! {
        <Table caption caption_shown=true dense stacked=dense>
            <thead>
                <tr>
                    <th scope="col">{words::place}</th>
                    <SortHeader label=words::on_time number=true order=Signal::derive(move || Some(order.get())) on_sort=move || order.update(|order| *order = order.reversed())/>
                    <th scope="col">{words::status}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn SampleList() -> impl IntoView {
    use tr::kit::lists as words;
    let chosen = RwSignal::new(vec!["agriculture".to_owned()]);
    let level = RwSignal::new(String::new());
    let choice = move |value: &str, label: fn() -> &'static str, count: u64, on: bool| {
        FacetChoice { value: value.to_owned(), label: label.into(), count: Some(count), chosen: on }
    };
    let sectors = Signal::derive(move || {
        let on = |value: &str| chosen.with(|chosen| chosen.iter().any(|have| have == value));
        vec![
            choice("agriculture", words::agriculture, 61, on("agriculture")),
            choice("health", words::health, 38, on("health")),
            choice("industry", words::industry, 1047, on("industry")),
        ]
    });
    let levels = Signal::derive(move || {
        let on = level.get();
        vec![
            choice("deployed", words::deployed, 163, on == "deployed"),
            choice("new", words::fresh, 55, on == "new"),
        ]
    });
    let choose = move |value: String, on: bool| {
        chosen.update(|chosen| {
            chosen.retain(|have| *have != value);
            if on {
                chosen.push(value);
            }
        });
    };
    let chips = vec![
        Chip { label: words::agriculture.into(), href: "/ui".to_owned() },
        Chip { label: words::health.into(), href: "/ui".to_owned() },
    ];
    let shown = RwSignal::new(20_u64);
    let more = move || shown.update(|shown| *shown = (*shown + 20).min(99));
    view! {
        <div class="split" data-side="start">
            <FacetPanel active=Signal::derive(move || u64::try_from(chosen.with(Vec::len)).unwrap_or_default())>
                <Facet label=words::sector choices=sectors on_choose=choose/>
                <Facet label=words::level choices=levels single=true folded=true on_choose=move |value: String, _: bool| level.set(value)/>
            </FacetPanel>
            <div class="stack">
                <Chips chips clear="/ui"/>
                <LoadMore shown total=Some(99_u64) has_more=Signal::derive(move || shown.get() < 99) busy=false on_more=more/>
                <p>
                    <NextLink href="/ui"/>
                </p>
            </div>
        </div>
    }
}

#[component]
fn SampleFigures() -> impl IntoView {
    use tr::kit::figures as words;
    let bars: Vec<Bar> = SHARES
        .iter()
        .map(|(name, share)| Bar {
            label: Text::from(*name),
            value: *share,
            strong: *share > 80.0,
            href: None,
        })
        .collect();
    let level = |from: f64, label: fn() -> &'static str| Level { from, label: label.into() };
    let levels = vec![
        level(90.0, words::from_90),
        level(80.0, words::from_80),
        level(70.0, words::from_70),
        level(60.0, words::from_60),
        level(0.0, words::below),
    ];
    // Invented: a value that depends on the code alone, and one place without any.
    let places = Signal::derive(|| {
        let values: HashMap<String, f64> = (1..100_u32)
            .filter(|code| *code != 66)
            .map(|code| (format!("{code:02}"), f64::from(50 + code * 37 % 46)))
            .collect();
        province_tiles(&values)
    });
    let picked = RwSignal::new(None::<String>);
    let ruler = Ruler { filled: 61.4, mark: 80.0, mark_label: words::kpi_mark.into() };
    let quality = Quality { correct: 97, complete: 91, clean: 74, live: 52 };
    view! {
        <div class="kpis">
            <Kpi name=words::kpi href="/ui" value=|| decimal(61.4, 1) unit="%" ruler status=(Tone::Ok, words::on_track.into()) change=words::kpi_change meta=words::kpi_meta quality/>
            <Kpi name=words::plain value=|| decimal(1260.0, 0) unit=words::plain_unit status=(Tone::Warn, words::risk.into()) meta=words::kpi_meta/>
        </div>
        <div class="split" data-even=true>
            <BarChart title=words::bars say=words::bars_say bars value_name=words::bars_unit label_name=words::bars_name digits=1 maximum=100.0 mark=Mark { value: 80.0, label: words::mark.into() }/>
            <TileMap title=words::map say=words::map_say places levels unit=words::unit value_name=words::bars_unit chosen=picked on_pick=move |code: String| picked.set(Some(code))/>
        </div>
    }
}
