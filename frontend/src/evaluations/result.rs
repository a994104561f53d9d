//! What the sheets say together, criterion by criterion, and each sheet; only when the server shows them.

use leptos::prelude::*;
use nq57_shared::evaluations::{
    Evaluation, EvaluationResult, Recommendation, ScoreSheet, SheetState,
};
use nq57_ui::components::{Bar, BarChart, Disclosure, Kpi, Mark, Ruler, Tone};
use nq57_ui::i18n::{Text, date_time, local, tr};

use super::view_model::{criterion_mean, hundredths, verdict_name};

/// The result of an evaluation, or that it is not to be seen yet.
#[component]
pub fn ResultOf(shown: Evaluation) -> impl IntoView {
    use tr::evaluations::result as words;
    let body = match shown.result.clone() {
        None => view! { <p class="muted">{words::none}</p> }.into_any(),
        Some(result) if result.weighted_mean_hundredths.is_none() => {
            let (sheets, quorum) = (result.sheets, shown.quorum);
            view! { <p class="muted">{move || words::counted(sheets, quorum)}</p> }.into_any()
        }
        Some(result) => view! { <Figures shown=shown.clone() result/> }.into_any(),
    };
    view! {
        <section class="stack" aria-labelledby="result">
            <h2 id="result" tabindex="-1">{words::title}</h2>
            {body}
        </section>
    }
}

#[component]
fn Figures(shown: Evaluation, result: EvaluationResult) -> impl IntoView {
    use tr::evaluations::result as words;
    let pass_mark = shown.rubric.pass_mark;
    let status = match result.is_passed {
        _ if !result.quorum_met => (Tone::Idle, Text::from(words::waiting)),
        Some(true) => (Tone::Ok, Text::from(words::passed)),
        Some(false) => (Tone::Bad, Text::from(words::not_passed)),
        None => (Tone::Idle, Text::from(words::waiting)),
    };
    let mean = result.weighted_mean_hundredths;
    let dispersion = result.dispersion_hundredths;
    let figure =
        |value: Option<u32>| Text::from(move || value.map_or_else(|| "–".to_owned(), hundredths));
    let mark_label = Text::from(move || tr::evaluations::sheet::pass_mark(pass_mark));
    let ruler = Ruler {
        filled: mean.map_or(0.0, |mean| f64::from(mean) / 100.0),
        mark: f64::from(pass_mark),
        mark_label: mark_label.clone(),
    };
    let bars: Vec<Bar> = shown
        .rubric
        .criteria
        .iter()
        .filter_map(|criterion| {
            let name = criterion.name.clone();
            let value = criterion_mean(&shown.sheets, criterion)?;
            Some(Bar { label: Text::from(move || local(&name)), value, strong: true, href: None })
        })
        .collect();
    let sheets = result.sheets;
    let say = move || words::say(sheets, mean.map_or_else(|| "–".to_owned(), hundredths));
    let chart = (!bars.is_empty()).then(|| {
        let mark = Mark { value: f64::from(pass_mark), label: mark_label };
        view! { <BarChart title=words::chart say bars=Signal::stored(bars) value_name=words::share label_name=words::criterion digits=1 maximum=100.0 mark/> }
    });
    let submitted: Vec<ScoreSheet> =
        shown.sheets.iter().filter(|sheet| sheet.state == SheetState::Submitted).cloned().collect();
    view! {
        <div class="kpis">
            <Kpi name=words::mean value=figure(mean) unit=tr::evaluations::sheet::of_hundred ruler status/>
            <Kpi name=words::dispersion value=figure(dispersion)/>
        </div>
        {chart}
        {(!submitted.is_empty()).then(|| view! { <h3>{words::sheets}</h3> })}
        {submitted.into_iter().map(|sheet| view! { <OneSheet sheet shown=shown.clone()/> }).collect_view()}
    }
}

#[component]
fn OneSheet(sheet: ScoreSheet, shown: Evaluation) -> impl IntoView {
    use tr::evaluations::result as words;
    let name = shown.members.iter().find(|member| member.account_id == sheet.member_id);
    let name = name.map(|member| member.display_name.clone()).unwrap_or_default();
    let total = sheet.weighted_hundredths;
    let rows = shown.rubric.criteria.into_iter().filter_map(|criterion| {
        let score = sheet.scores.iter().find(|score| score.criterion == criterion.code)?;
        let (mark, comment) = (format!("{}/{}", score.score, criterion.max), score.comment.clone());
        Some(view! {
            <div>
                <dt>{move || local(&criterion.name)}</dt>
                <dd><strong class="num">{mark}</strong> {comment.map(|text| view! { <br/> {text} })}</dd>
            </div>
        })
    });
    let rows = rows.collect_view();
    view! {
        <Disclosure
            title=move || words::sheet_of(&name)
            figure=total.map_or_else(Text::default, |total| Text::from(move || words::total(hundredths(total))))
        >
            <dl class="pairs">{rows}</dl>
        </Disclosure>
    }
}

/// What the chair recommended.
#[component]
pub fn RecommendationGiven(given: Recommendation) -> impl IntoView {
    use tr::evaluations::recommend as words;
    let Recommendation { by, verdict, reason, at } = given;
    view! {
        <section class="stack" data-gap="s" aria-labelledby="recommendation">
            <h2 id="recommendation">{words::title}</h2>
            <p><strong>{move || verdict_name(verdict)}</strong></p>
            <p>{reason}</p>
            <p class="tiny muted">{by.display_name}", "{move || date_time(at)}</p>
        </section>
    }
}
