//! How far things are: four figures of the product statistics.

use leptos::prelude::*;
use nq57_shared::products::ProductStatistics;
use nq57_ui::api::{self, Remote, remote};
use nq57_ui::components::{GoLink, Kpi, Load, Ruler};
use nq57_ui::i18n::{Text, date_time, number, tr};

/// The statistics, for everything on the page that needs them.
pub(super) fn statistics() -> Remote<ProductStatistics> {
    remote(|| async {
        Ok(api::get("/products/statistics").anonymous().send::<ProductStatistics>().await?.body)
    })
}

/// "See n published products", once the number is known.
#[component]
pub(super) fn PublishedLink(statistics: Remote<ProductStatistics>) -> impl IntoView {
    move || {
        statistics
            .ready()
            .filter(|statistics| statistics.published > 0)
            .map(|statistics| view! { <a href="/san-pham">{move || tr::home::doors::find_count(statistics.published)}</a> })
    }
}

/// Received, eligible, evaluated, published.
#[component]
pub(super) fn Figures(statistics: Remote<ProductStatistics>) -> impl IntoView {
    use tr::home::figures as words;
    let show = |statistics: ProductStatistics| {
        let ProductStatistics { as_of, received, valid, evaluated, published, .. } = statistics;
        let share = move |part: u64, label: fn(u64) -> String| {
            #[expect(clippy::cast_precision_loss, reason = "a share for people")]
            let percent = if received == 0 { 0.0 } else { part as f64 / received as f64 * 100.0 };
            Ruler { filled: percent, mark: 100.0, mark_label: Text::from(move || label(received)) }
        };
        let meta = move || words::as_of(date_time(as_of));
        let value = |count: u64| Text::from(move || number(count));
        view! {
            <div class="kpis">
                <Kpi name=words::received href="/thong-ke" value=value(received) unit=words::unit meta/>
                <Kpi name=words::valid href="/thong-ke" value=value(valid) unit=words::unit ruler=share(valid, words::of_received) meta/>
                <Kpi name=words::evaluated href="/thong-ke" value=value(evaluated) unit=words::unit ruler=share(evaluated, words::of_received) meta/>
                <Kpi name=words::published href="/san-pham" value=value(published) unit=words::unit ruler=share(published, words::of_received) meta/>
            </div>
        }
    };
    view! {
        <section class="block" aria-labelledby="figures">
            <div class="row" data-apart=true data-base=true>
                <h2 id="figures">{words::title}</h2>
                <GoLink href="/thong-ke">{words::all}</GoLink>
            </div>
            <Load from=statistics view=show/>
        </section>
    }
}
