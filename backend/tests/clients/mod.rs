//! Clients over HTTP: programs of an organisation with keys and tokens. What they may ask for, which rows they see, how
//! they are made, confirmed and stopped.

mod feed;
mod log;
mod managing;
mod rows;
mod scopes;
mod secrets;
mod tokens;

use nq57_shared::access::Role;
use nq57_shared::clients::{ApiClient, NewApiSecret};
use nq57_shared::ids::{AccountId, OrganisationId};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Client, TestApp, role};
use crate::organisations::{enter, enterprise};

/// An organisation with its manager, and an administrator of the platform.
pub struct Agency {
    pub id: OrganisationId,
    pub admin: Client,
    pub manager: Client,
}

/// A client that reads what is public.
pub fn reader() -> Value {
    json!({
        "name": "Kho dữ liệu của tỉnh",
        "purpose": "Cập nhật hằng đêm.",
        "scopes": ["products:read"],
    })
}

/// A client with these scopes for these provinces.
pub fn of_provinces(scopes: &[&str], provinces: &[&str]) -> Value {
    let mut body = reader();
    body["scopes"] = json!(scopes);
    body["provinces"] = json!(provinces);
    body
}

/// Whoever sends this key or token.
pub fn with(app: &TestApp, token: &str) -> Client {
    app.client().signed_in_as(AccountId(Uuid::nil()), token.to_owned())
}

impl Agency {
    /// One that an administrator has confirmed.
    pub async fn open(app: &TestApp) -> Self {
        let admin = app.signed_in("client-admin", &[role(Role::Administrator)]).await;
        let manager = app.signed_in("manager", &[]).await;
        let agency = Self::of(admin, manager, "Sở Khoa học và Công nghệ Đồng Bưng").await;
        agency.verify().await;
        agency
    }

    /// Another one of the same people.
    pub async fn of(admin: Client, manager: Client, name: &str) -> Self {
        let id = enter(&manager, &enterprise(name)).await.id;
        Self { id, admin, manager }
    }

    pub async fn verify(&self) {
        let path = format!("/organisations/{}", self.id);
        let seen = self.admin.get(&path).await.revision();
        let call = self.admin.call(Method::POST, &format!("{path}/verify"));
        call.if_match(seen).send().await.expect(200);
    }

    pub fn path(&self) -> String {
        format!("/organisations/{}/api-clients", self.id)
    }

    /// Makes a client, with whatever still waits for a confirmation.
    pub async fn make(&self, body: &Value) -> ApiClient {
        self.manager.post(&self.path(), body).await.expect(201).read_as()
    }

    /// Makes a client that may have all that it asks for.
    pub async fn confirmed(&self, body: &Value) -> ApiClient {
        let client = self.make(body).await;
        match client.awaits_confirmation {
            true => self.send(&self.admin, &client, "confirm").await.expect(200).read_as(),
            false => client,
        }
    }

    pub async fn send(&self, who: &Client, client: &ApiClient, event: &str) -> Answer {
        let path = format!("/api-clients/{}/events", client.id);
        let body = json!({"event": event, "reason": "Lý do của việc này."});
        who.send_event(&path, self.revision(client).await, &body).await
    }

    pub async fn revision(&self, client: &ApiClient) -> i64 {
        self.read(client).await.revision.cast_signed()
    }

    pub async fn read(&self, client: &ApiClient) -> ApiClient {
        self.admin.get(&format!("/api-clients/{}", client.id)).await.read_as()
    }

    pub async fn edit(&self, client: &ApiClient, patch: &Value) -> Answer {
        let path = format!("/api-clients/{}", client.id);
        self.manager.patch(&path, self.revision(client).await, patch).await
    }

    /// Makes a key or a secret, whatever is answered.
    pub async fn make_secret(&self, client: &ApiClient, body: &Value) -> Answer {
        let call = self.manager.call(Method::POST, &format!("/api-clients/{}/secrets", client.id));
        call.if_match(self.revision(client).await).json(body).send().await
    }

    pub async fn secret(&self, client: &ApiClient, kind: &str) -> NewApiSecret {
        self.make_secret(client, &json!({ "kind": kind })).await.expect(201).read_as()
    }

    /// A caller with a new key of the client.
    pub async fn caller(&self, app: &TestApp, client: &ApiClient) -> Client {
        with(app, &self.secret(client, "key").await.secret)
    }
}
