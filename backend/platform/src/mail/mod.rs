//! Sending mail: to files or by SMTP. Knows no domain noun and no template.
//! A letter sent twice under one id is one file, and carries one Message-ID.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use nq57_core::text;
use nq57_core::time::Timestamp;
use uuid::Uuid;

use crate::config::{Config, MailTransport, Smtp, SmtpSecurity};

const SMTP_LIMIT: Duration = Duration::from_secs(20);

/// A letter to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Makes it one of a kind.
    pub id: Uuid,
    pub to_address: String,
    pub to_name: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// Where the recipient ends such letters, for mail programs that show a button (RFC 2369).
    pub stop: Option<String>,
    pub sent_at: Timestamp,
}

/// Why a letter did not leave.
#[derive(Debug)]
pub enum Failure {
    /// The server of the recipient takes no letter to this address, now or later.
    Refused(String),
    /// Another try may help.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// How letters leave.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    transport: Transport,
}

#[derive(Clone)]
enum Transport {
    /// One `.eml` file for each letter.
    File(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Mailer {
    /// The mailer of this configuration. No connection is made yet.
    ///
    /// # Errors
    /// A sender that is no address, a folder that cannot be made, a host name that TLS cannot use.
    pub fn from_config(config: &Config) -> anyhow::Result<Self> {
        let from = config.mail.from.parse().context("mail.from is not `Name <address>`")?;
        let transport = match config.mail.transport {
            MailTransport::File => {
                let folder =
                    config.mail.dir.clone().unwrap_or_else(|| config.data_dir.join("mail"));
                std::fs::create_dir_all(&folder)
                    .with_context(|| format!("cannot make the folder {}", folder.display()))?;
                Transport::File(folder)
            }
            MailTransport::Smtp => Transport::Smtp(smtp(&config.mail.smtp)?),
        };
        Ok(Self { from, transport })
    }

    /// Sends the letter.
    ///
    /// # Errors
    /// An address that mail does not know or that its server refuses, a full disk, an answer of the mail server. No
    /// text names an address.
    pub async fn send(&self, letter: &Letter) -> Result<(), Failure> {
        let message = self.message(letter)?;
        match &self.transport {
            Transport::File(folder) => {
                let path = folder.join(format!("{}.eml", letter.id));
                let unfinished = folder.join(format!("{}.part", letter.id));
                let write = async {
                    tokio::fs::write(&unfinished, message.formatted()).await?;
                    tokio::fs::rename(&unfinished, &path).await
                };
                write.await.map_err(|error| Failure::Other(error.into()))?;
            }
            Transport::Smtp(transport) => {
                transport.send(message).await.map_err(|error| failure(&error))?;
            }
        }
        Ok(())
    }

    fn message(&self, letter: &Letter) -> anyhow::Result<Message> {
        let address: Address =
            letter.to_address.parse().context("the recipient's address is not valid")?;
        // A line end in a header would begin another one.
        let name = Some(text::line(&letter.to_name)).filter(|name| !name.is_empty());
        let message_id = format!("<{}@{}>", letter.id, self.from.email.domain());
        let mut message = Message::builder()
            .message_id(Some(message_id))
            .date(SystemTime::from(letter.sent_at))
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .subject(text::line(&letter.subject))
            .raw_header(raw_header("Auto-Submitted", "auto-generated".to_owned())?);
        if let Some(stop) = &letter.stop {
            let value = format!("<{}>", text::line(stop));
            message = message.raw_header(raw_header("List-Unsubscribe", value)?);
        }
        message
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .context("the letter cannot be written")
    }
}

fn raw_header(name: &str, value: String) -> anyhow::Result<HeaderValue> {
    Ok(HeaderValue::new(HeaderName::new_from_ascii(name.to_owned())?, value))
}

fn failure(error: &lettre::transport::smtp::Error) -> Failure {
    let code = error.status().map(|code| code.to_string());
    let said = without_addresses(&error.to_string());
    match code {
        Some(code) if is_about_the_mailbox(&code, &said) => Failure::Refused(said),
        _ => {
            let error = anyhow::anyhow!(said);
            Failure::Other(error.context("the mail server did not take the letter"))
        }
    }
}

/// Whether the server says for good that there is no such mailbox, or that it takes nothing. What it says of the
/// sender, of its own rules or of this server is no fault of the recipient.
fn is_about_the_mailbox(code: &str, said: &str) -> bool {
    const OF_THE_MAILBOX: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];
    let mut words = said.split(|c: char| !c.is_ascii_digit() && c != '.');
    let enhanced = words.find(|word| word.starts_with("5.") && word.matches('.').count() == 2);
    ["550", "551", "553"].contains(&code)
        && enhanced.is_none_or(|enhanced| OF_THE_MAILBOX.contains(&enhanced))
}

/// Mail servers repeat the address that they refuse; logs and lists of operators do not.
fn without_addresses(said: &str) -> String {
    let words = said.split_whitespace().map(|word| if word.contains('@') { "<…>" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

fn smtp(smtp: &Smtp) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let tls =
        || TlsParameters::new(smtp.host.clone()).context("mail.smtp.host cannot be used for TLS");
    let tls = match smtp.security {
        SmtpSecurity::Starttls => Tls::Required(tls()?),
        SmtpSecurity::Tls => Tls::Wrapper(tls()?),
        SmtpSecurity::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(SMTP_LIMIT));
    if let (Some(username), Some(password)) = (&smtp.username, &smtp.password) {
        builder =
            builder.credentials(Credentials::new(username.clone(), password.expose().clone()));
    }
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to_name: &str, subject: &str) -> Letter {
        Letter {
            id: Uuid::nil(),
            to_address: "an@congty.example".into(),
            to_name: to_name.into(),
            subject: subject.into(),
            stop: Some("https://cong.example/thu\r\nBcc: x@y.example".into()),
            text: "Hồ sơ đã được tiếp nhận.\n\nCổng sản phẩm".into(),
            sent_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn mailer(dir: &std::path::Path) -> Mailer {
        let mut config = Config { data_dir: dir.to_owned(), ..Config::default() };
        config.mail.from = "Cổng <no-reply@nq57.example>".into();
        Mailer::from_config(&config).expect("a mailer")
    }

    #[actix_web::test]
    async fn a_letter_sent_twice_is_one_file_and_headers_cannot_be_injected() {
        let dir = tempfile::tempdir().expect("a folder");
        let mailer = mailer(dir.path());
        let letter = letter("An\r\nBcc: x@y.example", "Đã nhận\r\nBcc: x@y.example");
        mailer.send(&letter).await.expect("sent");
        mailer.send(&letter).await.expect("sent again");
        let files: Vec<_> = std::fs::read_dir(dir.path().join("mail")).expect("mail").collect();
        assert_eq!(files.len(), 1);
        let path = files[0].as_ref().expect("a file").path();
        let text = std::fs::read_to_string(path).expect("text");
        assert!(text.contains("Message-ID: <00000000-0000-0000-0000-000000000000@nq57.example>"));
        assert!(text.contains("Auto-Submitted: auto-generated"));
        assert!(text.contains("List-Unsubscribe: <https://cong.example/thu"), "{text}");
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
    }

    proptest::proptest! {
        /// What is taken at the door can be written to: else it would wait in the outbox for nothing.
        #[test]
        fn every_address_that_is_accepted_can_be_mailed(
            text in "[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,8}@[a-z0-9.-]{1,12}"
        ) {
            let accepted = nq57_core::validate::is_email(&text);
            proptest::prop_assert!(!accepted || text.parse::<Address>().is_ok(), "{}", text);
        }
    }

    #[actix_web::test]
    async fn an_address_that_is_none_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut letter = letter("An", "x");
        letter.to_address = "not an address".into();
        assert!(mailer(dir.path()).send(&letter).await.is_err());
    }

    #[test]
    fn a_mailbox_that_is_refused_is_told_from_a_server_that_is() {
        for (code, said) in [
            ("550", "permanent error (550): No such user here"),
            ("550", "permanent error (550): 5.1.1 <…>: Recipient address rejected: User unknown"),
            ("553", "permanent error (553): 5.1.3 bad address"),
        ] {
            assert!(is_about_the_mailbox(code, said), "{said}");
        }
        for (code, said) in [
            ("554", "permanent error (554): Transaction failed"),
            ("550", "permanent error (550): 5.7.1 Relaying denied"),
            ("553", "permanent error (553): 5.1.8 sender domain unknown"),
            ("451", "transient error (451): 4.7.1 Greylisted"),
        ] {
            assert!(!is_about_the_mailbox(code, said), "{said}");
        }
        assert_eq!(without_addresses("550 5.1.1 <An@x.example>: unknown"), "550 5.1.1 <…> unknown");
    }
}
