//! The demo content as it is written in `demo/*.json`, brought into the forms of the API. Everything in
//! it is invented for this project.

use chrono::NaiveDate;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_shared::access::Role;
use nq57_shared::evaluations::Rubric;
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::{OrganisationDraft, OrganisationKind};
use nq57_shared::products::{Honour, ProductDraft, ProductState};
use nq57_shared::validate::Validate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

macro_rules! demo_file {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/demo/", $name, ".json"))
    };
}

const PRODUCTS: &[&str] = &[
    demo_file!("products-01"),
    demo_file!("products-02"),
    demo_file!("products-03"),
    demo_file!("products-04"),
    demo_file!("products-05"),
    demo_file!("products-06"),
    demo_file!("products-07"),
];

/// The day on which the content was written: its dates lie before. Later seedings move them forward
/// by whole weeks, so that something is always due soon.
pub(super) const WRITTEN_ON: NaiveDate = match NaiveDate::from_ymd_opt(2026, 11, 22) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// An organisation that submits.
#[derive(Debug, Deserialize)]
pub(super) struct DemoOrganisation {
    pub code: String,
    #[serde(rename = "type")]
    pub kind: OrganisationKind,
    pub name: String,
    pub province_code: String,
    pub tax_code: Option<String>,
    pub contact: DemoContact,
    pub agency_code: Option<String>,
    /// Code of what is above; it stands before in the file.
    pub parent: Option<String>,
    pub valid_to: Option<NaiveDate>,
    #[serde(default)]
    pub successors: Vec<DemoSuccessor>,
}

/// What an organisation became.
#[derive(Debug, Deserialize)]
pub(super) struct DemoSuccessor {
    pub code: String,
    pub on: NaiveDate,
}

/// Whoever speaks for an owner.
#[derive(Debug, Deserialize)]
pub(super) struct DemoContact {
    pub name: String,
    pub email: String,
}

/// Somebody with an account that the documentation names.
#[derive(Debug, Deserialize)]
pub(super) struct DemoPerson {
    pub email: String,
    pub display_name: String,
    pub organisation: Option<String>,
    #[serde(default)]
    pub grants: Vec<DemoGrant>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DemoGrant {
    pub role: Role,
    /// Code of the organisation that it is limited to.
    pub organisation: Option<String>,
}

/// A product with the state that it shall be in.
#[derive(Clone, Debug)]
pub(super) struct DemoProduct {
    pub draft: ProductDraft,
    /// Code of the organisation that submits it.
    pub organisation: Option<String>,
    /// The address of the account that submits it.
    pub submitter: String,
    pub state: ProductState,
    pub submitted_on: Option<NaiveDate>,
    pub published_on: Option<NaiveDate>,
    pub honours: Vec<Honour>,
}

/// Texts of officials, evaluators and chairs.
#[derive(Debug, Deserialize)]
pub(super) struct Reviews {
    pub eligibility_notes: EligibilityNotes,
    information_requests: Vec<Reasoned>,
    /// What the submitter adds to the text, which everybody may read later.
    pub information_additions: Vec<String>,
    /// What the submitter writes to the officer who asked.
    pub information_answers: Vec<String>,
    pub conflict_notes: Vec<String>,
    evaluator_comments: std::collections::HashMap<String, Map<String, Value>>,
    pub recommendations: ForAndAgainst<String>,
    decision_reasons: DecisionReasons,
    pub on_site_minutes: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EligibilityNotes {
    pub ask: Vec<String>,
    pub fail: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ForAndAgainst<T> {
    pub publish: Vec<T>,
    pub decline: Vec<T>,
}

#[derive(Debug, Deserialize)]
struct Reasoned {
    text: String,
}

#[derive(Debug, Deserialize)]
struct DecisionReasons {
    publish: Vec<String>,
    decline: Vec<Reasoned>,
    ineligible: Vec<Reasoned>,
    suspend: Vec<Reasoned>,
    withdraw: Vec<Reasoned>,
    on_site: Vec<String>,
}

#[derive(Deserialize)]
struct Comment {
    score: u32,
    text: String,
}

impl Reviews {
    /// The texts.
    pub fn read() -> ApiResult<Self> {
        parse(demo_file!("reviews"))
    }

    /// A reason for this event, chosen by `number`.
    pub fn reason(&self, event: nq57_shared::products::ProductEvent, number: usize) -> &str {
        use nq57_shared::products::ProductEvent as On;
        let reasons = &self.decision_reasons;
        match event {
            On::RequestInformation => reasoned(&self.information_requests, number),
            On::MarkIneligible => reasoned(&reasons.ineligible, number),
            On::DecidePublish => pick(&reasons.publish, number),
            On::DecideDecline => reasoned(&reasons.decline, number),
            On::RequireOnSite => pick(&reasons.on_site, number),
            On::Suspend => reasoned(&reasons.suspend, number),
            On::Withdraw => reasoned(&reasons.withdraw, number),
            On::Submit
            | On::Accept
            | On::StartEvaluation
            | On::Recommend
            | On::VoidRecommendation
            | On::Publish
            | On::Resume
            | On::Revise
            | On::DiscardRevision
            | On::Expire => "",
        }
    }

    /// What an evaluator writes beside this score, if somebody has.
    pub fn comment(&self, rubric: &Rubric, criterion: &str, score: u32) -> Option<String> {
        let comments = self.evaluator_comments.get(&rubric.id)?.get(criterion)?;
        let comments = Vec::<Comment>::deserialize(comments).ok()?;
        comments.into_iter().find(|comment| comment.score == score).map(|comment| comment.text)
    }
}

fn reasoned(list: &[Reasoned], number: usize) -> &str {
    list.get(number % list.len().max(1)).map(|one| one.text.as_str()).unwrap_or_default()
}

/// One of the texts, chosen by `number`.
pub(super) fn pick(list: &[String], number: usize) -> &str {
    list.get(number % list.len().max(1)).map(String::as_str).unwrap_or_default()
}

#[derive(Deserialize)]
struct People {
    people: Vec<DemoPerson>,
}

#[derive(Deserialize)]
struct Organisations {
    organisations: Vec<DemoOrganisation>,
}

/// The people that the documentation names.
pub(super) fn people() -> ApiResult<Vec<DemoPerson>> {
    Ok(parse::<People>(demo_file!("people"))?.people)
}

/// The organisations that submit.
pub(super) fn organisations() -> ApiResult<Vec<DemoOrganisation>> {
    Ok(parse::<Organisations>(demo_file!("organisations"))?.organisations)
}

impl DemoOrganisation {
    /// As an organisation is entered.
    pub fn draft(&self, parent_id: Option<OrganisationId>) -> OrganisationDraft {
        OrganisationDraft {
            name: self.name.clone(),
            kind: self.kind,
            tax_code: self.tax_code.clone(),
            province_code: Some(self.province_code.clone()),
            code: self.agency_code.clone(),
            parent_id,
            valid_from: None,
            valid_to: self.valid_to,
        }
    }
}

/// The products, in the order of the files; `days_later` moves their dates.
pub(super) fn products(days_later: chrono::Duration) -> ApiResult<Vec<DemoProduct>> {
    #[derive(Deserialize)]
    struct Products {
        products: Vec<Map<String, Value>>,
    }
    let mut all = Vec::new();
    for file in PRODUCTS {
        for entry in parse::<Products>(file)?.products {
            all.push(product(entry, days_later)?);
        }
    }
    Ok(all)
}

fn product(mut entry: Map<String, Value>, days_later: chrono::Duration) -> ApiResult<DemoProduct> {
    let mut take = |member: &str| entry.remove(member).unwrap_or(Value::Null);
    let organisation: Option<String> = from_value(take("owner_org"))?;
    let account: Option<String> = from_value(take("owner_account"))?;
    let state: ProductState = from_value(take("state"))?;
    let submitted_on: Option<NaiveDate> = from_value(take("submitted_on"))?;
    let published_on: Option<NaiveDate> = from_value(take("published_on"))?;
    let honours: Vec<Honour> = from_value(take("honours"))?;
    let rights = take("intellectual_property");
    let links = take("links");
    let consent = take("consent");
    entry.insert("intellectual_property".into(), strings(&rights, right));
    entry.insert("links".into(), strings(&links, |link| text(link, "url")));
    entry.insert("consent".into(), consent.get("accepted").cloned().unwrap_or(Value::Bool(false)));
    let mut draft: ProductDraft = from_value(Value::Object(entry))?;
    draft.normalise();
    let submitter = account.unwrap_or_else(|| draft.owner.contact.email.clone());
    Ok(DemoProduct {
        draft,
        organisation,
        submitter,
        state,
        submitted_on: submitted_on.map(|day| day + days_later),
        published_on: published_on.map(|day| day + days_later),
        honours,
    })
}

fn strings(list: &Value, write: impl Fn(&Value) -> String) -> Value {
    list.as_array().into_iter().flatten().map(write).map(Value::String).collect()
}

fn text(value: &Value, member: &str) -> String {
    value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// One line such as `Giải pháp hữu ích: Van cống, số 2-2026-00094-MH (Đã cấp)`.
fn right(right: &Value) -> String {
    let kind = match text(right, "kind").as_str() {
        "patent" => "Sáng chế",
        "utility_solution" => "Giải pháp hữu ích",
        "industrial_design" => "Kiểu dáng công nghiệp",
        "trademark" => "Nhãn hiệu",
        "copyright" => "Quyền tác giả",
        "plant_variety" => "Giống cây trồng",
        _ => "Quyền khác",
    };
    let number = match text(right, "number").as_str() {
        "" => String::new(),
        number => format!(", số {number}"),
    };
    let status = match text(right, "status").as_str() {
        "" => String::new(),
        status => format!(" ({status})"),
    };
    format!("{kind}: {}{number}{status}", text(right, "title"))
}

fn parse<T: DeserializeOwned>(text: &str) -> ApiResult<T> {
    serde_json::from_str(text).map_err(ApiError::internal)
}

fn from_value<T: DeserializeOwned>(value: Value) -> ApiResult<T> {
    T::deserialize(value).map_err(ApiError::internal)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_content_is_complete_and_shows_every_state() {
        let all = products(chrono::Duration::zero()).unwrap();
        let published = all.iter().filter(|one| one.state == ProductState::Published).count();
        assert!(published >= 75, "{published} published");
        let states: BTreeSet<_> = all.iter().map(|one| one.state).collect();
        assert_eq!(states, ProductState::ALL.iter().copied().collect());
        for one in &all {
            let missing = one.draft.missing();
            let may_lack = one.state == ProductState::Draft;
            assert!(may_lack || missing.is_empty(), "{}: {missing:?}", one.draft.title);
            assert!(one.draft.violations().is_empty(), "{}", one.draft.title);
        }
        Reviews::read().unwrap();
        assert_eq!(people().unwrap().len(), 21);
        assert!(!organisations().unwrap().is_empty());
        for one in organisations().unwrap() {
            assert!(one.draft(None).violations().is_empty(), "{}", one.name);
        }
        let played: BTreeSet<Role> = people()
            .unwrap()
            .iter()
            .flat_map(|person| &person.grants)
            .map(|grant| grant.role)
            .collect();
        assert_eq!(played, Role::ALL.into_iter().collect());
    }
}
