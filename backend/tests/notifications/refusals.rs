//! A mail server that says for good that there is no such mailbox is believed, in its measure.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::Duration;
use nq57_backend::identity::accounts::notices::PasswordChanged;
use nq57_platform::config::{MailTransport, SmtpSecurity};
use nq57_platform::notifications::{Address, Notice, contacts};
use nq57_platform::outbox;
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::language::Language;
use nq57_shared::outbox::DeadLetter;
use nq57_shared::page::Page;

use super::contacts::{confirmed, waiting};
use super::tell;
use crate::harness::{TestApp, role};

const CITIZEN: &str = "ba.tam@xom-nui.example";

/// Takes letters, or says of each recipient that there is no such mailbox.
struct MailServer {
    port: u16,
    refuses: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl MailServer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let (refuses, asked) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let shared = (refuses.clone(), asked.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let (refuses, asked) = shared.clone();
                std::thread::spawn(move || talk(&connection, &refuses, &asked));
            }
        });
        Self { port, refuses, asked }
    }

    /// The same application, whose letters go there.
    async fn used_by(&self, app: &TestApp) -> AppState {
        let mut config = app.state.config.clone();
        config.mail.transport = MailTransport::Smtp;
        config.mail.smtp.host = "127.0.0.1".into();
        config.mail.smtp.port = self.port;
        config.mail.smtp.security = SmtpSecurity::None;
        let registry = app.state.registry;
        AppState::build(config, app.state.clock.clone(), registry).await.expect("a state")
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn talk(connection: &TcpStream, refuses: &AtomicBool, asked: &AtomicUsize) -> Option<()> {
    let mut writer = connection;
    let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).ok();
    let mut lines = BufReader::new(connection).lines().map_while(Result::ok);
    say("220 mail.example")?;
    while let Some(line) = lines.next() {
        match line.get(..4).unwrap_or_default().to_uppercase().as_str() {
            "RCPT" => {
                asked.fetch_add(1, Ordering::SeqCst);
                let recipient = line.split(':').next_back().unwrap_or_default().to_owned();
                match refuses.load(Ordering::SeqCst) {
                    true => say(&format!("550 5.1.1 {recipient}: no such mailbox"))?,
                    false => say("250 ok")?,
                }
            }
            "DATA" => {
                say("354 go on")?;
                lines.by_ref().find(|line| line == ".")?;
                say("250 taken")?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
    None
}

async fn deliver_all(state: &AppState) {
    while outbox::deliver_due(state).await.expect("delivered") > 0 {}
}

async fn dead_letters(app: &TestApp) -> Vec<DeadLetter> {
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let page: Page<DeadLetter> = admin.get("/outbox/dead-letters").await.expect(200).read_as();
    page.items
}

#[actix_web::test]
async fn the_address_of_a_contact_that_refuses_is_left_alone_after_three_letters() {
    let app = TestApp::start().await;
    let case = confirmed(&app, CITIZEN).await;
    let server = MailServer::start();
    let state = server.used_by(&app).await;
    let tell_twice = async |day: &str| {
        for n in 0..2 {
            tell(&state, waiting(case, &format!("{day} {n}"))).await;
            deliver_all(&state).await;
        }
    };
    // Two that are refused, one that is taken: it counts from the beginning.
    tell_twice("monday").await;
    app.advance(Duration::hours(3));
    deliver_all(&state).await;
    assert_eq!(server.asked(), 2, "what is refused for good is not tried again");
    server.refuses.store(false, Ordering::SeqCst);
    tell(&state, waiting(case, "tuesday")).await;
    deliver_all(&state).await;
    server.refuses.store(true, Ordering::SeqCst);
    tell_twice("wednesday").await;
    tell_twice("thursday").await;
    assert_eq!(server.asked(), 6, "the third refusal in a row was the last");
    let standing = contacts::standing_of(&app.state.db, case).await.expect("read");
    assert!(standing.expect("known").is_refusing);
    assert!(dead_letters(&app).await.is_empty());
}

#[actix_web::test]
async fn a_letter_to_an_account_that_is_refused_is_a_dead_letter_at_once_without_the_address() {
    let app = TestApp::start().await;
    let server = MailServer::start();
    let state = server.used_by(&app).await;
    let address =
        Address { email: CITIZEN.into(), name: "Bà Tám".into(), language: Language::Vi };
    tell(&state, Notice::new(&PasswordChanged {}).at("/dang-nhap").to([address])).await;
    deliver_all(&state).await;
    app.advance(Duration::hours(3));
    deliver_all(&state).await;
    assert_eq!(server.asked(), 1);
    let dead = dead_letters(&app).await;
    assert_eq!(dead.len(), 1);
    assert!(dead[0].last_error.contains("550"), "{}", dead[0].last_error);
    assert!(!dead[0].last_error.contains("xom-nui"), "{}", dead[0].last_error);
}
