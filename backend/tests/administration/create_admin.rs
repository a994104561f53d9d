//! The first administrator, from the command line.

use nq57_backend::identity::administration::create_admin;

use crate::accounts::{log_in, with_token_of};
use crate::harness::TestApp;

#[actix_web::test]
async fn the_first_administrator_signs_in_with_the_password_that_was_printed_once() {
    let app = TestApp::start().await;
    let made = create_admin(&app.state, " Admin@Test.example ", None, None).await.expect("made");
    let password = made.generated_password.expect("a password");
    let answer = log_in(&app, "admin@test.example", &password).await;
    with_token_of(&app, &answer).get("/accounts").await.expect(200);

    let given = create_admin(&app.state, "b@test.example", Some("B"), Some("mot-cau-de-nho")).await;
    assert!(given.expect("made").generated_password.is_none());
    for (email, password) in [
        ("admin@test.example", "mot-cau-de-nho"),
        ("khong-phai-thu", "mot-cau-de-nho"),
        ("c@test.example", "ngan"),
    ] {
        assert!(create_admin(&app.state, email, None, Some(password)).await.is_err(), "{email}");
    }
}
