//! Products as the API shows them. The draft's public fields stand in every representation;
//! contact data only in those for the owner and for officials.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::draft::{Deployment, Maturity, OwnerType, ProductDomain, ProductKind};
use super::workflow::{Holder, ProductEvent, ProductState};
use crate::ids::{EvaluationId, FileId, OrganisationId, ProductId};
use crate::page::Paged;
use crate::products::draft::Contact;
use crate::resource::Resource;
use crate::text::{self, REASON_MAX};
use crate::validate::{Validate, Violations};

/// Most attachments of a product.
pub const FILES_MAX: usize = 20;

/// Who owns it, as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicOwner {
    /// A person or an organisation.
    #[serde(rename = "type")]
    pub kind: OwnerType,
    /// Full name.
    pub name: String,
    /// Tax code of an organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
    /// Only for the owner and for officials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

/// What a submitter wrote, without what must not be public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductContent {
    /// The name of the product.
    pub title: String,
    /// What it is.
    pub kind: ProductKind,
    /// The field of the Resolution that it belongs to.
    pub domain: ProductDomain,
    /// Codes of the reference list `sectors`.
    pub sectors: Vec<String>,
    /// Whether it is in use already.
    pub maturity: Option<Maturity>,
    /// Technology readiness level, 1 to 9.
    pub trl: Option<u8>,
    /// Code of the reference list `provinces`.
    pub province_code: Option<String>,
    /// One or two sentences, plain text.
    pub summary: String,
    /// The problem solved, plain text.
    pub problem: String,
    /// Markdown as it was written.
    pub description: String,
    /// Core technology and what is new, plain text.
    pub novelty: String,
    /// Code of the reference list `strategic_technologies`.
    pub strategic_technology: Option<String>,
    /// Where it is in use.
    pub deployments: Vec<Deployment>,
    /// Results and socio-economic effect, plain text.
    pub effect: String,
    /// One right each: kind, number, year.
    pub intellectual_property: Vec<String>,
    /// Web addresses.
    pub links: Vec<String>,
    /// Who owns it.
    pub owner: PublicOwner,
    /// Whether the owner agreed to the consent text.
    pub consent: bool,
}

/// An event that the state knows and that is refused now, with the code of the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedEvent {
    /// The event.
    pub event: ProductEvent,
    /// A problem code; sending the event answers 409 with it.
    pub code: String,
}

/// A product as its caller may see it: the public the published version, owner and officials the working one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Product {
    /// Identifies the product.
    pub id: ProductId,
    /// Public code such as `SP-2026-000123`; given at the first submission.
    pub code: Option<String>,
    /// Where the submission stands.
    pub state: ProductState,
    /// Grows with each change; its quoted form is the `ETag`.
    pub revision: u64,
    /// Number of the version shown, from 1.
    pub version: u32,
    /// Number of the version that is public now.
    pub public_version: Option<u32>,
    /// When the draft was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When this version was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// SHA-256 of the sealed version in hexadecimal.
    pub fingerprint: Option<String>,
    /// What the caller may send to `events` now.
    pub allowed_events: Vec<ProductEvent>,
    /// What the caller could send if something else were done first.
    pub refused_events: Vec<RefusedEvent>,
    /// Whether the caller may change the text and the files.
    pub may_edit: bool,
    /// Whether the caller may get a new secret for the code.
    #[serde(default)]
    pub may_renew_secret: bool,
    /// Who has to act next.
    pub holder: Option<Holder>,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
    /// Working days until then, not counting today; negative when it has passed.
    pub working_days_left: Option<i32>,
    /// The description as safe HTML.
    pub description_html: String,
    /// Code of the province whose office handles the case: as it stood at the first submission. Only in
    /// working versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competent_province: Option<String>,
    /// The attachments.
    pub files: Vec<ProductFile>,
    /// Awards and certificates, confirmed by an official.
    pub honours: Vec<Honour>,
    /// The evaluation of the version shown, for those who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation_id: Option<EvaluationId>,
    /// The organisation on whose behalf it was submitted.
    pub organisation_id: Option<OrganisationId>,
    /// The latest reason given to the submitter, where the state asks for one.
    pub reason: Option<String>,
    /// To follow it without an account, with `code`; only in the answer to the first submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(flatten)]
    pub content: ProductContent,
}

impl Resource for Product {
    fn revision(&self) -> u64 {
        self.revision
    }

    fn path(&self) -> String {
        format!("/products/{}", self.id)
    }
}

/// A product in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductSummary {
    /// Identifies the product.
    pub id: ProductId,
    /// Public code; given at the first submission.
    pub code: Option<String>,
    /// The name of the product.
    pub title: String,
    /// What it is.
    pub kind: ProductKind,
    /// The field of the Resolution that it belongs to.
    pub domain: ProductDomain,
    /// Codes of the reference list `sectors`.
    pub sectors: Vec<String>,
    /// Whether it is in use already.
    pub maturity: Option<Maturity>,
    /// Technology readiness level, 1 to 9.
    pub trl: Option<u8>,
    /// Code of the reference list `provinces`.
    pub province_code: Option<String>,
    /// One or two sentences, plain text.
    pub summary: String,
    /// Who owns it.
    pub owner_name: String,
    /// Where the submission stands.
    pub state: ProductState,
    /// Number of the version shown.
    pub version: u32,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who has to act next.
    pub holder: Option<Holder>,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
    /// Working days until then, not counting today; negative when it has passed.
    pub working_days_left: Option<i32>,
    /// Awards and certificates, confirmed by an official.
    pub honours: Vec<Honour>,
}

/// A value with the number of products that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetCount {
    /// The value, as the filter takes it.
    pub code: String,
    /// How many products have it.
    pub count: u64,
}

/// Counts per value, each under all filters but its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductFacets {
    /// By sector.
    pub sector: Vec<FacetCount>,
    /// By province.
    pub province: Vec<FacetCount>,
    /// By field of the Resolution.
    pub domain: Vec<FacetCount>,
    /// By kind.
    pub kind: Vec<FacetCount>,
    /// By maturity.
    pub maturity: Vec<FacetCount>,
}

/// A page of products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductPage {
    /// The products, in the order asked for.
    pub items: Vec<ProductSummary>,
    /// `cursor` of the next page; absent on the last.
    pub next_cursor: Option<String>,
    /// Only with `count=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Only with `facets=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facets: Option<ProductFacets>,
}

impl Paged for ProductPage {
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

/// Orders of a product list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProductSort {
    /// Best match first; only with `q`, and then the default.
    #[serde(rename = "relevance")]
    Relevance,
    /// Newest publication first; the default of the public list.
    #[serde(rename = "-published_at")]
    NewestPublished,
    /// Latest change first; the default of `mine=true`.
    #[serde(rename = "-updated_at")]
    LatestChanged,
    /// What waits for its submitter first, the nearest deadline before those without; then the latest
    /// change first. Only with `mine`.
    #[serde(rename = "waiting")]
    Waiting,
    /// By title.
    #[serde(rename = "title")]
    Title,
}

/// A change of state to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendProductEvent {
    /// What shall happen.
    pub event: ProductEvent,
    /// Needed by events that ask for one; the submitter reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Validate for SendProductEvent {
    fn normalise(&mut self) {
        self.reason = self.reason.take().map(|r| text::block(&r)).filter(|r| !r.is_empty());
    }

    fn check(&self, violations: &mut Violations) {
        let least = usize::from(self.event.needs_reason());
        violations.text("/reason", self.reason.as_deref().unwrap_or_default(), least, REASON_MAX);
    }
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductFile {
    /// Identifies the attachment.
    pub id: FileId,
    /// Name of the file, as it was uploaded.
    pub name: String,
    /// As sniffed from the content.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content, 64 hexadecimal digits.
    pub sha256: String,
    /// Whether a virus scanner saw it when it arrived and found nothing. `false`: the installation had none.
    #[serde(default)]
    pub is_scanned: bool,
    /// When it was attached.
    pub created_at: DateTime<Utc>,
}

/// An award or certificate, confirmed by an official.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Honour {
    /// Name of the award or certificate.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Giải thưởng sản phẩm công nghệ số Make in Viet Nam")
    )]
    pub award: String,
    /// The year in which it was given.
    #[cfg_attr(feature = "openapi", schema(example = 2025, minimum = 1945, maximum = 2100))]
    pub year: u16,
    /// The category within the award.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Nông nghiệp, tài nguyên và môi trường"))]
    pub category: Option<String>,
    /// The rank within the category.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = "Vàng"))]
    pub rank: Option<String>,
}

/// All honours of a product, replacing those before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordHonours {
    /// All of them, in the order to be shown.
    pub honours: Vec<Honour>,
}

impl Validate for RecordHonours {
    fn normalise(&mut self) {
        for honour in &mut self.honours {
            honour.award = text::line(&honour.award);
        }
    }

    fn check(&self, violations: &mut Violations) {
        use crate::problem::FieldCode;
        let honours = violations.items("/honours", &self.honours, 0, 20);
        for (i, honour) in honours.iter().enumerate() {
            violations.text(format!("/honours/{i}/award"), &honour.award, 1, 200);
            for (member, value) in [("category", &honour.category), ("rank", &honour.rank)] {
                let text = value.as_deref().unwrap_or_default();
                violations.text(format!("/honours/{i}/{member}"), text, 0, 200);
            }
            if honour.year < 1945 {
                violations.add_limit(format!("/honours/{i}/year"), FieldCode::TooSmall, 1945);
            } else if honour.year > 2100 {
                violations.add_limit(format!("/honours/{i}/year"), FieldCode::TooLarge, 2100);
            }
        }
    }
}

/// What somebody has to do with a product: a step of [`WorkItem`](crate::casework::WorkItem).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WorkStep {
    AnswerInformation,
    CheckEligibility,
    OpenEvaluation,
    DeclareConflict,
    Score,
    Recommend,
    ReplacePanel,
    Decide,
    Publish,
}

nq57_core::stable_texts! {
    WorkStep {
        AnswerInformation = "answer_information", CheckEligibility = "check_eligibility",
        OpenEvaluation = "open_evaluation", DeclareConflict = "declare_conflict", Score = "score",
        Recommend = "recommend", ReplacePanel = "replace_panel", Decide = "decide", Publish = "publish",
    }
}
