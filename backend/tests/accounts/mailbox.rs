//! What has been mailed to an address, decoded.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nq57_platform::outbox;

use crate::harness::TestApp;

/// Delivers what is due and reads the letters to this address, oldest first.
pub async fn letters(app: &TestApp, email: &str) -> Vec<String> {
    while outbox::deliver_due(&app.state).await.expect("delivery") > 0 {}
    let folder = app.state.config.data_dir.join("mail");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of mails")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|file| std::fs::read_to_string(file).expect("a letter"))
        .filter(|letter| letter.lines().any(|line| line.starts_with("To:") && line.contains(email)))
        .map(|letter| body(&letter))
        .collect()
}

/// The token of the link in the last letter to this address.
pub async fn token(app: &TestApp, email: &str) -> String {
    let letters = letters(app, email).await;
    token_in(letters.last().expect("a letter"))
}

pub fn token_in(letter: &str) -> String {
    let (_, rest) = letter.split_once("?token=").expect("a link with a token");
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

fn body(letter: &str) -> String {
    let (head, body) = letter.split_once("\r\n\r\n").expect("head and body");
    let encoding = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Transfer-Encoding: "))
        .unwrap_or("7bit");
    let bytes = match encoding.trim() {
        "base64" => STANDARD.decode(body.split_whitespace().collect::<String>()).expect("base64"),
        "quoted-printable" => quoted_printable(body),
        _ => body.as_bytes().to_vec(),
    };
    String::from_utf8(bytes).expect("text")
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'=' {
            bytes.push(*first);
            continue;
        }
        let code = std::str::from_utf8(&rest[..2]).expect("two digits");
        bytes.push(u8::from_str_radix(code, 16).expect("a byte"));
        rest = &rest[2..];
    }
    bytes
}
