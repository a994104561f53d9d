//! Enums whose values stand as texts in the API and in the database, and stay what they are.

/// Gives each enum `ALL`, `as_str` and `parse`, and makes it a column where the calling crate has the feature `columns`.
#[macro_export]
macro_rules! stable_texts {
    ($($name:ident { $($variant:ident = $text:literal),+ $(,)? })+) => { $(
        impl $name {
            /// All values, in the order of the interface.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }

            /// The value of this text.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> { match text { $($text => Some(Self::$variant),)+ _ => None } }
        }

        #[cfg(feature = "columns")]
        $crate::stored_as!($name, String, |value| value.as_str().to_owned(), |text| $name::parse(text));
    )+ };
}
