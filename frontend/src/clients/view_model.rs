//! What the pages of clients say: words for codes, and commands that can be copied and run.

use nq57_shared::access::ClientScope;
use nq57_shared::clients::{ApiClient, ApiClientState, ApiSecretKind, NewApiSecret};
use nq57_shared::organisations::OrganisationName;
use nq57_ui::components::{Choice, Tone};
use nq57_ui::i18n::tr;

/// What the scope opens, in words; reactive.
pub fn scope_name(scope: ClientScope) -> &'static str {
    use tr::clients::scope as words;
    match scope {
        ClientScope::ProductsRead => words::products_read(),
        ClientScope::ChangesRead => words::changes_read(),
        ClientScope::DossiersRead => words::dossiers_read(),
        ClientScope::CasesRead => words::cases_read(),
    }
}

/// All scopes to choose from; what an administrator confirms says so.
pub fn scope_choices() -> Vec<Choice> {
    let choice = |scope: ClientScope| {
        let choice = Choice::new(scope.as_str(), move || scope_name(scope));
        match scope.needs_confirmation() {
            true => choice.with_hint(tr::clients::needs_confirmation),
            false => choice,
        }
    };
    ClientScope::ALL.iter().copied().map(choice).collect()
}

pub fn state_name(state: ApiClientState) -> &'static str {
    use tr::clients::states as words;
    match state {
        ApiClientState::Active => words::active(),
        ApiClientState::Suspended => words::suspended(),
        ApiClientState::Expired => words::expired(),
        ApiClientState::OrganisationUnconfirmed => words::organisation_unconfirmed(),
    }
}

pub const fn state_tone(state: ApiClientState) -> Tone {
    match state {
        ApiClientState::Active => Tone::Ok,
        ApiClientState::Suspended => Tone::Bad,
        ApiClientState::Expired | ApiClientState::OrganisationUnconfirmed => Tone::Warn,
    }
}

pub fn kind_name(kind: ApiSecretKind) -> &'static str {
    use tr::clients::kind as words;
    match kind {
        ApiSecretKind::Key => words::plain_key(),
        ApiSecretKind::ClientSecret => words::client_secret(),
    }
}

/// A command for a shell that works as it is copied: with a key the first rows of whatever it may read, with a secret a
/// token.
pub fn command(origin: &str, made: &NewApiSecret, kind: ApiSecretKind) -> String {
    let secret = &made.secret;
    match kind {
        ApiSecretKind::Key => {
            let path = first_path(&made.client);
            format!("curl -H \"Authorization: Bearer {secret}\" \"{origin}/api/v1{path}\"")
        }
        ApiSecretKind::ClientSecret => format!(
            "curl -u \"{}:{secret}\" -d grant_type=client_credentials \"{origin}/api/v1/oauth/token\"",
            made.client.id
        ),
    }
}

/// What the client may read now.
fn first_path(client: &ApiClient) -> &'static str {
    let has = |scope| client.in_force.scopes.contains(&scope);
    if has(ClientScope::ProductsRead) {
        "/products?limit=5"
    } else if has(ClientScope::CasesRead) {
        "/cases?limit=5"
    } else {
        "/reference"
    }
}

/// The lines of a text, without those that say nothing.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The organisation of this id among those that are named.
pub fn named<'a>(
    all: &'a [OrganisationName],
    id: &nq57_shared::ids::OrganisationId,
) -> Option<&'a OrganisationName> {
    all.iter().find(|one| one.id == *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_was_typed_without_what_says_nothing() {
        assert_eq!(lines(" 203.0.113.0/24 \n\n\t2001:db8::1\n"), ["203.0.113.0/24", "2001:db8::1"]);
        assert!(lines(" \n ").is_empty());
    }
}
