//! How products are told to people: words, tones and drawings for the shared enums, and what is due.
//! Pure; words follow the language, so call these inside a view or a closure.

use nq57_shared::products::draft::{Maturity, OwnerType, ProductDomain, ProductKind};
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{HistoryEntry, ProductEvent, ProductState};
use nq57_shared::time::Timestamp;
use nq57_ui::components::{Glyph, Tone};
use nq57_ui::i18n::{date, tr};

/// Product, solution or initiative.
pub fn kind(kind: ProductKind) -> &'static str {
    use tr::products::kind as words;
    match kind {
        ProductKind::Product => words::product(),
        ProductKind::Solution => words::solution(),
        ProductKind::Initiative => words::initiative(),
    }
}

/// What the kind means, for those who choose.
pub fn kind_hint(kind: ProductKind) -> &'static str {
    use tr::products::kind_hint as words;
    match kind {
        ProductKind::Product => words::product(),
        ProductKind::Solution => words::solution(),
        ProductKind::Initiative => words::initiative(),
    }
}

/// The programme's pillar.
pub fn domain(domain: ProductDomain) -> &'static str {
    use tr::products::domain as words;
    match domain {
        ProductDomain::ScienceTechnology => words::science_technology(),
        ProductDomain::Innovation => words::innovation(),
        ProductDomain::DigitalTransformation => words::digital_transformation(),
    }
}

/// How far it has come.
pub fn maturity(maturity: Maturity) -> &'static str {
    use tr::products::maturity as words;
    match maturity {
        Maturity::Deployed => words::deployed(),
        Maturity::New => words::new(),
    }
}

/// What the maturity means, for those who choose.
pub fn maturity_hint(maturity: Maturity) -> &'static str {
    use tr::products::maturity_hint as words;
    match maturity {
        Maturity::Deployed => words::deployed(),
        Maturity::New => words::new(),
    }
}

/// A person or an organisation.
pub fn owner_type(kind: OwnerType) -> &'static str {
    use tr::products::owner_type as words;
    match kind {
        OwnerType::Person => words::person(),
        OwnerType::Organisation => words::organisation(),
    }
}

/// Where a submission stands.
pub fn state(state: ProductState) -> &'static str {
    use tr::products::state as words;
    match state {
        ProductState::Draft => words::draft(),
        ProductState::Submitted => words::submitted(),
        ProductState::MoreInformation => words::more_information(),
        ProductState::Ineligible => words::ineligible(),
        ProductState::Accepted => words::accepted(),
        ProductState::UnderEvaluation => words::under_evaluation(),
        ProductState::OnSite => words::on_site(),
        ProductState::Decided => words::decided(),
        ProductState::Published => words::published(),
        ProductState::Declined => words::declined(),
        ProductState::Suspended => words::suspended(),
        ProductState::Withdrawn => words::withdrawn(),
        ProductState::Expired => words::expired(),
    }
}

/// What the state means for its reader.
pub const fn state_tone(state: ProductState) -> Tone {
    match state {
        ProductState::Published => Tone::Ok,
        ProductState::Submitted
        | ProductState::Accepted
        | ProductState::UnderEvaluation
        | ProductState::OnSite
        | ProductState::Decided => Tone::Info,
        ProductState::MoreInformation | ProductState::Suspended => Tone::Warn,
        ProductState::Ineligible | ProductState::Declined => Tone::Bad,
        ProductState::Draft | ProductState::Withdrawn | ProductState::Expired => Tone::Idle,
    }
}

/// The drawing of the state.
pub const fn state_glyph(state: ProductState) -> Glyph {
    match state {
        ProductState::Draft => Glyph::Edit,
        ProductState::MoreInformation => Glyph::Ask,
        ProductState::Ineligible | ProductState::Declined | ProductState::Withdrawn => Glyph::Stop,
        ProductState::Published => Glyph::Done,
        ProductState::Suspended => Glyph::Risk,
        ProductState::Submitted
        | ProductState::Accepted
        | ProductState::Decided
        | ProductState::Expired => Glyph::Wait,
        ProductState::UnderEvaluation | ProductState::OnSite => Glyph::Run,
    }
}

/// Who has to act.
pub fn holder(holder: Holder) -> &'static str {
    use tr::products::holder as words;
    match holder {
        Holder::Submitter => words::submitter(),
        Holder::Intake => words::intake(),
        Holder::Chair => words::chair(),
        Holder::Panel => words::panel(),
        Holder::Publisher => words::publisher(),
    }
}

/// What happened, in a few words.
pub fn happened(entry: &HistoryEntry) -> String {
    use tr::products::happened as words;
    match entry.event {
        ProductEvent::Submit if entry.from == ProductState::MoreInformation => {
            words::submit_again().to_owned()
        }
        ProductEvent::Submit => words::submit().to_owned(),
        ProductEvent::RequestInformation => words::request_information().to_owned(),
        ProductEvent::MarkIneligible => words::mark_ineligible().to_owned(),
        ProductEvent::Accept => words::accept().to_owned(),
        ProductEvent::StartEvaluation => words::start_evaluation().to_owned(),
        ProductEvent::RequireOnSite => words::require_on_site().to_owned(),
        ProductEvent::Recommend | ProductEvent::VoidRecommendation => words::recommend().to_owned(),
        ProductEvent::DecidePublish => words::decide_publish().to_owned(),
        ProductEvent::DecideDecline => words::decide_decline().to_owned(),
        ProductEvent::Publish => words::publish(entry.version),
        ProductEvent::Suspend => words::suspend().to_owned(),
        ProductEvent::Resume => words::resume().to_owned(),
        ProductEvent::Revise => words::revise().to_owned(),
        ProductEvent::DiscardRevision => words::discard_revision().to_owned(),
        ProductEvent::Withdraw => words::withdraw().to_owned(),
        ProductEvent::Expire => words::expire().to_owned(),
    }
}

/// What comes next, told to the submitter.
pub fn what_next(state: ProductState, is_revision: bool) -> &'static str {
    use tr::submissions::next as words;
    match state {
        ProductState::Draft if is_revision => words::revision(),
        ProductState::Draft => words::draft(),
        ProductState::Submitted => words::submitted(),
        ProductState::MoreInformation => words::more_information(),
        ProductState::Ineligible => words::ineligible(),
        ProductState::Accepted => words::accepted(),
        ProductState::UnderEvaluation => words::under_evaluation(),
        ProductState::OnSite => words::on_site(),
        ProductState::Decided => words::decided(),
        ProductState::Published => words::published(),
        ProductState::Declined => words::declined(),
        ProductState::Suspended => words::suspended(),
        ProductState::Withdrawn => words::withdrawn(),
        ProductState::Expired => words::expired(),
    }
}

/// Since when it is in use, as people write it: `2024-03` is `3/2024`. Anything else stays as it is.
pub fn show_since(text: &str) -> String {
    let parts: Vec<&str> = text.split('-').collect();
    let short = |part: &str| part.trim_start_matches('0').to_owned();
    match parts.as_slice() {
        [year, month] if year.len() == 4 => format!("{}/{year}", short(month)),
        [year, month, day] if year.len() == 4 => format!("{}/{}/{year}", short(day), short(month)),
        _ => text.to_owned(),
    }
}

/// Reads what people write: `3/2024` is `2024-03`, `15/3/2024` is `2024-03-15`. What cannot be read stays, and is refused as such.
pub fn read_since(text: &str) -> String {
    let text = text.trim();
    let parts: Option<Vec<u32>> =
        text.split(['/', '-', '.']).map(|part| part.trim().parse().ok()).collect();
    match parts.as_deref() {
        Some([month, year]) if *year >= 1000 => format!("{year}-{month:02}"),
        Some([year, month]) if *year >= 1000 => format!("{year}-{month:02}"),
        Some([day, month, year]) if *year >= 1000 => format!("{year}-{month:02}-{day:02}"),
        Some([year, month, day]) if *year >= 1000 => format!("{year}-{month:02}-{day:02}"),
        _ => text.to_owned(),
    }
}

/// The short name of a kind of file: `PDF`.
pub fn file_kind(name: &str, media_type: &str) -> String {
    name.rsplit_once('.')
        .map_or_else(|| media_type.to_owned(), |(_, extension)| extension.to_uppercase())
}

/// "Held by …, due …".
pub fn held(by: Holder, due_at: Option<Timestamp>) -> String {
    use tr::products::stage as words;
    match due_at {
        Some(due_at) => words::held_until(holder(by), date(due_at)),
        None => words::held(holder(by)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_written_as_people_write_and_kept_as_the_api_wants_it() {
        for (typed, kept) in [
            ("3/2024", "2024-03"),
            ("15/3/2024", "2024-03-15"),
            ("2024", "2024"),
            ("2024-03", "2024-03"),
        ] {
            assert_eq!(read_since(typed), kept);
        }
        assert_eq!(read_since("hôm qua"), "hôm qua");
        assert_eq!(show_since("2024-03"), "3/2024");
        assert_eq!(show_since("2024-03-05"), "5/3/2024");
        assert_eq!(show_since("2024"), "2024");
        assert_eq!(read_since(&show_since("2024-03-05")), "2024-03-05");
    }
}
