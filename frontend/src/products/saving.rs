//! How far saving is, in words for the line beside the fields.

use nq57_ui::api::Saving;
use nq57_ui::i18n::{time_of_day, tr};

/// `None` while nothing has been typed; reactive. `is_partial`: the server would not take all of it.
pub fn saving_words(saving: &Saving, is_partial: bool) -> Option<String> {
    use tr::submissions::saving as words;
    match saving {
        Saving::Still => None,
        Saving::Busy => Some(words::busy().to_owned()),
        Saving::Saved(at) if is_partial => Some(words::partly(time_of_day(*at))),
        Saving::Saved(at) => Some(words::at(time_of_day(*at))),
        Saving::Both => Some(words::conflict().to_owned()),
        Saving::Failed(failure) => {
            Some(format!("{}. {}", tr::review::eligibility::unsaved(), failure.title().string()))
        }
    }
}
