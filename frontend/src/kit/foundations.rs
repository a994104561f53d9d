//! Colours, type, icons, buttons, status, motif.

use chrono::NaiveDate;
use leptos::prelude::*;
use nq57_ui::components::{
    Button, ButtonKind, ButtonLink, Code, Glyph, GoLink, Icon, IconButton, IconLink, PrintButton,
    Tag, Tone, toast,
};
use nq57_ui::i18n::format::day;
use nq57_ui::i18n::{decimal, file_size, tr};

use super::Section;

type Words = fn() -> &'static str;

const COLOURS: [(&str, Words); 14] = {
    use tr::kit::colours as words;
    [
        ("ink", words::ink),
        ("ink-2", words::ink_2),
        ("accent", words::accent),
        ("accent-soft", words::accent_soft),
        ("deep", words::deep),
        ("sunk", words::sunk),
        ("line", words::line),
        ("edge", words::edge),
        ("red", words::red),
        ("gold", words::gold),
        ("ok", words::ok),
        ("info", words::info),
        ("warn", words::warn),
        ("bad", words::bad),
    ]
};

/// What everything else is made of.
#[component]
pub(super) fn Foundations() -> impl IntoView {
    let colours = COLOURS
        .iter()
        .map(|(name, role)| {
            view! {
                <li>
                    <svg aria-hidden="true">
                        <rect width="100%" height="100%" fill=format!("var(--{name})")></rect>
                    </svg>
                    {*name}
                    <br/>
                    <span class="tiny muted">{*role}</span>
                </li>
            }
        })
        .collect_view();
    let icons = Glyph::ALL
        .iter()
        .map(|glyph| view! { <li><Icon name=*glyph/><span class="tiny muted">{glyph.name()}</span></li> })
        .collect_view();
    let sample_day = NaiveDate::from_ymd_opt(2026, 11, 20).map(day).unwrap_or_default();
    let body = move || tr::kit::r#type::body(decimal(1234.5, 1), &sample_day, file_size(1_430_000));
    view! {
        <Section id="colours" title=tr::kit::colours::title text=tr::kit::colours::text>
            <ul class="colours">{colours}</ul>
        </Section>
        <Section id="type" title=tr::kit::r#type::title>
            <p class="t-3xl">{tr::kit::r#type::display}</p>
            <h2>{tr::kit::r#type::h2}</h2>
            <h3>{tr::kit::r#type::h3}</h3>
            <p class="lead">{tr::kit::r#type::lead}</p>
            <p class="measure">{body}</p>
            <p class="small muted">{move || tr::kit::r#type::small("08:15")}</p>
        </Section>
        <Section id="icons" title=tr::kit::icons::title text=tr::kit::icons::text>
            <ul class="icons">{icons}</ul>
        </Section>
        <Buttons/>
        <Status/>
        <Section id="motif" title=tr::kit::motif::title text=tr::kit::motif::text>
            <div class="band"></div>
            <div class="specimen">
                <div class="drum"></div>
            </div>
        </Section>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    use tr::kit::buttons as words;
    let pressed = move || toast(words::send);
    view! {
        <Section id="buttons" title=words::title>
            <div class="row">
                <Button on_press=pressed>{words::send}</Button>
                <Button kind=ButtonKind::Second icon=Glyph::File on_press=pressed>{words::save}</Button>
                <Button kind=ButtonKind::Quiet on_press=pressed>{words::later}</Button>
                <Button kind=ButtonKind::Danger on_press=pressed>{words::withdraw}</Button>
                <Button kind=ButtonKind::Text small=true on_press=pressed>{words::text}</Button>
            </div>
            <div class="row">
                <Button busy=true>{words::sending}</Button>
                <Button kind=ButtonKind::Second busy=true>{words::sending}</Button>
                <Button disabled=true described_by="locked-why">{words::locked}</Button>
                <span class="small muted" id="locked-why">{words::locked_why}</span>
            </div>
            <div class="row">
                <Button small=true kind=ButtonKind::Second on_press=pressed>{words::small}</Button>
                <IconButton icon=Glyph::Trash label=words::delete on_press=pressed/>
                <IconLink icon=Glyph::Bell label=|| tr::layout::inbox_unread(7) href="/thong-bao" count=Signal::stored(7)/>
                <ButtonLink href="/ui" kind=ButtonKind::Second small=true>{words::link}</ButtonLink>
                <PrintButton/>
            </div>
            <div class="row">
                <GoLink href="/ui">{words::go}</GoLink>
                <GoLink href="/ui" icon=Glyph::Download>{words::download}</GoLink>
                <a href="/ui">{words::link}</a>
            </div>
        </Section>
    }
}

#[component]
fn Status() -> impl IntoView {
    use tr::kit::status as words;
    view! {
        <Section id="status" title=words::title>
            <div class="row">
                <Tag tone=Tone::Ok text=words::published/>
                <Tag tone=Tone::Info text=words::running/>
                <Tag tone=Tone::Info icon=Glyph::Ask text=words::asked/>
                <Tag tone=Tone::Warn text=words::risk/>
                <Tag tone=Tone::Bad text=words::late/>
                <Tag tone=Tone::Idle text=words::draft/>
            </div>
            <div class="row">
                <Tag tone=Tone::Ok plain=true text=words::published/>
                <Tag tone=Tone::Bad plain=true text=words::late/>
                <Tag text="TRL 8"/>
                <Tag text=words::award icon=Glyph::Honour/>
                <Code text="SP-2026-000412"/>
            </div>
        </Section>
    }
}
