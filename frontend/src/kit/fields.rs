//! Fields of every kind, with errors on demand; upload; marks.

use leptos::prelude::*;
use nq57_ui::components::{
    Button, ButtonKind, Checkbox, CheckboxChoices, Choice, Criterion, DateField, FileRow,
    FileState, Form, FormAlert, FormError, FormView, NumberField, RadioChoices, Repeat, Score,
    Select, TextArea, TextField, TextKind, Upload,
};
use nq57_ui::i18n::{Text, tr};

use super::Section;

/// Everything that takes input.
#[component]
pub(super) fn Fields() -> impl IntoView {
    view! {
        <Section id="fields" title=tr::kit::fields::title>
            <SampleForm/>
        </Section>
        <Section id="upload" title=tr::kit::upload::title>
            <SampleUpload/>
        </Section>
        <Section id="score" title=tr::kit::score::title>
            <SampleScore/>
        </Section>
    }
}

#[component]
fn SampleForm() -> impl IntoView {
    use tr::kit::fields as words;
    let form = Form::new();
    let text = |value: &str| RwSignal::new(value.to_owned());
    let (name, email, password, note) = (text("Trần Minh Hạnh"), text("hanh@"), text(""), text(""));
    let (province, sender, news) =
        (text("92"), text("person"), RwSignal::new(vec!["mail".to_owned()]));
    let (area, since, consent) =
        (RwSignal::new(Some(1260_u64)), RwSignal::new(None), RwSignal::new(true));
    let links = RwSignal::new(vec![text("https://nq57.example/lua-trung")]);
    let wrong = move || {
        let errors = vec![
            FormError::new("/email", words::email_error),
            FormError::new("/since", tr::ui::not_a_day),
            FormError::new("/as", words::organisation_hint),
            FormError::new("/links/0", words::links_hint),
        ];
        form.refuse(errors, None);
    };
    let refused = move || {
        form.refuse(
            Vec::new(),
            Some(FormAlert {
                title: Text::from(words::general),
                detail: Some(Text::from(tr::problem::offline_detail)),
            }),
        )
    };
    let provinces = vec![
        Choice::new("01", "Hà Nội"),
        Choice::new("92", "Cần Thơ"),
        Choice::new("96", "Cà Mau"),
    ];
    let senders = vec![
        Choice::new("person", words::person),
        Choice::new("organisation", words::organisation).with_hint(words::organisation_hint),
        Choice::new("agency", words::agency).with_hint(words::agency_hint).disabled(),
    ];
    let channels = vec![Choice::new("mail", words::mail), Choice::new("sms", words::sms)];
    let link = move |index: usize, value: RwSignal<String>| {
        view! { <TextField name=format!("/links/{index}") label=words::links_one value kind=TextKind::Url autocomplete="url"/> }
    };
    view! {
        <div>
            <FormView form tight=true on_submit=wrong>
                <div class="split" data-even=true>
                    <div>
                        <TextField name="/name" label=words::name hint=words::name_hint value=name autocomplete="name"/>
                        <TextField name="/email" label=words::email value=email kind=TextKind::Email autocomplete="email"/>
                        <TextField name="/password" label=words::password value=password kind=TextKind::Password autocomplete="new-password"/>
                        <TextArea name="/note" label=words::note value=note limit=500 optional=true/>
                        <Select name="/province" label=words::province value=province options=provinces empty=words::province_empty/>
                        <NumberField name="/area" label=words::area value=area/>
                        <DateField name="/since" label=words::since value=since/>
                    </div>
                    <div>
                        <RadioChoices name="/as" label=words::r#as value=sender options=senders/>
                        <CheckboxChoices name="/news" label=words::news value=news options=channels optional=true/>
                        <Checkbox name="/consent" label=words::consent hint=words::consent_hint value=consent/>
                        <Repeat label=words::links hint=words::links_hint rows=links make=move || RwSignal::new(String::new()) row=link add=words::links_add limit=4/>
                    </div>
                </div>
                <div class="row form-end">
                    <Button submit=true>{words::check}</Button>
                    <Button kind=ButtonKind::Second on_press=refused>{words::general}</Button>
                    <Button kind=ButtonKind::Quiet on_press=move || form.clear()>{words::clear}</Button>
                </div>
            </FormView>
        </div>
    }
}

#[component]
fn SampleUpload() -> impl IntoView {
    use tr::kit::upload as words;
    let row = |key: &str, name: &str, size: u64, state: FileState| FileRow {
        key: key.to_owned(),
        name: name.to_owned(),
        size,
        state: RwSignal::new(state),
        href: None,
    };
    let files = RwSignal::new(vec![
        row("1", "so-theo-doi-42-ho.xlsx", 1_430_000, FileState::Done),
        row("2", "phieu-kiem-dinh.pdf", 2_600_000, FileState::Sending(62)),
        row("3", "ban-ve.png", 480_000, FileState::Waiting),
        row(
            "4",
            "video-hien-truong.mov",
            214_000_000,
            FileState::Refused(Text::from(words::too_large)),
        ),
    ]);
    let pick = move |picked: Vec<web_sys::File>| {
        files.update(|files| {
            for file in picked {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "file sizes are whole and not negative"
                )]
                let size = file.size() as u64;
                let key = format!("{}-{}", file.name(), files.len());
                files.push(FileRow {
                    key,
                    name: file.name(),
                    size,
                    state: RwSignal::new(FileState::Waiting),
                    href: None,
                });
            }
        });
    };
    let remove = move |key: String| files.update(|files| files.retain(|file| file.key != key));
    view! { <Upload name="/files" label=words::label hint=words::hint files on_pick=pick on_remove=remove optional=true/> }
}

#[component]
fn SampleScore() -> impl IntoView {
    use tr::kit::score as words;
    let criterion = Criterion {
        name: "/scores/0".to_owned(),
        title: Text::from(words::criterion),
        weight: Text::from(words::weight),
        guide: Text::from(words::guide),
        maximum: 5,
    };
    let (value, comment) = (RwSignal::new(Some(4)), RwSignal::new(String::new()));
    view! { <Score criterion value comment/> }
}
