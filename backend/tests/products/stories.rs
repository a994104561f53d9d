//! The people of the portal and how far they can bring a product. Tests begin where their claim begins.

use std::ops::Deref;

use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::evaluations::Evaluation;
use nq57_shared::products::Product;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, TestApp, role};

/// A server with everybody who takes part.
pub struct Portal {
    pub app: TestApp,
    pub people: People,
}

/// Everybody who takes part, at whatever server they are.
pub struct People {
    pub company: Client,
    pub intake: Client,
    pub chair: Client,
    pub evaluators: [Client; 2],
    pub publisher: Client,
}

impl Deref for Portal {
    type Target = People;

    fn deref(&self) -> &People {
        &self.people
    }
}

impl Portal {
    pub async fn open() -> Self {
        Self::on(TestApp::start().await).await
    }

    pub async fn on(app: TestApp) -> Self {
        let people = People {
            company: app.signed_in("company", &[]).await,
            intake: app.signed_in("intake", &[role(Role::IntakeOfficer)]).await,
            chair: app.signed_in("chair", &[role(Role::PanelChair)]).await,
            evaluators: [
                app.signed_in("evaluator1", &[role(Role::Evaluator)]).await,
                app.signed_in("evaluator2", &[role(Role::Evaluator)]).await,
            ],
            publisher: app.signed_in("publisher", &[role(Role::Publisher)]).await,
        };
        Self { app, people }
    }

    /// An intake officer of this province alone.
    pub async fn intake_of(&self, province: &str) -> Client {
        let grant = RoleGrant {
            role: Role::IntakeOfficer,
            organisation_id: None,
            province_code: Some(province.to_owned()),
        };
        self.app.signed_in(&format!("intake-{province}"), &[grant]).await
    }
}

impl People {
    /// A complete draft of the company.
    pub async fn drafted(&self) -> Product {
        self.company.post("/products", &draft()).await.expect(201).read_as()
    }

    pub async fn submitted(&self) -> Product {
        let draft = self.drafted().await;
        self.send(&self.company, &draft, "submit").await.read_as()
    }

    pub async fn accepted(&self) -> Product {
        self.accept(&self.submitted().await).await
    }

    pub async fn under_evaluation(&self) -> Product {
        let product = self.accepted().await;
        self.evaluate(&product).await;
        self.read(&self.company, &product).await
    }

    pub async fn decided(&self) -> Product {
        let product = self.accepted().await;
        self.decide(&product, "decide_publish").await
    }

    pub async fn published(&self) -> Product {
        self.publish(&self.decided().await).await
    }

    /// Publishes another draft.
    pub async fn published_as(&self, draft: &Value) -> Product {
        let draft: Product = self.company.post("/products", draft).await.expect(201).read_as();
        let submitted: Product = self.send(&self.company, &draft, "submit").await.read_as();
        let accepted = self.accept(&submitted).await;
        let decided = self.decide(&accepted, "decide_publish").await;
        self.publish(&decided).await
    }

    pub async fn accept(&self, product: &Product) -> Product {
        // Officials also count what happened inside of an evaluation before.
        let seen = self.read(&self.intake, product).await;
        let checked = self.judge(&seen, "pass").await;
        self.send_at(&self.intake, product, checked, "accept").await.expect(200).read_as()
    }

    /// Gives every item of the checklist this verdict; answers the new revision of the product.
    pub async fn judge(&self, product: &Product, verdict: &str) -> i64 {
        let list = self.intake.get("/reference/eligibility_checklist").await.json();
        let items: Vec<Value> = list["entries"]
            .as_array()
            .expect("entries")
            .iter()
            .map(|entry| json!({"code": entry["code"], "verdict": verdict, "note": "Vì vậy."}))
            .collect();
        let path = format!("/products/{}/eligibility", product.id);
        let revision = product.revision.cast_signed();
        self.intake.put(&path, revision, &json!({ "items": items })).await.expect(200).revision()
    }

    /// Opens an evaluation whose two members score; the chair recommends publication.
    pub async fn recommend(&self, product: &Product) -> Evaluation {
        let evaluation = self.evaluate(product).await;
        for member in &self.evaluators {
            let path = format!("/evaluations/{}", evaluation.id);
            let seen = member.get(&path).await.expect(200).revision();
            let none = json!({"answer": "none"});
            member.put(&format!("{path}/conflicts/me"), seen, &none).await.expect(200);
            let seen = member.get(&path).await.expect(200).revision();
            let scores: Vec<Value> = ["novelty", "effect", "readiness", "compliance"]
                .map(|criterion| json!({"criterion": criterion, "score": 4}))
                .into();
            let sheet = json!({"scores": scores, "submit": true});
            member.put(&format!("{path}/score-sheets/me"), seen, &sheet).await.expect(200);
        }
        let path = format!("/evaluations/{}", evaluation.id);
        let seen = self.chair.get(&path).await.expect(200).revision();
        let verdict = json!({"verdict": "publish", "reason": "Số liệu tin cậy."});
        let path = format!("{path}/recommendation");
        self.chair
            .call(reqwest::Method::POST, &path)
            .if_match(seen)
            .json(&verdict)
            .send()
            .await
            .read_as()
    }

    pub async fn evaluate(&self, product: &Product) -> Evaluation {
        let body = json!({
            "rubric_id": "portal-2026",
            "chair_id": self.chair.account(),
            "member_ids": self.evaluators.each_ref().map(Client::account),
            "quorum": 2,
            "due_on": "2099-12-18",
            "mode": "online",
        });
        let path = format!("/products/{}/evaluations", product.id);
        let seen = product.revision.cast_signed();
        self.chair
            .call(reqwest::Method::POST, &path)
            .if_match(seen)
            .json(&body)
            .send()
            .await
            .read_as()
    }

    /// Brings an accepted product to its decision.
    pub async fn decide(&self, product: &Product, event: &str) -> Product {
        self.recommend(product).await;
        let product = self.read(&self.publisher, product).await;
        self.send(&self.publisher, &product, event).await.expect(200).read_as()
    }

    pub async fn publish(&self, product: &Product) -> Product {
        self.send(&self.publisher, product, "publish").await.expect(200).read_as()
    }

    pub async fn read(&self, who: &Client, product: &Product) -> Product {
        who.get(&format!("/products/{}", product.id)).await.read_as()
    }

    /// Sends an event with the revision of `product`, with a reason.
    pub async fn send(&self, who: &Client, product: &Product, event: &str) -> Answer {
        self.send_at(who, product, product.revision.cast_signed(), event).await
    }

    pub async fn send_at(
        &self,
        who: &Client,
        product: &Product,
        revision: i64,
        event: &str,
    ) -> Answer {
        let body = json!({"event": event, "reason": "Lý do của việc này."});
        who.send_event(&format!("/products/{}/events", product.id), revision, &body).await
    }
}

/// Everything that a submission needs.
pub fn draft() -> Value {
    json!({
        "title": "Cảm biến mặn cho ruộng lúa Lúa Trũng",
        "kind": "product",
        "domain": "science_technology",
        "sectors": ["agriculture", "environment"],
        "maturity": "deployed",
        "trl": 8,
        "province_code": "92",
        "summary": "Thiết bị đo độ mặn tại ruộng và báo cho nông dân qua điện thoại.",
        "problem": "Nước mặn vào ruộng mà không ai biết.",
        "description": "## Cách đo\n\nMỗi giờ một lần, **ba** điểm.\n\n".repeat(4),
        "novelty": "Điện cực tự làm sạch.",
        "strategic_technology": null,
        "deployments": [{"customer": "Hợp tác xã Gò Me", "place": "Cà Mau", "since": "2025-03"}],
        "effect": "Giảm một phần ba thiệt hại do mặn.",
        "intellectual_property": ["Giải pháp hữu ích, 2025"],
        "links": ["https://lua-trung.example"],
        "owner": {
            "type": "organisation",
            "name": "Công ty TNHH Công nghệ Đồng Bưng",
            "tax_code": "0312345678",
            "contact": {
                "name": "Nguyễn Thị Lan",
                "email": "lan@dong-bung.example",
                "phone": "0900 000 012",
                "address": "Cần Thơ",
            },
        },
        "consent": true,
    })
}

/// The same with other values.
pub fn draft_with(changes: &[(&str, Value)]) -> Value {
    let mut draft = draft();
    for (name, value) in changes {
        draft[*name] = value.clone();
    }
    draft
}
