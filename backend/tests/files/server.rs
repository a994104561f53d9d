//! Two routes over the functions of the files module, inside the frame of the real server.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use nq57_platform::access::permit;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::files::{self, Belongs};
use nq57_platform::http::FromPath;
use nq57_platform::http::frame::Frame;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::organisations::{OrganisationAction, OrganisationSubject, may};
use nq57_shared::access::{Actor, Decision};
use nq57_shared::files::{Attachment, FileVisibility};
use nq57_shared::ids::{FileId, OrganisationId};
use reqwest::header::HeaderMap;
use uuid::Uuid;

use super::{form, read, settle};
use crate::harness::{Answer, TestApp, plain_http};

pub struct FileServer {
    pub address: String,
    objects: PathBuf,
    http: reqwest::Client,
    handle: ServerHandle,
}

impl FileServer {
    pub async fn start(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let state = app.state.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/files", web::post().to(upload))
                .route("/files/{id}", web::get().to(fetch))
                .wrap(Frame(state.clone()))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .expect("listening")
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let http = plain_http();
        let objects = app.state.config.data_dir.join("files");
        Self { address, objects, http, handle }
    }

    pub async fn upload(&self, name: &str, content: &[u8]) -> Answer {
        self.send_parts(&[("file", Some(name), content)]).await
    }

    pub async fn send_parts(&self, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
        self.send("multipart/form-data; boundary=x", form(parts)).await
    }

    pub async fn send(&self, content_type: &str, body: Vec<u8>) -> Answer {
        let call = self.http.post(format!("{}/files", self.address));
        read(call.header("content-type", content_type).body(body).send().await.expect("an answer"))
            .await
    }

    pub async fn fetch(&self, file: &Attachment, query: &str, headers: HeaderMap) -> Answer {
        let call = self.http.get(format!("{}/files/{}{query}", self.address, file.id));
        read(call.headers(headers).send().await.expect("an answer")).await
    }

    /// How many contents there are, finished or not.
    pub fn stored(&self) -> usize {
        count(&self.objects)
    }

    /// Waits until no more contents are left than these.
    pub async fn nothing_but(&self, contents: usize) {
        let settled = settle(|| self.stored() == contents).await;
        assert!(settled, "{} contents instead of {contents}", self.stored());
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

fn count(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| if path.is_dir() { count(&path) } else { 1 })
        .sum()
}

/// The yes of a policy about the one thing that all files of this server belong to.
pub fn permitted() -> Decision {
    let id = Some(OrganisationId(Uuid::nil()));
    let subject = OrganisationSubject { id, caller_is_manager: false };
    may(&Actor::System, OrganisationAction::Edit, subject)
}

async fn upload(
    state: AppState,
    request: HttpRequest,
    payload: web::Payload,
) -> ApiResult<HttpResponse> {
    let upload = files::receive(&state, &request, payload).await?;
    let visibility = upload.fields.get("visibility").and_then(|word| FileVisibility::parse(word));
    let belongs = Belongs {
        owner: None,
        subject_type: "test",
        subject_id: Uuid::nil(),
        visibility: visibility.unwrap_or(FileVisibility::Restricted),
    };
    let made = transaction::write(&state.db, async |tx| {
        files::attach(tx, &state.clock, permit(permitted())?, &upload, belongs).await
    })
    .await?;
    Ok(HttpResponse::Created().json(made))
}

async fn fetch(
    state: AppState,
    request: HttpRequest,
    FromPath(id): FromPath<FileId>,
) -> ApiResult<HttpResponse> {
    let file = files::find(&state.db, id).await?.ok_or_else(ApiError::not_found)?;
    let inline = request.query_string().contains("inline=true");
    files::respond(&state, &file, &request, inline).await
}
