//! What every page of the browser application stands on: texts of both languages, requests to the API, the state that
//! all pages share, components, and the frame around each page. Imports no page of any domain.

pub mod api;
pub mod casework;
pub mod components;
pub mod i18n;
pub mod layout;
pub mod state;

pub use i18n::tr;
