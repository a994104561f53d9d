//! What is kept ready for everybody: made once, dropped when it changes, told apart from what others see.

use std::cell::RefCell;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::future::join_all;
use nq57_platform::error::ApiResult;
use nq57_platform::http::frame::Frame;
use nq57_platform::http::public_cache::{PublicBody, Topic};
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseBackend};
use serde_json::json;
use tokio::sync::oneshot;

use crate::harness::{Client, TestApp, assert_problem, until};
use crate::products::stories::{Portal, draft_with};

fn honours(award: &str) -> serde_json::Value {
    json!({"honours": [{"award": award, "year": 2026}]})
}

#[actix_web::test]
async fn the_tag_of_the_public_page_does_not_stand_for_the_working_one() {
    let portal = Portal::open().await;
    let product = portal.published().await;
    let path = format!("/products/{}", product.id);
    let seen = product.revision.cast_signed();
    portal.publisher.put(&format!("{path}/honours"), seen, &honours("Giải")).await.expect(200);
    let public = portal.app.client().get(&path).await.expect(200);
    let working = portal.company.get(&path).await.expect(200);
    assert_eq!(public.revision(), working.revision(), "two bodies of one revision");
    assert_ne!(public.header("etag"), working.header("etag"));
    let with = async |client: &Client, tag: &str| {
        client.call(Method::GET, &path).header("If-None-Match", tag).send().await.status
    };
    assert_eq!(with(&portal.company, public.header("etag")).await, 200);
    assert_eq!(with(&portal.company, working.header("etag")).await, 304);
    assert_eq!(with(&portal.app.client(), working.header("etag")).await, 200);
    assert_eq!(with(&portal.app.client(), public.header("etag")).await, 304);

    // Any tag of a revision will do for a write, also weak, and so will the revision of the body.
    let send = async |tag: &str| {
        let call = portal.publisher.call(Method::PUT, &format!("{path}/honours"));
        call.header("If-Match", tag).json(&honours("Giải")).send().await
    };
    let seen = portal.publisher.get(&path).await.expect(200);
    let first = send(&format!("W/{}", seen.header("etag"))).await.expect(200);
    assert_problem(&send(seen.header("etag")).await, 412, "stale_revision");
    let bare = format!("\"{}\"", first.json()["revision"]);
    send(&bare).await.expect(200);
}

#[actix_web::test]
async fn what_may_be_taken_down_is_asked_for_each_time() {
    let portal = Portal::open().await;
    let product = portal.published().await;
    let path = format!("/products/{}", product.id);
    let client = portal.app.client();
    let page = client.get(&path).await.expect(200);
    for path in [&path, "/products"] {
        for _ in ["cold", "warm"] {
            let answer = client.get(path).await.expect(200);
            assert_eq!(answer.header("cache-control"), "public, no-cache", "{path}");
        }
    }
    portal.send(&portal.publisher, &product, "suspend").await.expect(200);
    let again = client.call(Method::GET, &path).header("If-None-Match", page.header("etag"));
    assert_eq!(again.send().await.status, 404);
    assert_eq!(client.get("/products").await.json()["items"], json!([]));
}

#[actix_web::test]
async fn a_change_of_one_product_drops_its_page_and_the_lists_and_leaves_other_pages() {
    let portal = Portal::open().await;
    let changed = portal.published().await;
    let other = portal.published_as(&draft_with(&[("title", json!("Máy đo mưa"))])).await;
    let client = portal.app.client();
    let page = async |id: String| {
        client.get(&format!("/products/{id}")).await.expect(200).header("etag").to_owned()
    };
    let before = (page(changed.id.to_string()).await, page(other.id.to_string()).await);
    let list = client.get("/products").await.header("etag").to_owned();
    // What nobody was told of is seen only by who reads again.
    let unseen = "UPDATE product_publications SET revision = revision + 100";
    portal.app.state.db.execute_unprepared(unseen).await.expect("changed");
    let path = format!("/products/{}/honours", changed.id);
    portal.publisher.put(&path, changed.revision.cast_signed(), &honours("Giải")).await.expect(200);
    assert_eq!(page(other.id.to_string()).await, before.1, "kept");
    assert_ne!(page(changed.id.to_string()).await, before.0, "dropped");
    assert_ne!(client.get("/products").await.header("etag"), list, "dropped");
}

#[derive(Clone)]
struct Loads(Arc<AtomicUsize>);

async fn slowly(
    state: AppState,
    request: HttpRequest,
    loads: web::Data<Loads>,
) -> ApiResult<HttpResponse> {
    state
        .public_cache
        .answer(&request, Topic::all("test"), async {
            loads.0.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
            PublicBody::json(&"slow")
        })
        .await
}

#[actix_web::test]
async fn of_many_at_once_one_loads_whatever_token_they_carry() {
    let app = TestApp::start().await;
    let loads = Loads(Arc::default());
    let (state, counted) = (app.state.clone(), web::Data::new(loads.clone()));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(counted.clone())
            .route("/slow", web::get().to(slowly))
            .wrap(Frame(state.clone()))
    })
    .workers(1)
    .bind("127.0.0.1:0")
    .expect("a port");
    let client = Client::new(&format!("http://{}", server.addrs()[0]), None);
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let ask = |token: Option<usize>| {
        let call = client.call_root(Method::GET, "/slow");
        match token {
            Some(n) => call.header("Authorization", format!("Bearer {n}")),
            None => call,
        }
    };
    let tokens = (0..20).map(|n| (n % 2 == 0).then_some(n));
    for answer in join_all(tokens.map(|token| ask(token).send())).await {
        answer.expect(200);
    }
    ask(Some(99)).send().await.expect(200);
    for more in ["?", "?&&", "?q=&"] {
        client.call_root(Method::GET, &format!("/slow{more}")).send().await.expect(200);
    }
    assert_eq!(loads.0.load(Ordering::SeqCst), 1);
    app.state.public_cache.invalidate_now(Topic::all("test"));
    ask(None).send().await.expect(200);
    assert_eq!(loads.0.load(Ordering::SeqCst), 2);
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_client_that_goes_away_stops_nothing_that_its_write_has_begun() {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    let list = async || app.client().get("/organisations").await.expect(200).text();
    assert!(!list().await.contains("Công ty Một"), "and now it is kept");
    founder.get("/me").await.expect(200);

    // Somebody else is writing: the next writer has to wait.
    let state = app.state.clone();
    let (held, is_held) = oneshot::channel::<()>();
    let (free, is_free) = oneshot::channel::<()>();
    let channels = RefCell::new(Some((held, is_free)));
    let holder = actix_web::rt::spawn(async move {
        transaction::write(&state.db, async |tx| {
            if tx.get_database_backend() == DatabaseBackend::Postgres {
                tx.execute_unprepared("LOCK TABLE organisations IN SHARE MODE").await?;
            }
            let (held, is_free) = channels.take().expect("once");
            held.send(()).expect("somebody waits");
            is_free.await.expect("freed");
            Ok(())
        })
        .await
    });
    is_held.await.expect("held");

    let body = json!({"name": "Công ty Một", "kind": "enterprise"}).to_string();
    let request = format!(
        "POST /api/v1/organisations HTTP/1.1\r\nHost: nq57\r\nAuthorization: Bearer {}\r\n\
         Idempotency-Key: gone\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n\
         {body}",
        founder.token(),
        body.len()
    );
    let address = app.address.trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).expect("connected");
    // An answer that is never read makes a reset of the end: of a mere end the server takes no notice.
    connection.write_all(b"GET /livez HTTP/1.1\r\nHost: nq57\r\n\r\n").expect("sent");
    connection.peek(&mut [0]).expect("answered");
    connection.write_all(request.as_bytes()).expect("sent");
    let has_begun = async || format!("{:?}", app.state.in_flight).contains("gone");
    until("the write has begun", has_begun).await;
    drop(connection);
    // Time in which a server that gives up with its client would do so.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(has_begun().await, "it was given up");
    free.send(()).expect("the holder waits");
    holder.await.expect("ended").expect("written");
    until("it is written", async || !has_begun().await).await;
    // The public sees it, and its founder is known as a member: neither comes from what was kept.
    let sees = until("the public sees it", async || list().await.contains("Công ty Một"));
    let soon = Duration::from_secs(20);
    tokio::time::timeout(soon, sees).await.expect("before what was kept runs out by itself");
    let me = founder.get("/me").await.expect(200).json();
    assert_eq!(me["organisations"].as_array().map(Vec::len), Some(1));
}
