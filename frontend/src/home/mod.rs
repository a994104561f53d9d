//! The home page: where is my submission, what one can do, what is new, how far things are.

mod figures;
mod latest;
mod lookup;

use std::time::Duration;

use leptos::prelude::*;
use nq57_shared::products::ProductStatistics;
use nq57_shared::products::workflow::Holder;
use nq57_ui::api::Remote;
use nq57_ui::components::{Glyph, GoLink, Heading, Icon, Skeleton, Steps};
use nq57_ui::i18n::{decimal, tr};

use crate::products::WaitingNotice;

/// The first page that people see.
#[component]
pub fn HomePage() -> impl IntoView {
    let statistics = figures::statistics();
    // The first screen is drawn before the rest is made: slow phones answer sooner.
    let is_drawn = RwSignal::new(false);
    request_animation_frame(move || {
        let draw_rest = move || {
            is_drawn.try_set(true);
        };
        set_timeout(draw_rest, Duration::ZERO);
    });
    view! {
        <div class="hero">
            <div class="wrap">
                <div class="drum"></div>
                <div class="hero-text stack" data-gap="l">
                    <div class="stack">
                        <Heading title=tr::home::title document_title=tr::home::document_title/>
                        <p class="lead">{tr::home::lead}</p>
                    </div>
                    <lookup::Lookup/>
                </div>
            </div>
        </div>
        <div class="wrap">
            <Show when=move || is_drawn.get() fallback=|| view! { <Skeleton/> }>
                <div class="home-notice"><WaitingNotice/></div>
                <Doors statistics/>
                <figures::Figures statistics/>
                <latest::Latest/>
                <Path statistics/>
            </Show>
        </div>
    }
}

/// Three ways in.
#[component]
fn Doors(statistics: Remote<ProductStatistics>) -> impl IntoView {
    use tr::home::doors as words;
    view! {
        <section class="block" aria-labelledby="doors">
            <h2 class="sr" id="doors">{words::title}</h2>
            <div class="cols" data-n="3">
                <div class="door">
                    <Icon name=Glyph::Send large=true/>
                    <h3>{words::submit}</h3>
                    <p>{words::submit_text}</p>
                    <ul class="links stack" data-gap="s">
                        <li><GoLink href="/ho-so/moi">{words::submit_go}</GoLink></li>
                        <li><a href="/ho-so">{words::submit_more}</a></li>
                    </ul>
                </div>
                <div class="door">
                    <Icon name=Glyph::Honour large=true/>
                    <h3>{words::find}</h3>
                    <p>{words::find_text}</p>
                    <ul class="links stack" data-gap="s">
                        <li><GoLink href="/san-pham">{words::find_go}</GoLink></li>
                        <li><figures::PublishedLink statistics/></li>
                    </ul>
                </div>
                <div class="door">
                    <Icon name=Glyph::Chart large=true/>
                    <h3>{words::follow}</h3>
                    <p>{words::follow_text}</p>
                    <ul class="links stack" data-gap="s">
                        <li><GoLink href="/thong-ke">{words::follow_go}</GoLink></li>
                        <li><a href="/theo-doi">{words::follow_more}</a></li>
                    </ul>
                </div>
            </div>
        </section>
    }
}

/// The five steps of every submission, with how long they take where that is known.
#[component]
fn Path(statistics: Remote<ProductStatistics>) -> impl IntoView {
    use tr::home::path as words;
    let steps = vec![
        words::submit.into(),
        words::check.into(),
        words::panel.into(),
        words::decide.into(),
        words::publish.into(),
    ];
    let median = move |holder: Holder| {
        statistics
            .ready()
            .and_then(|statistics| statistics.steps.into_iter().find(|step| step.step == holder))
            .and_then(|step| step.median_working_days_tenths)
            .map_or_else(String::new, |tenths| {
                let digits = usize::from(tenths % 10 != 0);
                words::median(decimal(f64::from(tenths) / 10.0, digits))
            })
    };
    let notes = Signal::derive(move || {
        vec![
            words::minutes().to_owned(),
            median(Holder::Intake),
            median(Holder::Panel),
            median(Holder::Publisher),
            String::new(),
        ]
    });
    view! {
        <section class="block" aria-labelledby="path">
            <h2 id="path">{words::title}</h2>
            <Steps steps notes/>
            <p class="small muted narrow-only">{words::narrow}</p>
        </section>
    }
}
