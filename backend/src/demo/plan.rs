//! When everything of the demo history happened: for each product the steps that lead to its state,
//! spread over working days. Pure and always the same for the same content and day.

use chrono::{Days, Duration, NaiveDate, NaiveTime};
use nq57_shared::calendar::WorkingCalendar;
use nq57_shared::products::{ProductEvent as On, ProductState, Verdict};
use nq57_shared::time::{Timestamp, VIETNAM_OFFSET_MINUTES, vietnam_date};

use super::content::DemoProduct;

/// Members of every panel.
pub(super) const MEMBERS: usize = 3;

/// What is done in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Create,
    Attach,
    /// All items pass but one, which gets this verdict.
    Judge(Verdict),
    Send(On),
    /// The submitter adds a sentence.
    Edit,
    Open,
    Declare {
        member: usize,
        has_conflict: bool,
    },
    Score {
        member: usize,
        submits: bool,
    },
    Recommend,
    Visit,
    Honour,
}

/// One step of one product.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub at: Timestamp,
    /// Place of the product in the content.
    pub product: usize,
    pub deed: Deed,
}

/// All steps until `now`, in the order in which they happen.
pub(super) fn plan(
    products: &[DemoProduct],
    calendar: &WorkingCalendar,
    now: Timestamp,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for (product, entry) in products.iter().enumerate() {
        let earlier = products.iter().take(product);
        let nth = earlier.filter(|other| other.state == entry.state).count();
        let mut way = Way { calendar, now, product, last: Timestamp::MIN_UTC, steps: Vec::new() };
        way.go(entry, nth);
        steps.extend(way.steps);
    }
    steps.sort_by_key(|step| step.at);
    steps
}

/// The way of one product.
struct Way<'a> {
    calendar: &'a WorkingCalendar,
    now: Timestamp,
    product: usize,
    last: Timestamp,
    steps: Vec<Step>,
}

/// How a review ends.
#[derive(Clone, Copy)]
struct Review {
    /// The day of the submission that is reviewed.
    from: NaiveDate,
    /// Working days until the decision.
    days: u32,
    decision: On,
}

impl Way<'_> {
    fn go(&mut self, entry: &DemoProduct, nth: usize) {
        let Some(submitted_on) = entry.submitted_on else {
            let days = 3 + u64::try_from(nth).unwrap_or_default() * 4;
            self.on(self.today() - Days::new(days), Deed::Create);
            return;
        };
        self.on(submitted_on - Days::new(2 + u64::from(self.varied(5))), Deed::Create);
        if self.product.is_multiple_of(9) {
            self.then(Deed::Attach);
        }
        self.on(submitted_on, Deed::Send(On::Submit));
        match entry.published_on {
            Some(published_on) => self.published(entry, nth, submitted_on, published_on),
            None => self.unpublished(entry.state, nth, submitted_on),
        }
    }

    fn unpublished(&mut self, state: ProductState, nth: usize, submitted_on: NaiveDate) {
        let after = |days| self.calendar.add_working_days(submitted_on, days);
        let (soon, fourth, later) = (after(1), after(4), after(3));
        match state {
            ProductState::MoreInformation => {
                self.on(soon, Deed::Judge(Verdict::Ask));
                self.then(Deed::Send(On::RequestInformation));
            }
            ProductState::Ineligible => {
                self.on(fourth, Deed::Judge(Verdict::Fail));
                self.then(Deed::Send(On::MarkIneligible));
            }
            ProductState::Accepted => {
                self.on(later, Deed::Judge(Verdict::Pass));
                self.then(Deed::Send(On::Accept));
            }
            ProductState::UnderEvaluation | ProductState::OnSite => {
                self.evaluated_in_part(state, nth, submitted_on);
            }
            ProductState::Decided => {
                let days = self.working_days(submitted_on, self.today());
                let ago = if nth.is_multiple_of(2) { 2 } else { 8 };
                let days = days.saturating_sub(ago).max(10);
                self.review(Review { from: submitted_on, days, decision: On::DecidePublish });
            }
            ProductState::Declined => {
                self.review(Review { from: submitted_on, days: 22, decision: On::DecideDecline });
            }
            ProductState::Withdrawn => self.on(later, Deed::Send(On::Withdraw)),
            ProductState::Draft
            | ProductState::Submitted
            | ProductState::Published
            | ProductState::Suspended
            | ProductState::Expired => {}
        }
    }

    /// A panel at work, each further than the one before.
    fn evaluated_in_part(&mut self, state: ProductState, nth: usize, submitted_on: NaiveDate) {
        let calendar = self.calendar;
        let after = |days| calendar.add_working_days(submitted_on, days);
        self.on(after(3), Deed::Judge(Verdict::Pass));
        self.then(Deed::Send(On::Accept));
        self.on(after(5), Deed::Open);
        self.on(after(7), Deed::Declare { member: 0, has_conflict: false });
        if state == ProductState::OnSite {
            self.on(after(10), Deed::Score { member: 0, submits: true });
            self.on(after(17), Deed::Send(On::RequireOnSite));
            if nth > 0 {
                self.on(after(24), Deed::Visit);
            }
            return;
        }
        self.on(after(7), Deed::Declare { member: 1, has_conflict: nth == 3 });
        self.on(after(9), Deed::Score { member: 0, submits: nth > 0 });
        if nth == 1 || nth == 2 {
            self.on(after(12), Deed::Score { member: 1, submits: true });
        }
        if nth == 2 {
            self.on(after(14), Deed::Recommend);
        }
    }

    fn published(
        &mut self,
        entry: &DemoProduct,
        nth: usize,
        submitted_on: NaiveDate,
        published_on: NaiveDate,
    ) {
        let days = self.working_days(submitted_on, published_on);
        let days = days.saturating_sub(1 + self.varied(3)).max(9);
        self.review(Review { from: submitted_on, days, decision: On::DecidePublish });
        self.on(published_on, Deed::Send(On::Publish));
        if !entry.honours.is_empty() {
            self.then(Deed::Honour);
        }
        let months = |months: u64| published_on + Days::new(months * 30);
        match entry.state {
            ProductState::Suspended => self.on(months(3), Deed::Send(On::Suspend)),
            ProductState::Withdrawn => self.on(months(2), Deed::Send(On::Withdraw)),
            ProductState::Expired => self.on(months(6), Deed::Send(On::Expire)),
            ProductState::Published => self.revised(nth, published_on),
            ProductState::Draft
            | ProductState::Submitted
            | ProductState::MoreInformation
            | ProductState::Ineligible
            | ProductState::Accepted
            | ProductState::UnderEvaluation
            | ProductState::OnSite
            | ProductState::Decided
            | ProductState::Declined => {}
        }
    }

    /// Some published products have a second version, and three have one under way.
    fn revised(&mut self, nth: usize, published_on: NaiveDate) {
        let ago = |days: u64| self.today() - Days::new(days);
        let (draft, sent) = (ago(8), ago(14));
        match nth {
            20 | 40 => {
                self.on(draft, Deed::Send(On::Revise));
                self.then(Deed::Edit);
            }
            30 => {
                self.on(sent, Deed::Send(On::Revise));
                self.then(Deed::Edit);
                self.on(sent + Days::new(3), Deed::Send(On::Submit));
            }
            _ if nth % 7 == 3 && published_on < ago(120) => {
                let from = self.calendar.add_working_days(published_on, 37);
                self.on(self.calendar.add_working_days(published_on, 35), Deed::Send(On::Revise));
                self.then(Deed::Edit);
                self.on(from, Deed::Send(On::Submit));
                self.review(Review { from, days: 14, decision: On::DecidePublish });
                self.on(self.calendar.add_working_days(from, 16), Deed::Send(On::Publish));
            }
            _ => {}
        }
    }

    /// From the submission to the decision.
    fn review(&mut self, review: Review) {
        let calendar = self.calendar;
        let after = |days| calendar.add_working_days(review.from, days);
        let accepted = if review.days >= 16 && self.product % 3 == 1 {
            self.on(after(1), Deed::Judge(Verdict::Ask));
            self.then(Deed::Send(On::RequestInformation));
            let answered = 3 + self.varied(3);
            self.on(after(answered), Deed::Edit);
            self.then(Deed::Send(On::Submit));
            answered + 1
        } else {
            // One in thirteen is judged late.
            if self.product % 13 == 5 { 6 } else { 1 + self.varied(4) }
        };
        self.on(after(accepted), Deed::Judge(Verdict::Pass));
        self.then(Deed::Send(On::Accept));
        let opened = accepted + 1;
        let recommended = review.days.saturating_sub(1);
        self.on(after(opened), Deed::Open);
        let recused = (self.product % 11 == 5).then_some(MEMBERS - 1);
        for member in 0..MEMBERS {
            let has_conflict = recused == Some(member);
            self.on(after(opened + 1), Deed::Declare { member, has_conflict });
        }
        let scoring = recommended.saturating_sub(opened + 1);
        for (member, turn) in (0..MEMBERS).zip(1_u32..) {
            if recused != Some(member) {
                self.on(
                    after(opened + 1 + scoring * turn / 4),
                    Deed::Score { member, submits: true },
                );
            }
        }
        self.on(after(recommended), Deed::Recommend);
        self.on(after(review.days), Deed::Send(review.decision));
    }

    /// A step in the working hours of this day, after the one before.
    fn on(&mut self, day: NaiveDate, deed: Deed) {
        let minutes = i64::from(VIETNAM_OFFSET_MINUTES);
        let morning = day.and_time(NaiveTime::MIN) + Duration::minutes(8 * 60 - minutes);
        let at = morning.and_utc() + Duration::minutes(i64::from(self.varied(480)));
        self.at(at.max(self.last + Duration::minutes(11)), deed);
    }

    /// A step a little later on the same day.
    fn then(&mut self, deed: Deed) {
        self.at(self.last + Duration::minutes(4), deed);
    }

    fn at(&mut self, at: Timestamp, deed: Deed) {
        if at > self.now {
            return;
        }
        self.last = at;
        self.steps.push(Step { at, product: self.product, deed });
    }

    fn today(&self) -> NaiveDate {
        vietnam_date(self.now)
    }

    fn working_days(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        u32::try_from(self.calendar.working_days_between(from, to)).unwrap_or_default()
    }

    /// A number below `below` that varies from step to step and is always the same.
    fn varied(&self, below: u32) -> u32 {
        let n = u32::try_from(self.product * 31 + self.steps.len()).unwrap_or_default();
        (n.wrapping_mul(2_654_435_761) >> 7) % below
    }
}

#[cfg(test)]
mod tests {
    use super::super::content::{WRITTEN_ON, products};
    use super::*;

    #[test]
    fn steps_of_a_product_follow_each_other_and_none_lies_ahead() {
        let all = products(Duration::zero()).unwrap();
        let now = WRITTEN_ON.and_hms_opt(3, 0, 0).unwrap().and_utc();
        let steps = plan(&all, &WorkingCalendar::default(), now);
        assert!(steps.iter().all(|step| step.at <= now));
        for (product, entry) in all.iter().enumerate() {
            let own: Vec<&Step> = steps.iter().filter(|step| step.product == product).collect();
            assert_eq!(own[0].deed, Deed::Create);
            assert!(own.is_sorted_by(|a, b| a.at < b.at), "{}", entry.draft.title);
        }
        let again = plan(&all, &WorkingCalendar::default(), now);
        assert!(steps.iter().zip(&again).all(|(a, b)| a.at == b.at && a.deed == b.deed));
    }
    #[test]
    fn on_each_day_of_a_year_somebody_is_late_with_an_answer_and_an_office_with_a_check() {
        // A day off in the week of the content, and the longest holiday there is.
        let off = |from: &str, days: usize| -> Vec<NaiveDate> {
            from.parse::<NaiveDate>().unwrap().iter_days().take(days).collect()
        };
        let calendar =
            WorkingCalendar::new([off("2026-11-24", 1), off("2027-02-05", 9)].concat(), []);
        let mut all = Vec::new();
        for (day, now) in WRITTEN_ON.iter_days().take(366).enumerate() {
            if day % 7 == 0 {
                all = products(Duration::days(i64::try_from(day).unwrap())).unwrap();
            }
            let steps = plan(&all, &calendar, now.and_hms_opt(3, 0, 0).unwrap().and_utc());
            let is_late = |deed: Deed, state: ProductState, days: u32| {
                let due = |step: &Step| calendar.add_working_days(vietnam_date(step.at), days);
                let waits = |step: &&Step| all[step.product].state == state && step.deed == deed;
                steps.iter().filter(waits).any(|step| due(step) < now)
            };
            let (asked, sent) = (Deed::Send(On::RequestInformation), Deed::Send(On::Submit));
            assert!(is_late(asked, ProductState::MoreInformation, 10), "{now}: an answer");
            assert!(is_late(sent, ProductState::Submitted, 5), "{now}: a check");
        }
    }
}
