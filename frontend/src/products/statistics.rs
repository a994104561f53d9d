//! The figures of the portal: how many, where they are, how long the steps take, who is late.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::access::Role;
use nq57_shared::products::draft::ProductDomain;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{FacetCount, ProductState, ProductStatistics, StepDuration};
use nq57_ui::api::{query_string, remote};
use nq57_ui::components::{
    Bar, BarChart, Crumbs, Empty, Kpi, Level, Load, PageHead, Ruler, Skeleton, Table, Tag, TileMap,
    Tone,
};
use nq57_ui::i18n::{Text, date_time, decimal, number, tr};
use nq57_ui::state::session;

use super::{api, view_model};
use crate::reference::{List, name, province_tiles};

/// The statistics.
#[component]
pub fn StatisticsPage() -> impl IntoView {
    use tr::products::statistics as words;
    let figures = remote(api::statistics);
    // Whose numbers lead to the cases behind them.
    let reads = Memo::new(|_| Role::REGISTER.into_iter().any(session::has_role));
    view! {
        <Crumbs/>
        <div class="wrap">
            <PageHead title=words::title lead=words::lead/>
            <Load from=figures view=move |figures| view! { <Figures figures reads=reads.get()/> } waiting=|| view! { <Skeleton lines=12/> }.into_any()/>
        </div>
    }
}

#[component]
fn Figures(figures: ProductStatistics, reads: bool) -> impl IntoView {
    use tr::products::statistics as words;
    let ProductStatistics {
        as_of,
        received,
        valid,
        evaluated,
        published,
        states,
        domains,
        provinces,
        sectors,
        steps,
    } = figures;
    let as_of_text = move || words::as_of(date_time(as_of));
    if received == 0 {
        return view! { <Empty title=words::none><p>{as_of_text}</p></Empty> }.into_any();
    }
    let share = move |part: u64| {
        #[expect(clippy::cast_precision_loss, reason = "a share for people")]
        let filled = part as f64 / received as f64 * 100.0;
        Ruler { filled, mark: 100.0, mark_label: Text::from(move || words::of_received(received)) }
    };
    let value = |count: u64| Text::from(move || number(count));
    let listed = move |filters: &[(&str, &str)]| reads.then(|| in_register(filters));
    let listed_state = move |state: &str| listed(&[("state", state)]);
    view! {
        <section class="block" aria-labelledby="numbers">
            <h2 class="sr" id="numbers">{words::numbers}</h2>
            <div class="kpis">
                <Kpi name=words::received nostrip:href=listed(&[]) value=value(received) unit=words::unit/>
                // What was so once: no list of what is now has as many.
                <Kpi name=words::valid value=value(valid) unit=words::unit ruler=share(valid)/>
                <Kpi name=words::evaluated value=value(evaluated) unit=words::unit ruler=share(evaluated)/>
                <Kpi name=words::published href="/san-pham" value=value(published) unit=words::unit ruler=share(published)/>
            </div>
            <p class="small muted">{as_of_text}</p>
            {reads.then(|| view! { <p class="small muted">{words::within_limits}</p> })}
        </section>
        <section class="block">
            <h2>{words::steps}</h2>
            <Steps steps reads/>
        </section>
        <section class="block">
            <h2 class="sr">{words::states}</h2>
            <div class="split" data-even=true>
                <Counted title=words::states label_name=words::state value_name=words::count counts=states label=state_name say=words::states_say href=listed_state/>
                <Counted title=words::domains label_name=tr::products::field::domain value_name=words::published_count counts=domains label=domain_name say=words::domains_say href=|code: &str| Some(in_catalogue(&[("domain", code)]))/>
            </div>
        </section>
        <section class="block">
            <h2 class="sr">{words::published}</h2>
            <div class="split" data-even=true>
                <Map provinces/>
                <Counted title=words::sectors label_name=tr::products::field::sectors value_name=words::published_count counts=sectors label=sector_name say=words::domains_say href=|code: &str| Some(in_catalogue(&[("sector", code)]))/>
            </div>
        </section>
    }
    .into_any()
}

fn address(path: &str, filters: &[(&str, &str)]) -> String {
    let pairs = filters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    format!("{path}{}", query_string(&pairs.collect::<Vec<_>>()))
}

/// What this part has, as everybody is told: by the states, which keep to themselves what happens inside of
/// evaluations.
fn held_by(step: Holder) -> Vec<(&'static str, &'static str)> {
    let states = ProductState::ALL.iter().filter(|state| state.holder() == Some(step));
    let states = states.filter(|state| **state != ProductState::Draft);
    states.map(|state| ("state", state.as_str())).collect()
}

/// The products of the register under these filters.
fn in_register(filters: &[(&str, &str)]) -> String {
    let of_products: Vec<_> = [("type", "product")].iter().chain(filters).copied().collect();
    address("/tat-ca-ho-so", &of_products)
}

/// What is public under these filters.
fn in_catalogue(filters: &[(&str, &str)]) -> String {
    address("/san-pham", filters)
}

fn state_name(code: &str) -> String {
    match ProductState::parse(code) {
        Some(state) => view_model::state(state).to_owned(),
        None => code.to_owned(),
    }
}

fn domain_name(code: &str) -> String {
    ProductDomain::parse(code)
        .map_or_else(|| code.to_owned(), |domain| view_model::domain(domain).to_owned())
}

fn sector_name(code: &str) -> String {
    name(List::Sectors, code)
}

/// The greatest of the counts, if it is one alone.
fn greatest(counts: &[FacetCount]) -> Option<FacetCount> {
    let top = counts.iter().max_by_key(|count| count.count)?;
    let alone = counts.iter().filter(|count| count.count == top.count).count() == 1;
    (alone && top.count > 0).then(|| top.clone())
}

/// Counts as bars, the greatest first and speaking.
#[component]
fn Counted(
    title: fn() -> &'static str,
    label_name: fn() -> &'static str,
    value_name: fn() -> &'static str,
    mut counts: Vec<FacetCount>,
    label: fn(&str) -> String,
    say: fn(String, String) -> String,
    /// Where what is counted under a code is listed.
    href: impl Fn(&str) -> Option<String>,
) -> impl IntoView {
    counts.retain(|count| count.count > 0);
    counts.sort_by_key(|count| std::cmp::Reverse(count.count));
    let top = greatest(&counts);
    let sentence = move || {
        top.as_ref().map(|top| say(label(&top.code), number(top.count))).unwrap_or_default()
    };
    let bars = counts
        .into_iter()
        .enumerate()
        .map(|(index, FacetCount { code, count })| {
            #[expect(clippy::cast_precision_loss, reason = "counts are small")]
            let value = count as f64;
            let href = href(&code);
            Bar { label: Text::from(move || label(&code)), value, strong: index == 0, href }
        })
        .collect::<Vec<_>>();
    view! { <BarChart title=Text::from(title) say=sentence bars=Signal::stored(bars) value_name=Text::from(value_name) label_name=Text::from(label_name)/> }
}

/// How long each step takes, and who is late.
#[component]
fn Steps(steps: Vec<StepDuration>, reads: bool) -> impl IntoView {
    use tr::products::statistics as words;
    let rows = steps
        .into_iter()
        .map(|StepDuration { step, count, median_working_days_tenths, overdue }| {
            let median = move || {
                median_working_days_tenths.map_or_else(
                    || words::no_median().to_owned(),
                    |tenths| decimal(f64::from(tenths) / 10.0, 1),
                )
            };
            let late = match overdue {
                0 => view! { <span class="muted">{words::overdue_none}</span> }.into_any(),
                overdue => {
                    let tag = view! { <Tag text=move || number(overdue) tone=Tone::Bad/> };
                    let late = in_register(&[held_by(step), vec![("due", "late")]].concat());
                    match reads {
                        true => view! { <a href=late>{tag}</a> }.into_any(),
                        false => tag.into_any(),
                    }
                }
            };
            let name = move || view_model::holder(step);
            let held = reads.then(|| in_register(&held_by(step)));
            view! {
                <tr>
                    <th scope="row">{match held {
                        Some(held) => view! { <a href=held>{name}</a> }.into_any(),
                        None => name.into_any(),
                    }}</th>
                    <td class="num" data-label=words::median>{median}</td>
                    <td class="num" data-label=words::ended>{move || number(count)}</td>
                    <td class="num" data-label=words::overdue>{late}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <p class="muted measure">{words::steps_say}</p>
        <Table caption=words::steps stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::step}</th>
                    <th scope="col" class="num">{words::median}</th>
                    <th scope="col" class="num">{words::ended}</th>
                    <th scope="col" class="num">{words::overdue}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

/// Published products by province; a tile opens its catalogue.
#[component]
fn Map(provinces: Vec<FacetCount>) -> impl IntoView {
    use tr::products::statistics as words;
    let top = greatest(&provinces);
    let say = move || {
        top.as_ref()
            .map(|top| words::provinces_say(top.count, name(List::Provinces, &top.code)))
            .unwrap_or_default()
    };
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let values: HashMap<String, f64> =
        provinces.iter().map(|count| (count.code.clone(), count.count as f64)).collect();
    let places = Signal::derive(move || province_tiles(&values));
    let levels = [8_u32, 5, 3, 2, 1]
        .into_iter()
        .map(|from| Level { from: f64::from(from), label: Text::from(move || words::from(from)) })
        .collect();
    let navigate = StoredValue::new_local(use_navigate());
    let open = move |code: String| {
        let address = in_catalogue(&[("province", &code)]);
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    };
    view! { <TileMap title=words::provinces say places levels unit=words::products value_name=words::published_count on_pick=open/> }
}
