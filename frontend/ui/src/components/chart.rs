//! Figures: a title, a sentence that states the finding, bars, and the same numbers as a table and as CSV.

use leptos::prelude::*;

use super::{Glyph, GoLink, Icon};
use crate::api::{Failure, save};
use crate::i18n::{Text, decimal, tr};

/// One bar.
#[derive(Clone)]
pub struct Bar {
    pub label: Text,
    pub value: f64,
    /// It speaks; the others are quiet.
    pub strong: bool,
    /// Where what it counts is listed.
    pub href: Option<String>,
}

/// A line across the bars: a common value, a target.
#[derive(Clone)]
pub struct Mark {
    pub value: f64,
    pub label: Text,
}

/// Horizontal bars from a zero baseline. On paper and for screen readers the table says it all.
#[component]
pub fn BarChart(
    #[prop(into)] title: Text,
    /// What the figure shows, in a sentence.
    #[prop(into)]
    say: Text,
    #[prop(into)] bars: Signal<Vec<Bar>>,
    /// Heads the value column: "Share, %".
    #[prop(into)]
    value_name: Text,
    /// Heads the label column.
    #[prop(into)]
    label_name: Text,
    /// Decimals of the values.
    #[prop(optional)]
    digits: usize,
    /// The end of the scale; the greatest value when not given.
    #[prop(optional)]
    maximum: Option<f64>,
    #[prop(optional)] mark: Option<Mark>,
) -> impl IntoView {
    let mark_value = mark.as_ref().map(|mark| mark.value);
    let lines = move || {
        let bars = bars.get();
        let greatest = bars.iter().map(|bar| bar.value).chain(mark_value).fold(0.0, f64::max);
        let scale = maximum.unwrap_or(greatest).max(f64::EPSILON);
        let percent =
            move |value: f64| format!("{:.2}%", (value / scale * 100.0).clamp(0.0, 100.0));
        bars.into_iter()
            .map(|bar| {
                let value = bar.value;
                let label = match bar.href {
                    Some(href) => view! { <a href=href>{bar.label}</a> }.into_any(),
                    None => bar.label.into_render().into_any(),
                };
                view! {
                    <li>
                        <span>{label}</span>
                        <svg class="bar" aria-hidden="true" focusable="false">
                            <rect class="track" width="100%" height="14"></rect>
                            <rect data-on=bar.strong width=percent(value) height="14"></rect>
                            {mark_value.map(|mark| view! { <line x1=percent(mark) x2=percent(mark) y1="-3" y2="17"></line> })}
                        </svg>
                        <b>{move || decimal(value, digits)}</b>
                    </li>
                }
            })
            .collect_view()
    };
    let table_rows = Signal::derive(move || {
        bars.get()
            .into_iter()
            .map(|bar| vec![bar.label.string(), decimal(bar.value, digits)])
            .collect()
    });
    let (twin_title, heads) = (title.clone(), vec![label_name, value_name]);
    view! {
        <figure class="chart">
            <figcaption class="stack" data-gap="s">
                <h3 class="chart-title">{title}</h3>
                <p class="chart-say">{say}{mark.map(|mark| view! { " (" {mark.label} ")" })}</p>
            </figcaption>
            <ul class="ranks">{lines}</ul>
            <TableTwin title=twin_title heads rows=table_rows/>
        </figure>
    }
}

/// The numbers of a figure as a table, folded away, and as CSV.
#[component]
pub fn TableTwin(
    #[prop(into)] title: Text,
    /// Column heads; all but the first are numbers.
    heads: Vec<Text>,
    #[prop(into)] rows: Signal<Vec<Vec<String>>>,
) -> impl IntoView {
    let caption = title.clone();
    let name = title.clone();
    let csv_heads = heads.clone();
    let csv = Signal::derive(move || {
        let mut lines = vec![csv_heads.iter().map(Text::string).collect::<Vec<_>>()];
        lines.extend(rows.get());
        csv_address(&lines)
    });
    let head = heads
        .into_iter()
        .enumerate()
        .map(|(index, head)| view! { <th scope="col" class:num=(index > 0)>{head}</th> })
        .collect_view();
    let body = move || {
        rows.get()
            .into_iter()
            .map(|cells| {
                let cells = cells
                    .into_iter()
                    .enumerate()
                    .map(|(index, cell)| match index {
                        0 => view! { <th scope="row">{cell}</th> }.into_any(),
                        _ => view! { <td class="num">{cell}</td> }.into_any(),
                    })
                    .collect_view();
                view! { <tr>{cells}</tr> }
            })
            .collect_view()
    };
    view! {
        <details class="twin">
            <summary>
                <Icon name=Glyph::Table/>
                {tr::ui::see_table}
                <span class="sr">": "{name}</span>
            </summary>
            <table class="table">
                <caption class="sr">{caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
            <p>
                <GoLink href=csv icon=Glyph::Download download="nq57.csv">{tr::ui::csv}</GoLink>
            </p>
        </details>
    }
}

/// Hands lines to the browser as a CSV file of this name.
///
/// # Errors
/// When the browser cannot save it.
pub fn save_csv(lines: &[Vec<String>], name: &str) -> Result<(), Failure> {
    save(csv(lines).as_bytes(), name)
}

/// A CSV file as an address that a download link can carry. Cells cannot become formulas.
fn csv_address(lines: &[Vec<String>]) -> String {
    format!(
        "data:text/csv;charset=utf-8,{}",
        String::from(js_sys::encode_uri_component(&csv(lines)))
    )
}

fn csv(lines: &[Vec<String>]) -> String {
    let mut out = String::from("\u{feff}");
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .map(|cell| {
                let guard =
                    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
                format!("\"{guard}{}\"", cell.replace('"', "\"\""))
            })
            .collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let text = csv(&[vec!["Tên \"A\"".into(), "=1+1".into()]]);
        assert_eq!(text, "\u{feff}\"Tên \"\"A\"\"\",\"'=1+1\"\r\n");
    }
}
