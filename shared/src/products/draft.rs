//! What a submitter writes, and the rules for it. Two levels: what may be kept as a draft,
//! and what must be there before it is sent.

use serde::{Deserialize, Serialize};

use crate::problem::FieldCode;
use crate::text;
use crate::validate::{Validate, Violations, is_tax_code};

pub const TITLE_MAX: usize = 160;
pub const SUMMARY_MIN: usize = 30;
pub const SUMMARY_MAX: usize = 400;
pub const TEXT_MAX: usize = 4_000;
pub const DESCRIPTION_MIN: usize = 100;
pub const DESCRIPTION_MAX: usize = 20_000;
pub const SECTORS_MAX: usize = 5;
pub const DEPLOYMENTS_MAX: usize = 20;
pub const ENTRIES_MAX: usize = 20;

/// What sort of thing is submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    Product,
    Solution,
    Initiative,
}

/// The programme's three domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductDomain {
    ScienceTechnology,
    Innovation,
    DigitalTransformation,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Maturity {
    /// In use somewhere.
    Deployed,
    /// New, with potential.
    New,
}

nq57_core::stable_texts! {
    ProductKind { Product = "product", Solution = "solution", Initiative = "initiative" }
    ProductDomain {
        ScienceTechnology = "science_technology",
        Innovation = "innovation",
        DigitalTransformation = "digital_transformation",
    }
    Maturity { Deployed = "deployed", New = "new" }
    OwnerType { Person = "person", Organisation = "organisation" }
}

/// Where it is in use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Who uses it.
    #[cfg_attr(feature = "openapi", schema(example = "Hợp tác xã Lúa tôm Gò Me"))]
    pub customer: String,
    /// Where it is used.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Cà Mau"))]
    pub place: String,
    /// Year, month or day: `2025`, `2025-03` or `2025-03-20`; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "2025-03"))]
    pub since: String,
}

/// Whether a person or an organisation owns it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OwnerType {
    Person,
    #[default]
    Organisation,
}

/// How to reach the owner. Never public.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// The person to ask.
    #[cfg_attr(feature = "openapi", schema(example = "Nguyễn Thị Lan"))]
    pub name: String,
    /// E-mail address.
    #[cfg_attr(feature = "openapi", schema(example = "lan@dong-bung.example"))]
    pub email: String,
    /// Telephone number.
    #[cfg_attr(feature = "openapi", schema(example = "0900 000 012"))]
    pub phone: String,
    /// Postal address.
    pub address: String,
}

/// Who owns it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// A person or an organisation.
    #[serde(rename = "type")]
    pub kind: OwnerType,
    /// Full name.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Công ty TNHH Công nghệ Đồng Bưng"))]
    pub name: String,
    /// Tax code, 10 digits or 10 and 3; organisations have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "0312345678"))]
    pub tax_code: Option<String>,
    /// How to reach the owner. Never public.
    #[serde(default)]
    pub contact: Contact,
}

/// Everything that a submitter writes. Title, kind and domain are needed from the start; the rest
/// may come step by step and must be complete when the draft is submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProductDraft {
    /// The name of the product.
    #[cfg_attr(feature = "openapi", schema(example = "Cảm biến mặn cho ruộng lúa Lúa Trũng"))]
    pub title: String,
    /// What it is.
    pub kind: ProductKind,
    /// The field of the Resolution that it belongs to.
    pub domain: ProductDomain,
    /// Codes of the reference list `sectors`, at most 5.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(["agriculture"])))]
    pub sectors: Vec<String>,
    /// Whether it is in use already.
    #[serde(default)]
    pub maturity: Option<Maturity>,
    /// Technology readiness level, 1 to 9.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9, example = 8))]
    pub trl: Option<u8>,
    /// Code of the reference list `provinces`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "92"))]
    pub province_code: Option<String>,
    /// One or two sentences, plain text.
    #[serde(default)]
    pub summary: String,
    /// The problem solved, plain text.
    #[serde(default)]
    pub problem: String,
    /// Markdown.
    #[serde(default)]
    pub description: String,
    /// Core technology and what is new, plain text.
    #[serde(default)]
    pub novelty: String,
    /// Code of the reference list `strategic_technologies`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(null)))]
    pub strategic_technology: Option<String>,
    /// Where it is in use.
    #[serde(default)]
    pub deployments: Vec<Deployment>,
    /// Results and socio-economic effect, plain text.
    #[serde(default)]
    pub effect: String,
    /// One right each: kind, number, year.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(["Bằng độc quyền giải pháp hữu ích, 2025"])))]
    pub intellectual_property: Vec<String>,
    /// Web addresses.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(["https://lua-trung.example"])))]
    pub links: Vec<String>,
    /// Who owns it.
    #[serde(default)]
    pub owner: Owner,
    /// Agreement to the consent text in force; the server keeps which version that was.
    #[serde(default)]
    pub consent: bool,
}

impl ProductDraft {
    /// An empty draft to begin with.
    #[must_use]
    pub fn begin(title: &str, kind: ProductKind, domain: ProductDomain) -> Self {
        Self {
            title: title.to_owned(),
            kind,
            domain,
            sectors: Vec::new(),
            maturity: None,
            trl: None,
            province_code: None,
            summary: String::new(),
            problem: String::new(),
            description: String::new(),
            novelty: String::new(),
            strategic_technology: None,
            deployments: Vec::new(),
            effect: String::new(),
            intellectual_property: Vec::new(),
            links: Vec::new(),
            owner: Owner::default(),
            consent: false,
        }
    }

    /// What is missing or wrong before it can be submitted. Includes what [`Validate::check`] finds.
    #[must_use]
    pub fn missing(&self) -> Violations {
        let mut violations = Violations::new();
        self.check(&mut violations);
        let v = &mut violations;
        v.text("/summary", &self.summary, SUMMARY_MIN, usize::MAX);
        v.text("/problem", &self.problem, 1, usize::MAX);
        v.text("/description", &self.description, DESCRIPTION_MIN, usize::MAX);
        v.text("/novelty", &self.novelty, 1, usize::MAX);
        v.count("/sectors", self.sectors.len(), 1, usize::MAX);
        for (pointer, absent) in [
            ("/maturity", self.maturity.is_none()),
            ("/trl", self.trl.is_none()),
            ("/province_code", self.province_code.is_none()),
        ] {
            if absent {
                v.add(pointer, FieldCode::Required);
            }
        }
        if self.maturity == Some(Maturity::Deployed) {
            v.count("/deployments", self.deployments.len(), 1, usize::MAX);
        }
        v.text("/owner/name", &self.owner.name, 1, usize::MAX);
        if self.owner.kind == OwnerType::Organisation && self.owner.tax_code.is_none() {
            v.add("/owner/tax_code", FieldCode::Required);
        }
        v.text("/owner/contact/name", &self.owner.contact.name, 1, usize::MAX);
        v.text("/owner/contact/email", &self.owner.contact.email, 1, usize::MAX);
        v.text("/owner/contact/phone", &self.owner.contact.phone, 1, usize::MAX);
        if !self.consent {
            v.add("/consent", FieldCode::NotAccepted);
        }
        violations
    }
}

impl Validate for ProductDraft {
    fn normalise(&mut self) {
        for one_line in [
            &mut self.title,
            &mut self.summary,
            &mut self.owner.name,
            &mut self.owner.contact.name,
            &mut self.owner.contact.email,
            &mut self.owner.contact.phone,
            &mut self.owner.contact.address,
        ] {
            *one_line = text::line(one_line);
        }
        for block in [&mut self.problem, &mut self.description, &mut self.novelty, &mut self.effect]
        {
            *block = text::block(block);
        }
        for optional in
            [&mut self.province_code, &mut self.strategic_technology, &mut self.owner.tax_code]
        {
            *optional = optional.take().map(|code| text::line(&code)).filter(|c| !c.is_empty());
        }
        for list in [&mut self.sectors, &mut self.intellectual_property, &mut self.links] {
            *list = list.iter().map(|entry| text::line(entry)).filter(|e| !e.is_empty()).collect();
        }
        for deployment in &mut self.deployments {
            deployment.customer = text::line(&deployment.customer);
            deployment.place = text::line(&deployment.place);
            deployment.since = text::line(&deployment.since);
        }
        self.deployments.retain(|d| *d != Deployment::default());
    }

    fn check(&self, v: &mut Violations) {
        v.text("/title", &self.title, 1, TITLE_MAX);
        v.text("/summary", &self.summary, 0, SUMMARY_MAX);
        v.text("/problem", &self.problem, 0, TEXT_MAX);
        v.text("/description", &self.description, 0, DESCRIPTION_MAX);
        v.text("/novelty", &self.novelty, 0, TEXT_MAX);
        v.text("/effect", &self.effect, 0, TEXT_MAX);
        v.count("/sectors", self.sectors.len(), 0, SECTORS_MAX);
        v.unique(&self.sectors, |i| format!("/sectors/{i}"));
        if let Some(trl) = self.trl {
            if trl < 1 {
                v.add_limit("/trl", FieldCode::TooSmall, 1);
            } else if trl > 9 {
                v.add_limit("/trl", FieldCode::TooLarge, 9);
            }
        }
        let deployments = v.items("/deployments", &self.deployments, 0, DEPLOYMENTS_MAX);
        for (i, deployment) in deployments.iter().enumerate() {
            v.text(format!("/deployments/{i}/customer"), &deployment.customer, 1, 200);
            v.text(format!("/deployments/{i}/place"), &deployment.place, 0, 200);
            if !deployment.since.is_empty() && !is_partial_date(&deployment.since) {
                v.add(format!("/deployments/{i}/since"), FieldCode::InvalidFormat);
            }
        }
        let rights = v.items("/intellectual_property", &self.intellectual_property, 0, ENTRIES_MAX);
        for (i, right) in rights.iter().enumerate() {
            v.text(format!("/intellectual_property/{i}"), right, 1, 300);
        }
        let links = v.items("/links", &self.links, 0, ENTRIES_MAX);
        for (i, link) in links.iter().enumerate() {
            v.text(format!("/links/{i}"), link, 1, 500);
            v.web_address(format!("/links/{i}"), link);
        }
        v.text("/owner/name", &self.owner.name, 0, 200);
        if self.owner.tax_code.as_deref().is_some_and(|code| !is_tax_code(code)) {
            v.add("/owner/tax_code", FieldCode::InvalidFormat);
        }
        let contact = &self.owner.contact;
        v.text("/owner/contact/name", &contact.name, 0, 120);
        v.text("/owner/contact/email", &contact.email, 0, 254);
        v.email("/owner/contact/email", &contact.email);
        v.phone("/owner/contact/phone", &contact.phone);
        v.text("/owner/contact/address", &contact.address, 0, 300);
    }
}

/// `2025`, `2025-03` or `2025-03-20`, a date that exists between 1945 and 2100.
fn is_partial_date(text: &str) -> bool {
    let full = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return false,
    };
    use chrono::Datelike;
    chrono::NaiveDate::parse_from_str(&full, "%Y-%m-%d")
        .is_ok_and(|date| (1945..=2100).contains(&date.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_draft_may_be_kept_and_names_all_that_is_missing_before_it_is_sent() {
        let draft =
            ProductDraft::begin("Lúa Trũng", ProductKind::Product, ProductDomain::Innovation);
        assert!(draft.violations().is_empty());
        let pointers: Vec<_> = draft.missing().0.into_iter().map(|v| v.pointer).collect();
        assert_eq!(
            pointers,
            [
                "/summary",
                "/problem",
                "/description",
                "/novelty",
                "/sectors",
                "/maturity",
                "/trl",
                "/province_code",
                "/owner/name",
                "/owner/tax_code",
                "/owner/contact/name",
                "/owner/contact/email",
                "/owner/contact/phone",
                "/consent"
            ]
        );
    }

    #[test]
    fn partial_dates_exist_or_are_refused() {
        for good in ["2025", "2025-03", "2024-02-29"] {
            assert!(is_partial_date(good), "{good}");
        }
        for bad in ["25", "2025-13", "2025-02-30", "3/2025", "hôm qua", "0001"] {
            assert!(!is_partial_date(bad), "{bad}");
        }
    }
}
