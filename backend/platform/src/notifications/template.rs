//! What slices declare of the notices that they send: names, the values that each text needs, and the texts
//! in both languages, which stand beside the slice as data. Names no notice.

use std::fmt::Display;

/// A kind of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// In stored rows, and the `kind` that the API shows. No two slices have the same.
    pub name: &'static str,
    /// The values that its texts use: each of them, and no other.
    pub args: &'static [&'static str],
}

/// The notices of a slice, with their texts as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Notices {
    pub templates: &'static [Template],
    pub vi: &'static str,
    pub en: &'static str,
}

impl Notices {
    /// Nobody is told anything.
    pub const NONE: Self = Self { templates: &[], vi: "{}", en: "{}" };
}

/// A notice with its values. Made by [`crate::notices!`], so that none is missing.
pub trait Told {
    const TEMPLATE: Template;

    /// The values by their names.
    fn values(&self) -> Vec<(&'static str, String)>;
}

/// A value as it is kept.
pub fn value(value: &impl Display) -> String {
    value.to_string()
}

/// Declares the notices of a slice: for each a type with its values as fields, and `NOTICES` with all of them. The
/// texts stand in `notices/vi.json` and `notices/en.json` beside the file.
///
/// A value that is missing does not compile:
///
/// ```compile_fail
/// use nq57_platform::casework::notices::TaskWaiting;
/// let told = TaskWaiting { title: String::new(), code: String::new() };
/// ```
#[macro_export]
macro_rules! notices {
    ($( $(#[doc = $doc:literal])+ $notice:ident = $name:literal { $($value:ident: $kind:ty),* } )+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Debug)]
            pub struct $notice { $(pub $value: $kind),* }

            impl $crate::notifications::Told for $notice {
                const TEMPLATE: $crate::notifications::Template = $crate::notifications::Template {
                    name: $name,
                    args: &[$(stringify!($value)),*],
                };

                fn values(&self) -> Vec<(&'static str, String)> {
                    vec![$((stringify!($value), $crate::notifications::value(&self.$value))),*]
                }
            }
        )+

        /// All notices of this slice.
        pub const NOTICES: $crate::notifications::Notices = $crate::notifications::Notices {
            templates: &[$(<$notice as $crate::notifications::Told>::TEMPLATE),+],
            vi: include_str!("notices/vi.json"),
            en: include_str!("notices/en.json"),
        };
    };
}
