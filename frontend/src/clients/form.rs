//! What is typed about a client, when it is made and when it is changed.

use chrono::NaiveDate;
use leptos::prelude::*;
use nq57_shared::access::ClientScope;
use nq57_shared::clients::{ApiClient, ApiClientDraft, ROWS_MAX};
use nq57_shared::organisations::OrganisationName;
use nq57_shared::time::{end_of_vietnam_day, vietnam_date};
use nq57_ui::components::{CheckboxChoices, DateField, Repeat, TextArea, TextField};
use nq57_ui::i18n::{Text, tr};

use super::view_model::{lines, named, scope_choices};
use crate::organisations::picker::OrganisationPicker;
use crate::reference::{List, choices};

/// Most characters of what it is for.
const PURPOSE_MAX: usize = 500;

/// The fields.
#[derive(Clone, Copy)]
pub struct Fields {
    name: RwSignal<String>,
    purpose: RwSignal<String>,
    scopes: RwSignal<Vec<String>>,
    provinces: RwSignal<Vec<String>>,
    organisations: RwSignal<Vec<Row>>,
    networks: RwSignal<String>,
    ends_on: RwSignal<Option<NaiveDate>>,
}

/// An organisation that is being chosen.
#[derive(Clone, Copy)]
struct Row {
    id: RwSignal<String>,
    known: StoredValue<Vec<OrganisationName>>,
}

impl Row {
    fn new(known: Vec<OrganisationName>) -> Self {
        let id = known.first().map(|one| one.id.to_string()).unwrap_or_default();
        Self { id: RwSignal::new(id), known: StoredValue::new(known) }
    }
}

impl Fields {
    /// Of a new client: what is public, and nothing else yet.
    pub fn new() -> Self {
        let public = ClientScope::ProductsRead.as_str().to_owned();
        Self {
            name: RwSignal::new(String::new()),
            purpose: RwSignal::new(String::new()),
            scopes: RwSignal::new(vec![public]),
            provinces: RwSignal::new(Vec::new()),
            organisations: RwSignal::new(Vec::new()),
            networks: RwSignal::new(String::new()),
            ends_on: RwSignal::new(None),
        }
    }

    /// As the client stands.
    pub fn of(client: &ApiClient) -> Self {
        let scopes = client.wanted.scopes.iter().map(|scope| scope.as_str().to_owned());
        let organisations = client.wanted.organisations.iter();
        let organisations = organisations.filter_map(|id| named(&client.organisations, id));
        Self {
            name: RwSignal::new(client.name.clone()),
            purpose: RwSignal::new(client.purpose.clone()),
            scopes: RwSignal::new(scopes.collect()),
            provinces: RwSignal::new(client.wanted.provinces.clone()),
            organisations: RwSignal::new(
                organisations.map(|one| Row::new(vec![one.clone()])).collect(),
            ),
            networks: RwSignal::new(client.networks.join("\n")),
            ends_on: RwSignal::new(client.expires_at.map(vietnam_date)),
        }
    }

    /// What is typed now.
    pub fn draft(self) -> ApiClientDraft {
        let scopes = self.scopes.get_untracked();
        let rows = self.organisations.get_untracked();
        ApiClientDraft {
            name: self.name.get_untracked(),
            purpose: self.purpose.get_untracked(),
            scopes: scopes.iter().filter_map(|scope| ClientScope::parse(scope)).collect(),
            provinces: self.provinces.get_untracked(),
            organisations: rows
                .iter()
                .filter_map(|row| row.id.get_untracked().parse().ok())
                .collect(),
            networks: lines(&self.networks.get_untracked()),
            expires_at: self.ends_on.get_untracked().map(end_of_vietnam_day),
        }
    }
}

/// The fields, to stand in a form.
#[component]
pub fn FieldsView(fields: Fields) -> impl IntoView {
    use tr::clients as words;
    let row = |index: usize, row: Row| {
        let label = Text::from(move || words::organisation(index + 1));
        view! {
            <OrganisationPicker name=format!("/organisations/{index}") label value=row.id known=row.known.get_value() empty=words::choose_organisation/>
        }
    };
    view! {
        <TextField name="/name" label=words::name hint=words::name_hint value=fields.name autocomplete="off"/>
        <TextArea name="/purpose" label=words::purpose hint=words::purpose_hint value=fields.purpose rows=3 limit=PURPOSE_MAX/>
        <CheckboxChoices name="/scopes" label=words::scopes value=fields.scopes options=Signal::derive(scope_choices)/>
        <h2 class="t-m">{words::rows}</h2>
        <p class="muted">{words::rows_text}</p>
        <CheckboxChoices name="/provinces" label=words::provinces value=fields.provinces options=choices(List::Provinces) wide=true optional=true/>
        <Repeat name="/organisations" label=words::organisations hint=words::organisations_hint rows=fields.organisations make=move || Row::new(Vec::new()) row add=words::organisation_add limit=ROWS_MAX/>
        <TextArea name="/networks" label=words::networks hint=words::networks_hint value=fields.networks rows=3 optional=true/>
        <DateField name="/expires_at" label=words::expires value=fields.ends_on optional=true/>
    }
}
