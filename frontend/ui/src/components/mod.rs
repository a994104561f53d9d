//! The interface kit: components without a domain, on the project's own styles. `/ui` shows each in all its states.
//! Refuses `style` attributes and words of its own beyond what every page needs; pages pass their texts in.
//!
//! Pages write `use crate::components::*;`. Words are [`crate::i18n::Text`]; switches are `Signal<bool>`
//! (`Signal::derive(move || …)` from a closure); what happens is a `Callback` (a closure will do).

mod button;
mod chart;
mod choice;
mod confirm;
mod contact;
mod copy;
mod dialog;
mod disclosure;
mod empty;
mod error_summary;
mod facet;
mod field;
mod form;
mod frame;
mod heading;
mod icon;
mod kpi;
mod load;
mod more;
mod notice;
mod number_field;
mod paged_list;
mod prose;
mod repeat;
mod score;
mod steps;
mod summary;
mod table;
mod tabs;
mod tag;
mod tile_map;
mod timeline;
mod toast;
mod upload;
mod workflow_bar;

pub use button::{Button, ButtonKind, ButtonLink, GoLink, IconButton, IconLink, PrintButton};
pub use chart::{Bar, BarChart, Mark, TableTwin, save_csv};
pub use choice::{Checkbox, CheckboxChoices, Choice, RadioChoices, Select};
pub use confirm::{Confirm, Reason};
pub use contact::{Contact, HelpLine};
pub use copy::CopyCode;
pub use dialog::Dialog;
pub use disclosure::Disclosure;
pub use empty::{Empty, ProgressBar, Skeleton};
pub use facet::{Chip, Chips, Facet, FacetChoice, FacetPanel};
pub use field::{TextArea, TextField, TextKind};
pub use form::{Form, FormAlert, FormError, FormView, warn_on_leave};
pub use frame::control_id;
pub use heading::{Crumb, Crumbs, Heading, PageHead};
pub use icon::{Glyph, Icon};
pub use kpi::{Kpi, Quality, Ruler};
pub use load::{FailureNotice, Load, Missing};
pub use more::{LoadMore, NextLink};
pub use notice::Notice;
pub use number_field::{DateField, NumberField};
pub use paged_list::PagedList;
pub use prose::Markdown;
pub use repeat::Repeat;
pub use score::{Criterion, Score};
pub use steps::Steps;
pub use summary::{Answer, Pairs, Summary};
pub use table::{Order, SortHeader, Table};
pub use tabs::{Tab, Tabs};
pub use tag::{Badge, Code, Tag, Tone};
pub use tile_map::{Level, Place, TileMap};
pub use timeline::{Moment, Reached, Timeline};
pub use toast::{ToastRegion, toast, toast_with_action, toast_with_link};
pub use upload::{FileRow, FileState, Upload};
pub use workflow_bar::{WorkflowAction, WorkflowBar};

use leptos::prelude::document;

/// The address of an asset whose name carries its hash, from the `<meta>` of this name.
pub fn asset_address(meta: &str) -> Option<String> {
    document().query_selector(&format!("meta[name=\"{meta}\"]")).ok()??.get_attribute("content")
}

/// Moves focus to the element with this id; false when there is none that can take it.
pub fn focus_on(id: &str) -> bool {
    use wasm_bindgen::JsCast as _;
    document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        .is_some_and(|element| element.focus().is_ok())
}

/// Moves focus to the heading of the page, for links and buttons that go away when they have been used.
pub fn focus_on_heading() {
    use wasm_bindgen::JsCast as _;
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) =
        heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = heading.focus();
    }
}
