//! The icons of the sprite. Refuses names that the sprite does not have: a test compares the two.

use std::sync::LazyLock;

use leptos::prelude::*;

macro_rules! glyphs {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// One drawing of the sprite.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Glyph { $($variant),+ }

        impl Glyph {
            /// All drawings, in the order of the sprite.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its id in the sprite.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),+ } }
        }
    };
}

glyphs! {
    Search = "search", Menu = "menu", Close = "close", Down = "down", Arrow = "arrow", Back = "back", Check = "check",
    Done = "done", Wait = "wait", Run = "run", Risk = "risk", Late = "late", Stop = "stop", Ask = "ask", Info = "info",
    Clock = "clock", Calendar = "calendar", Upload = "upload", Download = "download", File = "file", Print = "print",
    Filter = "filter", User = "user", Building = "building", Pin = "pin", Chart = "chart", Table = "table", Bell = "bell",
    Theme = "theme", Honour = "honour", Lock = "lock", Link = "link", Plus = "plus", Trash = "trash", Mail = "mail",
    Leaf = "leaf", Health = "health", Truck = "truck", Edit = "edit", Copy = "copy", Retry = "retry", SignOut = "sign-out",
    SignIn = "sign-in", Eye = "eye", History = "history", Settings = "settings", People = "people", Key = "key",
    Factory = "factory", School = "school", Bank = "bank", Bolt = "bolt", Drop = "drop", Chip = "chip", Culture = "culture",
    Shield = "shield", Globe = "globe", House = "house", More = "more", Offline = "offline", Send = "send", Flask = "flask",
}

static SPRITE: LazyLock<String> = LazyLock::new(|| {
    super::asset_address("asset-icons").unwrap_or_else(|| "/icons/icons.svg".to_owned())
});

/// A drawing beside words; hidden from assistive technology, so the words must say it all.
#[component]
pub fn Icon(
    /// Which drawing.
    name: Glyph,
    /// 2 rem instead of 1.25 em.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    view! {
        <svg class="icon" data-size=large.then_some("l") aria-hidden="true" focusable="false">
            <use href=format!("{}#{}", *SPRITE, name.name())></use>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::Glyph;

    #[test]
    fn every_glyph_is_drawn_and_every_drawing_is_named() {
        let sprite = include_str!("../../../public/icons/icons.svg");
        for glyph in Glyph::ALL {
            assert!(
                sprite.contains(&format!("<symbol id=\"{}\"", glyph.name())),
                "{} is not drawn",
                glyph.name()
            );
        }
        assert_eq!(sprite.matches("<symbol ").count(), Glyph::ALL.len());
    }
}
