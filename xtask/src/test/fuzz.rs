//! The API document thrown at a demo server by schemathesis, with a fixed seed: by nobody in
//! particular, by each role and by a client. Refuses an answer of 5xx, one that the document does not promise, and
//! whatever else its checks find. `NQ57_SCHEMATHESIS_EXAMPLES` makes it thorough.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Tally;
use crate::cargo;
use crate::process;
use crate::process::TemporaryFolder;
use crate::server::{PrivateServer, Setting};
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// Pins schemathesis and everything below it.
pub const REQUIREMENTS: &str = "xtask/schemathesis.txt";

/// How many inputs an operation gets from each caller.
const EXAMPLES: &str = "NQ57_SCHEMATHESIS_EXAMPLES";
const FEW: &str = "2";

/// Every bound of every schema: thousands of requests, hence for two callers.
const THOROUGH: &str = "examples,coverage,fuzzing";
const QUICK: &str = "examples,fuzzing";

/// Who asks, and how much: those who can break most come last.
const CALLERS: [(&str, Option<&str>, &str); 8] = [
    ("anonymous", None, THOROUGH),
    ("submitter", Some("company@nq57.example"), QUICK),
    ("evaluator", Some("evaluator1@nq57.example"), QUICK),
    ("panel chair", Some("chair@nq57.example"), QUICK),
    ("intake officer", Some("intake@nq57.example"), QUICK),
    ("publisher", Some("publisher@nq57.example"), QUICK),
    (CLIENT, None, QUICK),
    ("administrator", Some(ADMINISTRATOR), THOROUGH),
];

const ADMINISTRATOR: &str = "admin@nq57.example";
/// Comes with a key.
const CLIENT: &str = "client";

pub fn run(workspace: &Workspace) -> Result<Tally> {
    setup::ensure(&[Need::Compiler, Need::PythonVenv])?;
    let tools = setup::ensure_python_tool(workspace, "schemathesis", REQUIREMENTS)?;
    let binary = cargo::build_server_beside_tests(workspace)?;
    let folder = TemporaryFolder::new("schemathesis")?;
    // A thorough run takes longer than a token lives.
    let variables = [("NQ57_ACCOUNTS__ACCESS_TOKEN_MINUTES", "60".to_owned())];
    let setting =
        Setting { name: "schemathesis", data: folder.path(), demo: true, variables: &variables };
    let server = PrivateServer::start(workspace, &binary, &setting)?;
    let scratch = workspace.target().join("schemathesis");
    std::fs::create_dir_all(&scratch)?;
    let examples = std::env::var(EXAMPLES).unwrap_or_else(|_| FEW.to_owned());
    let mut tally = Tally::default();
    // All at once: what callers try at signing in may lock somebody out later.
    let tokens: Vec<Option<String>> = CALLERS
        .iter()
        .map(|(name, email, _)| match email {
            Some(email) => server.sign_in(email).map(Some),
            None if *name == CLIENT => client_key(&server).map(Some),
            None => Ok(None),
        })
        .collect::<Result<_>>()?;
    for ((name, _, phases), token) in CALLERS.into_iter().zip(tokens) {
        let mut command = Command::new(tools.join("schemathesis"));
        command
            .args(["--config-file"])
            .arg(workspace.path("xtask/schemathesis.toml"))
            .args(["run", "--no-color", "--origin", &server.origin, "--max-examples", &examples])
            // A thorough run is thorough for everybody.
            .args(["--phases", if examples == FEW { phases } else { THOROUGH }])
            .arg(format!("{}/api/openapi.json", server.origin))
            .env("SCHEMATHESIS_HOOKS", workspace.path("xtask/schemathesis_hooks.py"))
            .env("NQ57_SCHEMATHESIS_ORIGIN", &server.origin)
            .env("NO_PROXY", "127.0.0.1")
            .current_dir(&scratch)
            .stdin(Stdio::null());
        if let Some(token) = token {
            command.args(["--header", &format!("Authorization: Bearer {token}")]);
            command.env("NQ57_SCHEMATHESIS_TOKEN", token);
        }
        let report = scratch.join(format!("{}.log", name.replace(' ', "-")));
        let output = std::fs::File::create(&report)?;
        command.stdout(output.try_clone()?).stderr(output);
        let status = process::status(&mut command)?;
        let text = std::fs::read_to_string(&report).context("schemathesis said nothing")?;
        println!("{name}: {}", cases(&text));
        if status.success() {
            tally.passed += 1;
        } else {
            println!("{text}");
            tally.failures.push(format!("{name}: {status}, see {}", report.display()));
        }
    }
    if !tally.failures.is_empty() {
        println!("the server's log is {}; its end:\n{}", server.log.display(), server.last_words());
    }
    Ok(tally)
}

/// A key of a client that may do all that clients may, in one province.
fn client_key(server: &PrivateServer) -> Result<String> {
    let bearer = format!("Bearer {}", server.sign_in(ADMINISTRATOR)?);
    let post = |path: &str, revision: Option<&Value>, body: Value| -> Result<Value> {
        let seen = revision.map(|revision| format!("\"{revision}\""));
        let mut headers = vec![("Authorization", bearer.as_str())];
        headers.extend(seen.as_deref().map(|seen| ("If-Match", seen)));
        server.ask("POST", &format!("/api/v1{path}"), &headers, Some(&body))?.json()
    };
    let text = |thing: &Value, member: &str| -> Result<String> {
        let found = thing.get(member).and_then(Value::as_str);
        Ok(found.with_context(|| format!("no `{member}` in {thing}"))?.to_owned())
    };
    let institute = json!({"name": "Viện Thử nghiệm", "kind": "institute"});
    let organisation = post("/organisations", None, institute)?;
    let path = format!("/organisations/{}", text(&organisation, "id")?);
    post(&format!("{path}/verify"), organisation.get("revision"), json!({}))?;
    let wanted = json!({
        "name": "Kho dữ liệu", "purpose": "Thử nghiệm.", "provinces": ["92"],
        "scopes": ["products:read", "changes:read", "dossiers:read", "cases:read"],
    });
    let client = post(&format!("{path}/api-clients"), None, wanted)?;
    let path = format!("/api-clients/{}", text(&client, "id")?);
    let confirm = json!({"event": "confirm"});
    let client = post(&format!("{path}/events"), client.get("revision"), confirm)?;
    let key = json!({"kind": "key"});
    text(&post(&format!("{path}/secrets"), client.get("revision"), key)?, "secret")
}

/// What schemathesis counts at its end.
fn cases(report: &str) -> String {
    let lines: Vec<&str> = report.lines().map(str::trim).collect();
    let start = lines.iter().position(|line| line.starts_with("Test cases:"));
    let told = start.and_then(|start| lines.get(start..)).unwrap_or_default();
    let told = told.iter().take_while(|line| !line.is_empty() && !line.starts_with("Seed"));
    told.copied().collect::<Vec<_>>().join("; ")
}
