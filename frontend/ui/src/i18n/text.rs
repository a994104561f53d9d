//! A text that a component is given: fixed, or one that follows the language or other signals.

use std::borrow::Cow;
use std::sync::Arc;

use leptos::prelude::IntoRender;

/// What the kit's components take wherever they show words.
///
/// Made from a literal, a `String`, a typed text (`tr::common::close`) or a closure
/// (`move || tr::ui::steps::of(2, 5)`); the last two follow the language.
#[derive(Clone)]
pub enum Text {
    Fixed(Cow<'static, str>),
    Live(Arc<dyn Fn() -> Cow<'static, str> + Send + Sync>),
}

impl Text {
    /// The words now; reactive when the text is.
    pub fn get(&self) -> Cow<'static, str> {
        match self {
            Self::Fixed(text) => text.clone(),
            Self::Live(text) => text(),
        }
    }

    /// The words as an owned string; reactive when the text is.
    pub fn string(&self) -> String {
        self.get().into_owned()
    }

    /// Whether there are no words; reactive when the text is.
    pub fn is_empty(&self) -> bool {
        self.get().is_empty()
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::Fixed(Cow::Borrowed(""))
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Fixed(Cow::Borrowed(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Fixed(Cow::Owned(text))
    }
}

impl<F, S> From<F> for Text
where
    F: Fn() -> S + Send + Sync + 'static,
    S: Into<Cow<'static, str>>,
{
    fn from(text: F) -> Self {
        Self::Live(Arc::new(move || text().into()))
    }
}

/// So that `{text}` in a view is the words, kept up to date.
impl IntoRender for Text {
    type Output = Box<dyn FnMut() -> Cow<'static, str> + Send>;

    fn into_render(self) -> Self::Output {
        Box::new(move || self.get())
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(text) => write!(f, "{text:?}"),
            Self::Live(_) => f.write_str("(live text)"),
        }
    }
}
