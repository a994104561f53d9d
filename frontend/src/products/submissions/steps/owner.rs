//! Step 5: who owns the product, and whom to contact.

use leptos::prelude::*;
use nq57_shared::problem::FieldCode;
use nq57_shared::products::draft::OwnerType;
use nq57_ui::components::{Choice, RadioChoices, TextField, TextKind};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::session;

use super::super::fields::Fields;
use crate::products::view_model;

/// Owner and contact.
#[component]
pub(in super::super) fn OwnerFields(fields: Fields) -> impl IntoView {
    use tr::products::field;
    use tr::submissions::owner as words;
    let is_person =
        Memo::new(move |_| fields.owner_type.with(|kind| kind == OwnerType::Person.as_str()));
    let types = Signal::stored(
        [OwnerType::Organisation, OwnerType::Person]
            .into_iter()
            .map(|kind| Choice::new(kind.as_str(), move || view_model::owner_type(kind)))
            .collect::<Vec<_>>(),
    );
    let name_label =
        Text::from(
            move || if is_person.get() { words::name_person() } else { words::name_organisation() },
        );
    Effect::new(move |before: Option<bool>| {
        let is_person = is_person.get();
        if before.is_some_and(|before| before != is_person) {
            let typed = fields.owner_name.get_untracked();
            // What was typed stays; what we filled in belongs to the other kind of owner.
            if typed.trim().is_empty() || Some(&typed) == known_name(!is_person).as_ref() {
                fields.owner_name.set(known_name(is_person).unwrap_or_default());
            }
        }
        is_person
    });
    view! {
        <p class="muted measure">{words::prefilled}</p>
        {move || (!is_person.get()).then(|| view! {
            <p class="muted measure">{tr::organisations::together}" "<a href="/to-chuc">{tr::organisations::title}</a></p>
        })}
        <RadioChoices name="/owner/type" label=field::owner_type value=fields.owner_type options=types wide=true/>
        <TextField name="/owner/name" label=name_label value=fields.owner_name autocomplete="organization"/>
        {move || (!is_person.get()).then(|| view! {
            <TextField name="/owner/tax_code" label=field::tax_code value=fields.tax_code hint=words::tax_hint own_words=(FieldCode::InvalidFormat, Text::from(field::tax_code_expected)) kind=TextKind::Digits autocomplete="off" narrow=true/>
        })}
        <h2>{words::contact}</h2>
        <TextField name="/owner/contact/name" label=field::contact_name value=fields.contact_name autocomplete="name"/>
        <TextField name="/owner/contact/email" label=field::contact_email value=fields.contact_email kind=TextKind::Email autocomplete="email"/>
        <TextField name="/owner/contact/phone" label=field::contact_phone value=fields.contact_phone kind=TextKind::Phone autocomplete="tel"/>
        <TextField name="/owner/contact/address" label=field::contact_address value=fields.contact_address autocomplete="street-address" optional=true/>
    }
}

/// What the account tells of the owner: the person, or the first organisation.
fn known_name(is_person: bool) -> Option<String> {
    let account = untrack(session::account)?;
    match is_person {
        true => Some(account.display_name),
        false => account.organisations.into_iter().next().map(|one| one.organisation_name),
    }
}
