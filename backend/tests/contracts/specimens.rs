//! One real private thing for every id that a path can name. The rule that strangers are refused is worth
//! something only when the thing is there: a path parameter without a specimen fails the test.

use nq57_shared::access::Role;
use nq57_shared::organisations::{JoinRequest, Organisation};
use nq57_shared::outbox::DeadLetter;
use nq57_shared::page::Page;
use nq57_shared::products::ProductFile;
use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::document::Operation;
use crate::clients::{Agency, reader};
use crate::harness::{Client, role};
use crate::products::stories::Portal;

/// A portal where something of each kind belongs to somebody.
pub struct Specimens {
    pub portal: Portal,
    /// Who between them may do everything.
    pub insiders: Vec<Client>,
    values: Vec<Specimen>,
}

/// The value of a path parameter of all operations below a path; the longest path decides.
struct Specimen {
    below: &'static str,
    parameter: &'static str,
    value: String,
}

impl Specimens {
    pub async fn collect() -> Self {
        let portal = Portal::open().await;
        let admin = portal.app.signed_in("admin", &[role(Role::Administrator)]).await;
        let founder = portal.app.signed_in("founder", &[]).await;
        let mut values = Vec::new();
        values.extend(products(&portal).await);
        let (organisation, named) = organisations(&portal, &founder).await;
        values.extend(named);
        values.extend(clients(&admin, &founder, &organisation).await);
        values.extend(accounts(&portal, &admin).await);
        values.extend(outbox(&portal, &admin).await);
        values.push(specimen("/reference/", "list", "sectors"));
        values.push(specimen("/reference/", "code", "agriculture"));
        let mut insiders = vec![portal.company.clone(), portal.intake.clone()];
        insiders.extend([portal.chair.clone(), portal.publisher.clone(), admin, founder]);
        insiders.extend(portal.evaluators.clone());
        Self { portal, insiders, values }
    }

    /// What this parameter of the operation names; also one of the query that is needed.
    pub fn value(&self, operation: &Operation, parameter: &str) -> &str {
        let fitting = self.values.iter().filter(|specimen| {
            specimen.parameter == parameter && operation.path.starts_with(specimen.below)
        });
        let specimen = fitting.max_by_key(|specimen| specimen.below.len());
        let specimen = specimen.unwrap_or_else(|| {
            panic!(
                "{} names a {parameter} in {}: add a real private one to contracts/specimens.rs",
                operation.id, operation.path
            )
        });
        &specimen.value
    }
}

fn specimen(below: &'static str, parameter: &'static str, value: impl ToString) -> Specimen {
    Specimen { below, parameter, value: value.to_string() }
}

/// A draft with a file, and a product under evaluation; neither was ever published.
async fn products(portal: &Portal) -> Vec<Specimen> {
    let draft = portal.drafted().await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
                Content-Type: text/plain\r\n\r\nmột tệp\r\n--x--\r\n";
    let files = format!("/products/{}/files", draft.id);
    let upload = portal.company.call(Method::POST, &files);
    let upload = upload.header("Content-Type", "multipart/form-data; boundary=x").body(form);
    let file: ProductFile = upload.send().await.expect(201).read_as();
    let judged = portal.accepted().await;
    let evaluation = portal.evaluate(&judged).await;
    vec![
        specimen("/products/{id}", "id", draft.id),
        specimen("/products/{id}/", "id", judged.id),
        specimen("/products/{id}/files", "id", draft.id),
        specimen("/products/{id}/files", "file_id", file.id),
        specimen("/products/{id}/versions", "version", 1),
        specimen("/products/{id}/versions", "from", 1),
        specimen("/products/{id}/versions", "to", 1),
        specimen("/cases/", "id", judged.id),
        specimen("/evaluations/", "id", evaluation.id),
    ]
}

/// An organisation with its founder, and somebody who waits for an answer.
async fn organisations(portal: &Portal, founder: &Client) -> (Organisation, Vec<Specimen>) {
    let draft = json!({"name": "Công ty Một", "kind": "enterprise"});
    let made: Organisation = founder.post("/organisations", &draft).await.expect(201).read_as();
    let requests = format!("/organisations/{}/join-requests", made.id);
    let wish = json!({"message": "Tôi làm ở đó."});
    let asked: JoinRequest = portal.company.post(&requests, &wish).await.expect(201).read_as();
    let named = vec![
        specimen("/organisations/", "id", made.id),
        specimen("/organisations/", "account_id", founder.account()),
        specimen("/organisations/", "request_id", asked.id),
    ];
    (made, named)
}

/// Two clients of the organisation, confirmed for this: one to be deleted, and one with a key.
async fn clients(admin: &Client, founder: &Client, of: &Organisation) -> Vec<Specimen> {
    let agency = Agency { id: of.id, admin: admin.clone(), manager: founder.clone() };
    agency.verify().await;
    let [one, other] = [agency.make(&reader()).await, agency.make(&reader()).await];
    let key = agency.secret(&other, "key").await;
    vec![
        specimen("/api-clients/{id}", "id", one.id),
        specimen("/api-clients/{id}/", "id", other.id),
        specimen("/api-clients/{id}/", "secret_id", key.secret_id),
    ]
}

/// The account of an official, the grant of another one, and the session of the company.
async fn accounts(portal: &Portal, admin: &Client) -> Vec<Specimen> {
    let path = format!("/accounts/{}", portal.intake.account());
    let account = admin.get(&path).await.expect(200).json();
    let sessions = portal.company.get("/me/sessions").await.expect(200).json();
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    vec![
        specimen("/accounts/", "id", portal.intake.account()),
        specimen("/accounts/", "grant_id", text(&account["grants"][0]["id"])),
        specimen("/me/sessions/", "id", text(&sessions["items"][0]["id"])),
    ]
}

/// Two letters that could not be delivered: one to be tried again, one to be given up.
async fn outbox(portal: &Portal, admin: &Client) -> Vec<Specimen> {
    let dead = "UPDATE outbox SET state = 'dead', finished_at = created_at, last_error = 'x'";
    portal.app.state.db.execute_unprepared(dead).await.expect("dead");
    let page: Page<DeadLetter> = admin.get("/outbox/dead-letters").await.expect(200).read_as();
    vec![
        specimen("/outbox/dead-letters/", "id", page.items[0].id),
        specimen("/outbox/dead-letters/{id}/requeue", "id", page.items[1].id),
    ]
}
