//! The values of the wizard as signals, to and from a draft. What is typed stays as typed; the draft is what was meant.

use leptos::prelude::*;
use nq57_shared::products::ProductDraft;
use nq57_shared::products::draft::{
    Contact, Deployment, Maturity, Owner as ProductOwner, OwnerType, ProductDomain, ProductKind,
};

use crate::products::view_model::{read_since, show_since};

/// A place of use.
#[derive(Clone, Copy)]
pub(super) struct PlaceRow {
    pub customer: RwSignal<String>,
    pub place: RwSignal<String>,
    pub since: RwSignal<String>,
}

/// A line of a list: a right, a link.
#[derive(Clone, Copy)]
pub(super) struct LineRow(pub RwSignal<String>);

/// Every value that a submitter writes. `Copy`.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    /// Rows are made in handlers; they live as long as the page.
    owner: StoredValue<leptos::prelude::Owner>,
    pub title: RwSignal<String>,
    pub kind: RwSignal<String>,
    pub domain: RwSignal<String>,
    pub sectors: RwSignal<Vec<String>>,
    pub province_code: RwSignal<String>,
    pub strategic_technology: RwSignal<String>,
    pub summary: RwSignal<String>,
    pub problem: RwSignal<String>,
    pub description: RwSignal<String>,
    pub novelty: RwSignal<String>,
    pub maturity: RwSignal<String>,
    pub trl: RwSignal<String>,
    pub deployments: RwSignal<Vec<PlaceRow>>,
    pub effect: RwSignal<String>,
    pub intellectual_property: RwSignal<Vec<LineRow>>,
    pub links: RwSignal<Vec<LineRow>>,
    pub owner_type: RwSignal<String>,
    pub owner_name: RwSignal<String>,
    pub tax_code: RwSignal<String>,
    pub contact_name: RwSignal<String>,
    pub contact_email: RwSignal<String>,
    pub contact_phone: RwSignal<String>,
    pub contact_address: RwSignal<String>,
}

impl Fields {
    /// Empty fields, with an organisation as the owner.
    pub fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            owner: StoredValue::new(leptos::prelude::Owner::current().unwrap_or_default()),
            title: text(),
            kind: text(),
            domain: text(),
            sectors: RwSignal::new(Vec::new()),
            province_code: text(),
            strategic_technology: text(),
            summary: text(),
            problem: text(),
            description: text(),
            novelty: text(),
            maturity: text(),
            trl: text(),
            deployments: RwSignal::new(Vec::new()),
            effect: text(),
            intellectual_property: RwSignal::new(Vec::new()),
            links: RwSignal::new(Vec::new()),
            owner_type: RwSignal::new(OwnerType::Organisation.as_str().to_owned()),
            owner_name: text(),
            tax_code: text(),
            contact_name: text(),
            contact_email: text(),
            contact_phone: text(),
            contact_address: text(),
        }
    }

    /// A row for one more place of use.
    pub fn place(self, of: Deployment) -> PlaceRow {
        self.owner.with_value(|owner| {
            owner.with(|| PlaceRow {
                customer: RwSignal::new(of.customer),
                place: RwSignal::new(of.place),
                since: RwSignal::new(show_since(&of.since)),
            })
        })
    }

    /// A row for one more line.
    pub fn line(self, text: String) -> LineRow {
        self.owner.with_value(|owner| owner.with(|| LineRow(RwSignal::new(text))))
    }

    /// Shows a draft in the fields.
    pub fn load(self, draft: &ProductDraft) {
        self.load_texts(draft);
        let places = draft.deployments.iter().map(|place| self.place(place.clone())).collect();
        self.deployments.set(places);
        let lines = |texts: &[String]| texts.iter().map(|text| self.line(text.clone())).collect();
        self.intellectual_property.set(lines(&draft.intellectual_property));
        self.links.set(lines(&draft.links));
    }

    fn load_texts(self, draft: &ProductDraft) {
        let contact = &draft.owner.contact;
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        for (field, text) in [
            (self.title, draft.title.clone()),
            (self.kind, draft.kind.as_str().to_owned()),
            (self.domain, draft.domain.as_str().to_owned()),
            (self.province_code, optional(&draft.province_code)),
            (self.strategic_technology, optional(&draft.strategic_technology)),
            (self.summary, draft.summary.clone()),
            (self.problem, draft.problem.clone()),
            (self.description, draft.description.clone()),
            (self.novelty, draft.novelty.clone()),
            (self.maturity, draft.maturity.map(Maturity::as_str).unwrap_or_default().to_owned()),
            (self.trl, draft.trl.map(|trl| trl.to_string()).unwrap_or_default()),
            (self.effect, draft.effect.clone()),
            (self.owner_type, draft.owner.kind.as_str().to_owned()),
            (self.owner_name, draft.owner.name.clone()),
            (self.tax_code, optional(&draft.owner.tax_code)),
            (self.contact_name, contact.name.clone()),
            (self.contact_email, contact.email.clone()),
            (self.contact_phone, contact.phone.clone()),
            (self.contact_address, contact.address.clone()),
        ] {
            field.set(text);
        }
        self.sectors.set(draft.sectors.clone());
    }

    /// The draft as it stands; reactive. What cannot be empty (kind, domain, consent) is taken from `base`.
    pub fn draft(self, base: &ProductDraft) -> ProductDraft {
        let optional =
            |field: RwSignal<String>| Some(field.get()).filter(|text| !text.trim().is_empty());
        let owner_type =
            self.owner_type.with(|text| OwnerType::parse(text)).unwrap_or(base.owner.kind);
        ProductDraft {
            title: self.title.get(),
            kind: self.kind.with(|text| ProductKind::parse(text)).unwrap_or(base.kind),
            domain: self.domain.with(|text| ProductDomain::parse(text)).unwrap_or(base.domain),
            sectors: self.sectors.get(),
            maturity: self.maturity.with(|text| Maturity::parse(text)),
            trl: self.trl.with(|text| text.parse().ok()),
            province_code: optional(self.province_code),
            summary: self.summary.get(),
            problem: self.problem.get(),
            description: self.description.get(),
            novelty: self.novelty.get(),
            strategic_technology: optional(self.strategic_technology),
            deployments: self.deployments.get().into_iter().map(place_of).collect(),
            effect: self.effect.get(),
            intellectual_property: self
                .intellectual_property
                .get()
                .into_iter()
                .map(|row| row.0.get())
                .collect(),
            links: self.links.get().into_iter().map(|row| row.0.get()).collect(),
            owner: ProductOwner {
                kind: owner_type,
                name: self.owner_name.get(),
                tax_code: optional(self.tax_code).filter(|_| owner_type == OwnerType::Organisation),
                contact: Contact {
                    name: self.contact_name.get(),
                    email: self.contact_email.get(),
                    phone: self.contact_phone.get(),
                    address: self.contact_address.get(),
                },
            },
            consent: base.consent,
        }
    }
}

fn place_of(row: PlaceRow) -> Deployment {
    Deployment {
        customer: row.customer.get(),
        place: row.place.get(),
        since: read_since(&row.since.get()),
    }
}
