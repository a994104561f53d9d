//! Who runs the platform and how to reach them, as the server's configuration says.
//! Refuses to show a heading or a label for what is not known.

use leptos::prelude::*;

use crate::i18n::tr;
use crate::state::site;

/// Name, telephone, mail, counter and site, each that is known on a line of its own.
#[component]
pub fn Contact() -> impl IntoView {
    use tr::ui::contact as words;
    move || {
        site::operator().map(|operator| {
            let phone = operator.phone.map(|phone| {
                let digits: String =
                    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
                view! { <li>{words::phone} " " <a class="keep" href=format!("tel:{digits}")>{phone}</a></li> }
            });
            let email = operator.email.map(|email| {
                view! { <li>{words::email} " " <a href=format!("mailto:{email}")>{email.clone()}</a></li> }
            });
            let url = operator
                .url
                .map(|url| view! { <li><a href=url.clone() rel="external">{url.clone()}</a></li> });
            view! {
                <ul class="links stack" data-gap="s" data-contact=true>
                    <li>
                        <strong>{operator.name}</strong>
                    </li>
                    {phone}
                    {email}
                    {operator.address.map(|address| view! { <li>{address}</li> })}
                    {url}
                </ul>
            }
        })
    }
}

/// Whom to ask, in one line: where something has failed.
#[component]
pub fn HelpLine() -> impl IntoView {
    use tr::ui::contact as words;
    move || {
        site::operator().map(|operator| {
            let phone = operator.phone.map(|phone| {
                let digits: String =
                    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
                view! { " " <a class="keep" href=format!("tel:{digits}")>{phone}</a> }
            });
            let email = operator
                .email
                .map(|email| view! { " " <a href=format!("mailto:{email}")>{email.clone()}</a> });
            view! { <p class="small">{words::help} " " {operator.name} ":" {phone} {email}</p> }
        })
    }
}
