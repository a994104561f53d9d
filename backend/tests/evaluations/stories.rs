//! A portal with an evaluation of three members, and what the people of an evaluation do.

use nq57_shared::access::Role;
use nq57_shared::evaluations::Evaluation;
use nq57_shared::products::Product;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, role};
use crate::products::stories::Portal;

/// An evaluation that has just been opened, with everybody in it.
pub struct EvaluationStory {
    pub portal: Portal,
    pub product: Product,
    pub id: String,
    /// Members; the quorum is two.
    pub members: [Client; 3],
}

/// The criteria of the rubric of the portal.
const CRITERIA: [&str; 4] = ["novelty", "effect", "readiness", "compliance"];

impl EvaluationStory {
    pub async fn open() -> Self {
        let portal = Portal::open().await;
        let [one, two] = portal.evaluators.clone();
        let three = portal.app.signed_in("evaluator3", &[role(Role::Evaluator)]).await;
        let product = portal.accepted().await;
        let members = [one, two, three];
        let body = panel(&portal.chair, &members.each_ref());
        let opened = open(&portal.chair, &product, &body).await.expect(201);
        let id = opened.json()["id"].as_str().expect("an id").to_owned();
        Self { portal, product, id, members }
    }

    /// Everybody has declared to have no conflict.
    pub async fn declared() -> Self {
        let evaluation = Self::open().await;
        for member in &evaluation.members {
            evaluation.answer(member, "none").await.expect(200);
        }
        evaluation
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/evaluations/{}{rest}", self.id)
    }

    pub async fn read(&self, who: &Client) -> Evaluation {
        who.get(&self.path("")).await.read_as()
    }

    pub async fn revision(&self) -> i64 {
        self.portal.chair.get(&self.path("")).await.expect(200).revision()
    }

    /// As this person sees it; what must not be read is refused whatever it is.
    pub async fn revision_for(&self, who: &Client) -> i64 {
        let answer = who.get(&self.path("")).await;
        if answer.status == 200 { answer.revision() } else { 1 }
    }

    pub async fn answer(&self, who: &Client, answer: &str) -> Answer {
        let body = json!({"answer": answer, "note": "Tôi tham gia đề tài này."});
        who.put(&self.path("/conflicts/me"), self.revision_for(who).await, &body).await
    }

    pub async fn score(&self, who: &Client, score: u32, submit: bool) -> Answer {
        let seen = self.revision_for(who).await;
        who.put(&self.path("/score-sheets/me"), seen, &sheet(score, submit)).await
    }

    pub async fn recommend(&self, who: &Client, verdict: &str, reason: &str) -> Answer {
        let body = json!({"verdict": verdict, "reason": reason});
        who.post(&self.path("/recommendation"), &body).await
    }

    /// How many unread messages of this kind are in the inbox.
    pub async fn told(&self, who: &Client, kind: &str) -> usize {
        let inbox = who.get("/notifications?limit=100").await.expect(200).json();
        let items = inbox["items"].as_array().expect("items").clone();
        items.iter().filter(|item| item["kind"] == kind).count()
    }
}

/// The same score for every criterion.
pub fn sheet(score: u32, submit: bool) -> Value {
    let scores: Vec<Value> =
        CRITERIA.map(|criterion| json!({"criterion": criterion, "score": score})).into();
    json!({"scores": scores, "submit": submit})
}

pub fn panel(chair: &Client, members: &[&Client]) -> Value {
    let members: Vec<_> = members.iter().map(|member| member.account()).collect();
    json!({
        "rubric_id": "portal-2026",
        "chair_id": chair.account(),
        "member_ids": members,
        "quorum": 2,
        "due_on": "2026-12-18",
        "mode": "online",
    })
}

pub async fn open(who: &Client, product: &Product, body: &Value) -> Answer {
    let path = format!("/products/{}/evaluations", product.id);
    who.call(Method::POST, &path).if_match(product.revision.cast_signed()).json(body).send().await
}
