//! Every way in which a run ends, by its number.

use std::os::unix::fs::PermissionsExt;

use super::{Agency, Kind};
use crate::feed::put_many;
use crate::harness::TestApp;

async fn copied(kind: Kind) -> (TestApp, Agency) {
    let app = TestApp::start().await;
    app.writes_behind_the_server();
    put_many(&app, 1_500).await;
    app.sequenced().await;
    let agency = Agency::new(kind, &app.address, &["organisation"]);
    agency.run(&["--quiet"]).await.expect(0);
    (app, agency)
}

#[actix_web::test]
async fn settings_that_are_wrong_are_named_with_file_and_key() {
    let app = TestApp::start().await;
    let agency = Agency::new(Kind::Database, &app.address, &["organisation"]);
    let file = agency.path("pull.toml");
    let good = std::fs::read_to_string(&file).expect("settings");
    let secret = agency.secret("secret", "x");
    let with_key = format!("timeout_seconds = 5\nkey_file = \"{}\"", secret.display());
    for (from, to, key) in [
        ("[pull]", "[pull]\nprovinec = [\"92\"]", "provinec"),
        (app.address.as_str(), "http://portal.example", "source.url"),
        (app.address.as_str(), "portal", "source.url"),
        ("[mirror]", "[mirror]\nfolder = \"x\"", "mirror"),
        ("timeout_seconds = 5", "client_id = \"x\"", "source.client_id"),
        ("timeout_seconds = 5", "timeout_seconds = 0", "source.timeout_seconds"),
        ("timeout_seconds = 5", "ca_file = \"pull.toml\"", "source.ca_file"),
        ("timeout_seconds = 5", "key_file = \"absent\"", "source.key_file"),
        ("timeout_seconds = 5", "proxy = \"http://[\"", "source.proxy"),
        ("[\"organisation\"]", "[\"organisation\"]\nprovinces = [\"x1\"]", "pull.provinces"),
        ("[\"organisation\"]", "[\"nonsense\"]", "types"),
    ] {
        std::fs::write(&file, good.replacen(from, to, 1)).expect("settings");
        let ended = agency.run(&[]).await.expect(2);
        assert!(ended.said.contains(key), "{key}: {ended:?}");
        assert!(ended.said.contains("pull.toml"), "{key}: {ended:?}");
    }
    std::fs::write(&file, good.replacen("timeout_seconds = 5", &with_key, 1)).expect("settings");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).expect("open");
    let ended = agency.run(&[]).await.expect(2);
    assert!(ended.said.contains("chmod 600"), "{ended:?}");
    std::fs::remove_file(&file).expect("removed");
    let ended = agency.run(&[]).await.expect(2);
    assert!(ended.said.contains("pull.toml"), "{ended:?}");
    agency.run(&["--nonsense"]).await.expect(2);
}

#[actix_web::test]
async fn a_source_that_is_away_ends_in_3_and_the_copy_stays() {
    for kind in [Kind::Database, Kind::Folder] {
        let (app, agency) = copied(kind).await;
        let away = TestApp::start().await.address.clone();
        let file = agency.path("pull.toml");
        let good = std::fs::read_to_string(&file).expect("settings");
        let other = agency.run(&[]).await;
        other.expect(0);
        // Nobody listens there any more; the mirror is another one's, which is said first.
        std::fs::write(&file, good.replacen(&app.address, &away, 1)).expect("settings");
        let ended = agency.run(&[]).await.expect(6);
        assert!(ended.said.contains("--full"), "{ended:?}");
        let ended = agency.run(&["--full"]).await.expect(3);
        assert!(ended.said.contains("does not answer"), "{ended:?}");
        assert_eq!(agency.ids("organisation").await.len(), 1_500, "readers never see it empty");
        std::fs::write(&file, good).expect("settings");
        agency.run(&["--verify"]).await.expect(0);
    }
}

#[actix_web::test]
async fn credentials_that_are_refused_end_in_4() {
    let app = TestApp::start().await;
    let agency = Agency::new(Kind::Folder, &app.address, &["product_dossier"]);
    let ended = agency.run(&[]).await.expect(4);
    assert!(ended.said.contains("401"), "{ended:?}");
    let key = agency.secret("key", "nonsense");
    let source = format!("key_file = \"{}\"", key.display());
    agency.settle(&source, "types = [\"organisation\"]\npatience_seconds = 2");
    let ended = agency.run(&[]).await.expect(4);
    assert!(ended.said.contains("unauthenticated"), "{ended:?}");
    // Somebody who is known and may not.
    let stranger = app.signed_in("stranger", &[]).await;
    agency.secret("key", stranger.token());
    agency.settle(&source, "types = [\"product_dossier\"]\npatience_seconds = 2");
    let ended = agency.run(&[]).await.expect(4);
    assert!(ended.said.contains("forbidden"), "{ended:?}");
}

#[actix_web::test]
async fn a_difference_that_was_planted_is_found_and_ends_in_5() {
    for kind in [Kind::Database, Kind::Folder] {
        let (_app, agency) = copied(kind).await;
        match kind {
            Kind::Database | Kind::Sqlite => {
                agency
                    .execute("UPDATE nq57_organisation SET data = '{}' WHERE id = '0000700'")
                    .await;
            }
            Kind::Folder => {
                let file = agency.path("mirror").join("organisation.1.ndjson");
                let text = std::fs::read_to_string(&file).expect("lines");
                std::fs::write(&file, text.replacen("\"text\":\"1 x", "\"text\":\"1 y", 1))
                    .expect("planted");
            }
        }
        agency.run(&["--quiet"]).await.expect(0);
        let ended = agency.run(&["--verify", "--json"]).await.expect(5);
        assert!(ended.said.contains("organisation in 1 of 256 parts"), "{ended:?}");
        let report = ended.report();
        assert_eq!(report["failure"]["exit"], 5, "{report}");
        assert!(
            report["failure"]["reason"].as_str().is_some_and(|text| text.contains("organisation"))
        );
        agency.run(&["--full", "--verify"]).await.expect(0);
    }
}

#[actix_web::test]
async fn a_mirror_that_is_damaged_or_of_a_newer_tool_ends_in_6_and_full_mends_it() {
    let (_app, agency) = copied(Kind::Database).await;
    agency.execute("DROP TABLE nq57_organisation").await;
    let ended = agency.run(&[]).await.expect(6);
    assert!(ended.said.contains("nq57_organisation") && ended.said.contains("--full"), "{ended:?}");
    agency.run(&["--full", "--verify"]).await.expect(0);
    if agency.is_sqlite() {
        agency.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
        let file = agency.path("mirror.sqlite");
        let bytes = std::fs::read(&file).expect("a file");
        std::fs::write(&file, &bytes[..bytes.len() / 2]).expect("cut short");
        let ended = agency.run(&[]).await.expect(6);
        assert!(ended.said.contains("damaged"), "{ended:?}");
        agency.run(&["--full", "--verify"]).await.expect(0);
    }
    agency
        .execute("UPDATE nq57_state SET value = replace(value, '\"form\":1', '\"form\":9')")
        .await;
    let ended = agency.run(&[]).await.expect(6);
    assert!(ended.said.contains("newer tool"), "{ended:?}");

    agency.run(&["--full"]).await.expect(6);
    agency
        .execute("UPDATE nq57_state SET value = replace(value, '\"form\":9', '\"form\":1')")
        .await;
    agency.run(&["--verify"]).await.expect(0);
    // Rows without what is known of them: also those that the source does not know any more are dropped then.
    agency.execute("DELETE FROM nq57_state").await;
    agency.execute("UPDATE nq57_organisation SET id = 'gone' WHERE id = '0000700'").await;
    let ended = agency.run(&[]).await.expect(6);
    assert!(ended.said.contains("nq57_state"), "{ended:?}");
    agency.run(&["--full", "--verify"]).await.expect(0);
    assert!(!agency.ids("organisation").await.contains(&"gone".to_owned()));
}

#[actix_web::test]
async fn a_folder_that_is_damaged_ends_in_6_and_full_mends_it() {
    let (_app, agency) = copied(Kind::Folder).await;
    let file = agency.path("mirror").join("organisation.1.ndjson");
    let bytes = std::fs::read(&file).expect("lines");
    // What was written after the last place is cut off; what is missing before it is damage.
    std::fs::write(&file, [bytes.as_slice(), b"{\"seq\":1,\"op\":\"ups"].concat()).expect("longer");
    agency.run(&["--verify"]).await.expect(0);
    std::fs::write(&file, &bytes[..bytes.len() / 2]).expect("cut short");
    let ended = agency.run(&[]).await.expect(6);
    assert!(ended.said.contains("organisation.1.ndjson"), "{ended:?}");
    agency.run(&["--full", "--verify"]).await.expect(0);
    std::fs::write(agency.path("mirror").join("state.json"), "{").expect("damaged");
    let ended = agency.run(&[]).await.expect(6);
    assert!(ended.said.contains("state.json"), "{ended:?}");
    agency.run(&["--full", "--verify"]).await.expect(0);
    let names = std::fs::read_dir(agency.path("mirror")).expect("a folder").flatten();
    let lines = names.filter(|entry| entry.path().extension().is_some_and(|end| end == "ndjson"));
    assert_eq!(lines.count(), 1, "the lines of one copy");
}
