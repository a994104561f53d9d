//! The steps of the wizard: their order, addresses, questions, and which values each asks for.

use nq57_shared::ids::ProductId;
use nq57_ui::components::control_id;
use nq57_ui::i18n::tr;

/// One step, one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    What,
    Problem,
    Proof,
    Files,
    Owner,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 5] = [Self::What, Self::Problem, Self::Proof, Self::Files, Self::Owner];

    /// From 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The step of this number in an address.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<usize>()
            .ok()
            .and_then(|number| Self::ALL.into_iter().find(|step| step.number() == number))
    }

    /// Where it is for this product.
    pub fn address(self, id: ProductId) -> String {
        format!("/ho-so/{id}/buoc/{}", self.number())
    }

    /// The field of the value at this pointer, from where one comes back to the check page.
    pub fn address_of(self, id: ProductId, pointer: &str) -> String {
        format!("{}?ve=kiem-tra#{}", self.address(id), control_id(pointer))
    }

    /// The one before.
    pub fn before(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.number() + 1 == self.number())
    }

    /// The one after.
    pub fn after(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.number() == self.number() + 1)
    }

    /// Its short name.
    pub fn name(self) -> &'static str {
        use tr::submissions::wizard::steps as words;
        match self {
            Self::What => words::what(),
            Self::Problem => words::problem(),
            Self::Proof => words::proof(),
            Self::Files => words::files(),
            Self::Owner => words::owner(),
        }
    }

    /// What it asks.
    pub fn question(self) -> &'static str {
        match self {
            Self::What => tr::submissions::what::question(),
            Self::Problem => tr::submissions::problem::question(),
            Self::Proof => tr::submissions::proof::question(),
            Self::Files => tr::submissions::files::question(),
            Self::Owner => tr::submissions::owner::question(),
        }
    }

    /// Why it asks.
    pub fn lead(self) -> &'static str {
        match self {
            Self::What => tr::submissions::what::lead(),
            Self::Problem => tr::submissions::problem::lead(),
            Self::Proof => tr::submissions::proof::lead(),
            Self::Files => tr::submissions::files::lead(),
            Self::Owner => tr::submissions::owner::lead(),
        }
    }

    /// The step that asks for the value at this pointer; the consent is asked for on the check page.
    pub fn of(pointer: &str) -> Option<Self> {
        match pointer.trim_start_matches('/').split('/').next().unwrap_or_default() {
            "title"
            | "kind"
            | "domain"
            | "sectors"
            | "province_code"
            | "strategic_technology"
            | "summary" => Some(Self::What),
            "problem" | "description" | "novelty" => Some(Self::Problem),
            "maturity" | "trl" | "deployments" | "effect" | "intellectual_property" | "links" => {
                Some(Self::Proof)
            }
            "files" => Some(Self::Files),
            "owner" => Some(Self::Owner),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use nq57_shared::products::ProductDraft;
    use nq57_shared::products::draft::{ProductDomain, ProductKind};

    use super::*;

    #[test]
    fn every_value_that_may_be_missing_is_asked_for_by_a_step_or_is_the_consent() {
        let draft = ProductDraft::begin("", ProductKind::Product, ProductDomain::Innovation);
        for violation in draft.missing().0 {
            assert!(
                Step::of(&violation.pointer).is_some() || violation.pointer == "/consent",
                "{}",
                violation.pointer
            );
        }
    }

    #[test]
    fn every_member_of_a_draft_belongs_to_a_step() {
        let draft = ProductDraft::begin("A", ProductKind::Product, ProductDomain::Innovation);
        let value = serde_json::to_value(draft).expect("JSON");
        for member in
            value.as_object().expect("an object").keys().filter(|member| *member != "consent")
        {
            assert!(Step::of(&format!("/{member}")).is_some(), "{member}");
        }
    }

    #[test]
    fn the_steps_follow_each_other() {
        assert_eq!(Step::parse("1"), Some(Step::What));
        assert_eq!(Step::parse("6"), None);
        assert_eq!(Step::What.before(), None);
        assert_eq!(Step::What.after(), Some(Step::Problem));
        assert_eq!(Step::Owner.after(), None);
    }
}
