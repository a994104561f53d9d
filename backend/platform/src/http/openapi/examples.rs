//! A whole example for every body and parameter, made of the examples of its members.
//! What a type says itself comes first; then the name of the member; then the least that fits.

use serde_json::{Map, Value, json};

use super::walk;

/// An id in every example.
pub const ID: &str = "01930000-0000-7000-8000-000000000000";

/// Values by the name of the member, where neither type nor format says enough; a name may tell its
/// schema first.
const BY_NAME: &[(&str, &str)] = &[
    ("AuditEntry.actor_name", "Nguyễn Thị Lan"),
    ("DeadLetter.key", "01930000-0000-7000-8000-000000000000"),
    ("DeadLetter.last_error", "connection refused"),
    ("DeadLetter.topic", "mail"),
    ("LogIn.totp_code", "123456"),
    ("Notification.path", "/products/01930000-0000-7000-8000-000000000000"),
    ("Notification.text", "Cần bản sao giấy chứng nhận."),
    ("PanelCandidate.organisations", "Viện Công nghệ Nông nghiệp"),
    ("PanelMember.conflict_note", "Từng làm chung một đề tài."),
    ("CaseCount.holder", "intake"),
    ("CaseCount.state", "submitted"),
    ("CaseCount.type", "product"),
    ("CaseSummary.holder", "intake"),
    ("CaseSummary.sender", "Công ty TNHH Công nghệ Đồng Bưng"),
    ("CaseSummary.state", "submitted"),
    ("CaseSummary.type", "product"),
    ("TimelineEntry.by", "intake"),
    ("TimelineEntry.event", "request_information"),
    ("TimelineEntry.from", "submitted"),
    ("TimelineEntry.reason", "Đề nghị bổ sung số liệu triển khai."),
    ("TimelineEntry.to", "more_information"),
    ("TrackedCase.holder", "submitter"),
    ("TrackedCase.state", "more_information"),
    ("TrackedCase.type", "product"),
    ("WorkCount.step", "check_eligibility"),
    ("WorkCount.type", "product"),
    ("WorkItem.step", "check_eligibility"),
    ("If-Match", "\"3\""),
    ("Idempotency-Key", "6f1c1d0e-5d8c-4c8e-9d7e-2b1f0a9c8d7e"),
    ("Criterion.code", "novelty"),
    ("Criterion.name", "Tính mới"),
    ("FacetCount.code", "agriculture"),
    ("FieldChange.from", "Cảm biến mặn"),
    ("FieldChange.to", "Cảm biến mặn cho ruộng lúa"),
    ("FieldChange.pointer", "/title"),
    ("GrantDraft.province_code", "92"),
    ("HistoryEntry.reason", "Đề nghị bổ sung số liệu triển khai."),
    ("Notification.title", "Hồ sơ SP-2026-000123 cần bổ sung"),
    ("ProductFile.name", "ho-so.pdf"),
    ("PublicOwner.name", "Công ty TNHH Công nghệ Đồng Bưng"),
    ("ReferenceEntry.code", "92"),
    ("RefusedEvent.code", "eligibility_incomplete"),
    ("Rubric.id", "product-2026"),
    ("Session.user_agent", "Firefox 140"),
    ("access_token", "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkzIn0.c2lnbmF0dXJl"),
    ("action", "product.published"),
    ("address", "1 Tràng Tiền, Hà Nội"),
    ("code", "SP-2026-000123"),
    ("competent_province", "92"),
    ("comment", "Số liệu đo tại ruộng thuyết phục."),
    ("cursor", "eyJ2IjoxfQ"),
    ("customer", "Hợp tác xã Lúa tôm Gò Me"),
    ("description", "Đo độ mặn **mỗi 15 phút**, báo qua tin nhắn."),
    ("description_html", "<p>Đo độ mặn <strong>mỗi 15 phút</strong>, báo qua tin nhắn.</p>"),
    ("display_name", "Nguyễn Thị Lan"),
    ("effect", "Giảm 30 % diện tích mất trắng trong hai vụ."),
    ("email", "lan@cong-ty.example"),
    ("en", "Agriculture"),
    ("fingerprint", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("instance", "/api/v1/products"),
    ("intellectual_property", "Bằng độc quyền giải pháp hữu ích, 2025"),
    ("kind", "product.information_requested"),
    ("links", "https://lua-trung.example"),
    ("list", "sectors"),
    ("media_type", "application/pdf"),
    ("message", "Tôi làm ở phòng kỹ thuật."),
    ("minutes", "Thiết bị chạy ổn định trên ba ruộng."),
    ("name", "Công ty TNHH Công nghệ Đồng Bưng"),
    ("next_cursor", "eyJ2IjoxfQ"),
    ("note", "Cần bản sao giấy chứng nhận."),
    ("novelty", "Đầu dò tự làm sạch."),
    ("organisation_name", "Công ty TNHH Công nghệ Đồng Bưng"),
    ("owner_name", "Công ty TNHH Công nghệ Đồng Bưng"),
    ("phone", "0900 000 012"),
    ("place", "Cà Mau"),
    ("problem", "Nước mặn vào ruộng mà người trồng không biết."),
    ("product_title", "Cảm biến mặn cho ruộng lúa Lúa Trũng"),
    ("province_code", "92"),
    ("q", "cảm biến mặn"),
    ("reason", "Sản phẩm có số liệu triển khai tin cậy."),
    ("request_id", "3f9c-1a"),
    ("rubric_id", "product-2026"),
    ("secret", "k7m2-9qpd-x4tw"),
    ("sectors", "agriculture"),
    ("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("since", "2025-03"),
    ("source", "Quyết định 19/2025/QĐ-TTg"),
    ("strategic_technology", "ai"),
    ("subject_type", "product"),
    ("summary", "Cảm biến đo độ mặn tại ruộng, báo sớm cho người trồng lúa."),
    ("tax_code", "0312345678"),
    ("title", "Cảm biến mặn cho ruộng lúa Lúa Trũng"),
    ("token", "q3Zk8vX0dG9rZW4tZXhhbXBsZQ"),
    ("token_type", "Bearer"),
    ("url", "/products/01930000-0000-7000-8000-000000000000"),
    ("version", "2026-01"),
    ("vi", "Nông nghiệp"),
];

/// Gives an example to whatever has none.
pub fn fill(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let sampler = Sampler { schemas: &schemas, is_request: false };
    let asked = Sampler { schemas: &schemas, is_request: true };
    walk::operations(document, &mut |_, operation| {
        for parameter in
            operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten()
        {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            asked.give(parameter, &name);
        }
        let body = operation.get_mut("requestBody").and_then(|body| body.get_mut("content"));
        for (media, body) in body.and_then(Value::as_object_mut).into_iter().flatten() {
            // A form with a file has no form as JSON.
            if media.ends_with("json") {
                asked.give(body, "");
            }
        }
        let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
        for answer in answers.into_iter().flat_map(Map::values_mut) {
            if let Some(body) = answer.pointer_mut("/content/application~1json") {
                sampler.give(body, "");
            }
        }
    });
}

struct Sampler<'a> {
    schemas: &'a Value,
    /// Drafts leave out what may be `null`, unless its type says an example: two limits that exclude
    /// each other would be refused.
    is_request: bool,
}

impl Sampler<'_> {
    fn give(&self, place: &mut Value, name: &str) {
        let Some(place) = place.as_object_mut() else { return };
        if place.contains_key("example") || place.contains_key("examples") {
            return;
        }
        let Some(schema) = place.get("schema") else { return };
        let example = self.sample(schema, "", name, 0);
        place.insert("example".into(), example);
    }

    /// A value that fits the schema: `owner` is the schema it is a member of, `name` the member.
    fn sample(&self, schema: &Value, owner: &str, name: &str, depth: usize) -> Value {
        if let Some(example) = schema.get("example").or_else(|| schema.pointer("/examples/0")) {
            return example.clone();
        }
        if depth > 40 {
            return Value::Null;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let title = target.rsplit('/').next().unwrap_or_default();
            let schema = self.schemas.get(title).unwrap_or(&Value::Null);
            return self.sample(schema, title, name, depth + 1);
        }
        if let Some(value) = schema.get("const").or_else(|| schema.pointer("/enum/0")) {
            return value.clone();
        }
        for choice in ["oneOf", "anyOf"] {
            let forms = schema.get(choice).and_then(Value::as_array);
            let form = forms.and_then(|forms| forms.iter().find(|form| !is_null(form)));
            if let Some(form) = form {
                return self.sample(form, owner, name, depth + 1);
            }
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let parts = parts.iter().map(|part| self.sample(part, owner, name, depth + 1));
            return Value::Object(
                parts.filter_map(|part| part.as_object().cloned()).flatten().collect(),
            );
        }
        match kind(schema) {
            Some("object") => {
                let members = schema.get("properties").and_then(Value::as_object);
                // A patch requires nothing: it would be empty.
                let leaves_out = self.is_request && schema.get("required").is_some();
                let members = members.into_iter().flatten().filter(|(_, member)| {
                    !leaves_out || !may_be_null(member) || member.get("example").is_some()
                });
                let members = members.map(|(name, member)| {
                    (name.clone(), self.sample(member, owner, name, depth + 1))
                });
                Value::Object(members.collect())
            }
            Some("array") => {
                let item =
                    schema.get("items").map(|item| self.sample(item, owner, name, depth + 1));
                item.into_iter().collect()
            }
            Some("string") => text(schema, owner, name),
            Some("integer" | "number") => number(schema, name),
            Some("boolean") => json!(true),
            _ => by_name(owner, name).map_or(Value::Null, Value::from),
        }
    }
}

fn may_be_null(member: &Value) -> bool {
    let kinds = member.get("type").and_then(Value::as_array);
    let forms = member.get("oneOf").and_then(Value::as_array);
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"))
        || forms.is_some_and(|forms| forms.iter().any(is_null))
}

fn is_null(form: &Value) -> bool {
    form.get("type").is_some_and(|kind| kind == "null")
}

fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
}

fn by_name(owner: &str, name: &str) -> Option<&'static str> {
    let find = |wanted: &str| BY_NAME.iter().find(|(known, _)| *known == wanted);
    let owner = owner.strip_suffix("Input").unwrap_or(owner);
    find(&format!("{owner}.{name}")).or_else(|| find(name)).map(|(_, value)| *value)
}

fn text(schema: &Value, owner: &str, name: &str) -> Value {
    match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => json!(ID),
        Some("date") => json!("2026-12-31"),
        Some("date-time") => json!("2026-11-27T02:00:00.000000Z"),
        Some("password") => json!("mot-cau-de-nho"),
        _ => json!(by_name(owner, name).unwrap_or("…")),
    }
}

fn number(schema: &Value, name: &str) -> Value {
    match name {
        "expires_in" => json!(600),
        "limit" => json!(20),
        "status" => json!(422),
        "trl" => json!(8),
        "year" => json!(2025),
        _ => schema.get("minimum").filter(|least| **least != json!(0)).cloned().unwrap_or(json!(1)),
    }
}
