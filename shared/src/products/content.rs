//! From what a submitter wrote to what others may read of it, and back.

use super::draft::{Contact, Owner, ProductDraft};
use super::types::{ProductContent, PublicOwner};

impl ProductContent {
    /// What everybody may read of the draft: all but the contact.
    #[must_use]
    pub fn public(draft: ProductDraft) -> Self {
        let (mut content, _) = Self::apart(draft);
        content.owner.contact = None;
        content
    }

    /// The whole draft, for its owner and for officials.
    #[must_use]
    pub fn working(draft: ProductDraft) -> Self {
        let (mut content, contact) = Self::apart(draft);
        content.owner.contact = Some(contact);
        content
    }

    /// The public content and, apart from it, the contact.
    #[must_use]
    pub fn apart(draft: ProductDraft) -> (Self, Contact) {
        let content = Self {
            title: draft.title,
            kind: draft.kind,
            domain: draft.domain,
            sectors: draft.sectors,
            maturity: draft.maturity,
            trl: draft.trl,
            province_code: draft.province_code,
            summary: draft.summary,
            problem: draft.problem,
            description: draft.description,
            novelty: draft.novelty,
            strategic_technology: draft.strategic_technology,
            deployments: draft.deployments,
            effect: draft.effect,
            intellectual_property: draft.intellectual_property,
            links: draft.links,
            owner: PublicOwner {
                kind: draft.owner.kind,
                name: draft.owner.name,
                tax_code: draft.owner.tax_code,
                contact: None,
            },
            consent: draft.consent,
        };
        (content, draft.owner.contact)
    }

    /// The draft that this content and contact came from.
    #[must_use]
    pub fn into_draft(self, contact: Contact) -> ProductDraft {
        ProductDraft {
            title: self.title,
            kind: self.kind,
            domain: self.domain,
            sectors: self.sectors,
            maturity: self.maturity,
            trl: self.trl,
            province_code: self.province_code,
            summary: self.summary,
            problem: self.problem,
            description: self.description,
            novelty: self.novelty,
            strategic_technology: self.strategic_technology,
            deployments: self.deployments,
            effect: self.effect,
            intellectual_property: self.intellectual_property,
            links: self.links,
            owner: Owner {
                kind: self.owner.kind,
                name: self.owner.name,
                tax_code: self.owner.tax_code,
                contact,
            },
            consent: self.consent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::draft::{ProductDomain, ProductKind};
    use super::*;

    #[test]
    fn the_public_content_has_no_contact_and_nothing_else_is_lost() {
        let mut draft =
            ProductDraft::begin("Lúa Trũng", ProductKind::Product, ProductDomain::Innovation);
        draft.owner.contact.email = "lan@dong-bung.example".into();
        let text = serde_json::to_string(&ProductContent::public(draft.clone())).expect("JSON");
        assert!(!text.contains("contact") && !text.contains("lan@"));
        let (content, contact) = ProductContent::apart(draft.clone());
        assert_eq!(content.into_draft(contact), draft);
    }
}
