//! The form of the answers, and what is refused.

use std::collections::BTreeSet;

use nq57_shared::feed::{ChangeSchemas, ChangeSummary, Line};
use nq57_shared::problem::FieldCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::Mirror;
use crate::harness::{Answer, TestApp, assert_problem};
use crate::organisations::{enter, enterprise};

fn lines(answer: &Answer) -> Vec<Line> {
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    answer.text().lines().map(read).collect()
}

/// So many organisations in the feed.
async fn with_organisations(count: usize) -> TestApp {
    let app = TestApp::start().await;
    let founder = app.signed_in("founder", &[]).await;
    for n in 0..count {
        enter(&founder, &enterprise(&format!("Công ty {n}"))).await;
    }
    app.sequenced().await;
    app
}

#[actix_web::test]
async fn an_answer_is_a_header_the_changes_and_a_trailer_over_all_bytes_before() {
    let app = with_organisations(2).await;
    let answer = app.client().get("/changes?types=organisation").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let read = lines(&answer);
    let [Line::Header(header), Line::Change(one), Line::Change(two), Line::Trailer(end)] =
        read.as_slice()
    else {
        panic!("{}", answer.text())
    };
    assert_eq!((header.feed, header.types.as_slice()), (1, ["organisation".to_owned()].as_slice()));
    assert_eq!(header.head, two.seq);
    assert!(one.seq < two.seq && !end.more && end.lines == 2);
    let said = &one.data.as_ref().expect("data")["name"];
    assert_eq!(said, "Công ty 0");
    // The mirror checks the digest.
    let mut mirror = Mirror::of("types=organisation");
    assert!(mirror.take_lines(&answer.body).is_whole);
    let read = app.client().get(&format!("/organisations/{}", one.id)).await.expect(200);
    assert_eq!(mirror.objects.values().next().expect("one").1, read.text(), "as its page answers");

    let without = app.client().get("/changes?types=organisation&data=false").await;
    let Line::Change(change) = &lines(&without)[1] else { panic!("{}", without.text()) };
    assert_eq!((change.data.as_ref(), &change.id, change.seq), (None, &one.id, one.seq));
}

#[actix_web::test]
async fn whatever_the_size_of_the_answers_every_object_comes_once_and_the_figures_agree() {
    let app = with_organisations(7).await;
    let client = app.client();
    let all = client.get("/changes?limit=100000").await;
    let whole = lines(&all).len();
    for limit in [1, 2, 3, 100, 100_000] {
        let mut mirror = Mirror::of(&format!("limit={limit}"));
        if limit < 100 {
            mirror.query = format!("types=organisation,reference_list&limit={limit}");
        }
        while mirror.pull(&client).await.more {}
        mirror.assert_in_order();
        let ids: BTreeSet<_> = mirror.changes.iter().map(|one| (&one.kind, &one.id)).collect();
        assert_eq!(ids.len(), mirror.changes.len(), "each once");
        let types = if limit < 100 { "?types=organisation,reference_list" } else { "" };
        let said: ChangeSummary = client.get(&format!("/changes/summary{types}")).await.read_as();
        for one in &said.types {
            assert_eq!(mirror.summary(&one.kind), (one.live, one.digest.clone()), "{}", one.kind);
        }
        if limit > 100 {
            assert_eq!(mirror.changes.len() + 2, whole, "no line but changes, header and trailer");
        }
    }
    let more_than_a_thousand = client.get("/changes?limit=1").await;
    assert!(matches!(lines(&more_than_a_thousand).last(), Some(Line::Trailer(end)) if end.more));
}

#[actix_web::test]
async fn the_place_of_a_summary_is_one_from_which_a_copy_goes_on() {
    let app = with_organisations(1).await;
    let client = app.client();
    let said: ChangeSummary = client.get("/changes/summary?types=organisation").await.read_as();
    let mut mirror = Mirror::of("types=organisation");
    mirror.catch_up(&client).await;
    mirror.next = Some(said.next);
    assert_eq!(mirror.pull(&client).await.changes, 0, "nothing has changed since");
    let founder = app.signed_in("another", &[]).await;
    enter(&founder, &enterprise("Công ty mới")).await;
    app.sequenced().await;
    mirror.assert_equal(&client).await;
    assert_eq!(mirror.objects.len(), 2);
}

#[actix_web::test]
async fn there_is_a_checkpoint_each_thousand_changes() {
    let app = TestApp::start().await;
    app.writes_behind_the_server();
    super::order::put_many(&app, 2_500).await;
    app.sequenced().await;
    let answer = app.client().get("/changes?types=organisation&limit=100000").await.expect(200);
    let at: Vec<u64> = lines(&answer)
        .iter()
        .filter_map(|line| match line {
            Line::Checkpoint(checkpoint) => Some(checkpoint.lines),
            _ => None,
        })
        .collect();
    assert_eq!(at, [1_000, 2_000]);
    // A reader that was cut off in the midst goes on from the last one.
    let mut mirror = Mirror::of("types=organisation&limit=100000");
    let cut = &answer.body[..answer.body.len() - 100_000];
    let pulled = mirror.take_lines(cut);
    assert_eq!((pulled.changes, pulled.is_whole), (2_000, false));
    mirror.assert_equal(&app.client()).await;
    assert_eq!(mirror.changes.len(), 2_500);
}

#[actix_web::test]
async fn what_has_not_changed_is_304_and_what_has_is_not() {
    let app = with_organisations(1).await;
    let first = app.client().get("/changes?types=organisation").await.expect(200);
    let again = async |path: &str, tag: &str| {
        app.client().call(Method::GET, path).header("If-None-Match", tag).send().await
    };
    let same = again("/changes?types=organisation", first.header("etag")).await.expect(304);
    assert_eq!((same.body.len(), same.header("etag")), (0, first.header("etag")));
    again("/changes?types=organisation&limit=7", first.header("etag")).await.expect(200);
    let founder = app.signed_in("another", &[]).await;
    enter(&founder, &enterprise("Công ty mới")).await;
    again("/changes?types=organisation", first.header("etag")).await.expect(304);
    app.sequenced().await;
    again("/changes?types=organisation", first.header("etag")).await.expect(200);
}

#[actix_web::test]
async fn what_cannot_be_understood_is_refused_by_its_name() {
    let app = with_organisations(1).await;
    let client = app.client();
    for (query, place, code) in [
        ("types=nonsense", "#query/types", FieldCode::UnknownValue),
        ("types=product,", "#query/types", FieldCode::InvalidFormat),
        ("limit=0", "#query/limit", FieldCode::TooSmall),
        ("limit=100001", "#query/limit", FieldCode::TooLarge),
        ("limit=many", "#query/limit", FieldCode::InvalidFormat),
        ("wait=31", "#query/wait", FieldCode::TooLarge),
        ("wait=-1", "#query/wait", FieldCode::InvalidFormat),
        ("data=perhaps", "#query/data", FieldCode::InvalidFormat),
        ("since=yesterday", "#query/since", FieldCode::UnknownField),
    ] {
        let problem = assert_problem(
            &client.get(&format!("/changes?{query}")).await,
            400,
            "invalid_parameter",
        );
        assert_eq!(
            (problem.errors[0].pointer.as_str(), problem.errors[0].code),
            (place, code),
            "{query}"
        );
    }
    let twice = client.get("/changes?limit=5&limit=6").await;
    assert_eq!(assert_problem(&twice, 400, "invalid_parameter").errors[0].pointer, "#query/limit");
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let many = client.get(&format!("/changes?province={}", many.join(","))).await;
    assert_problem(&many, 400, "invalid_parameter");
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_own_types_filter_and_reader_alone() {
    let app = with_organisations(3).await;
    let client = app.client();
    let mut mirror = Mirror::of("types=organisation&limit=2");
    mirror.pull(&client).await;
    let next = mirror.next.expect("a cursor");
    let somebody = app.signed_in("somebody", &[]).await;
    let at = async |query: String| client.get(&format!("/changes?{query}after={next}")).await;
    at("types=organisation&".into()).await.expect(200);
    at("types=organisation&limit=7&data=false&".into()).await.expect(200);
    for query in ["", "types=organisation,product&", "types=organisation&province=92&"] {
        assert_problem(&at(query.into()).await, 400, "invalid_cursor");
    }
    let foreign = somebody.get(&format!("/changes?types=organisation&after={next}")).await;
    assert_problem(&foreign, 400, "invalid_cursor");
    for text in ["x", "eyJ2IjoxfQ", &next[1..], &next[..next.len() - 1], &format!("{next}A")] {
        let path = format!("/changes?types=organisation&after={text}");
        assert_problem(&client.get(&path).await, 400, "invalid_cursor");
    }
}

#[actix_web::test]
async fn data_are_as_the_schema_of_their_type_says() {
    let app = with_organisations(1).await;
    let said: ChangeSchemas = app.client().get("/changes/schema").await.expect(200).read_as();
    let names: Vec<&str> = said.types.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(
        names,
        ["organisation", "product", "product_dossier", "reference_list", "reference"]
    );
    let mut mirror = Mirror::of("limit=100000");
    mirror.catch_up(&app.client()).await;
    let mut looked_at = BTreeSet::new();
    for ((kind, id), (_, data)) in &mirror.objects {
        let schema = &said.types.iter().find(|one| one.kind == *kind).expect("a schema").schema;
        let data: Value = serde_json::from_str(data).expect("JSON");
        let members = members(schema, schema);
        for name in data.as_object().expect("an object").keys() {
            assert!(members.contains(name), "{kind} {id}: {name} is not in {members:?}");
        }
        looked_at.insert(kind.as_str());
    }
    assert_eq!(looked_at.len(), 3);
    let text = json!(said).to_string();
    assert!(!text.contains("#/components"), "references lead into the schema itself");
    assert!(!text.contains("\"enum\""), "a value that comes tomorrow breaks no reader");
}

/// The members that a schema names, also by reference and in parts.
fn members(schema: &Value, whole: &Value) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(members(part, whole));
    }
    if let Some(target) = schema["$ref"].as_str() {
        let target = whole.pointer(target.trim_start_matches('#')).expect("a definition");
        found.extend(members(target, whole));
    }
    found
}
