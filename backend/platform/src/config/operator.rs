//! Who runs the platform, for everybody who needs help.

use nq57_core::site;
use serde::Deserialize;

/// The `[operator]` section.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operator {
    /// The office, as people know it.
    pub name: String,
    /// Where help is given by mail.
    pub email: Option<String>,
    /// Where help is given by telephone.
    pub phone: Option<String>,
    /// Where help is given at a counter.
    pub address: Option<String>,
    /// The site of the office: `https://…`.
    pub url: Option<String>,
}

impl Operator {
    /// Refuses to run something real without a name and a way to reach whoever runs it.
    ///
    /// # Errors
    /// The key that is missing, or wrong.
    pub fn check(&self) -> anyhow::Result<()> {
        let has =
            |value: &Option<String>| value.as_deref().is_some_and(|text| !text.trim().is_empty());
        anyhow::ensure!(
            !self.name.trim().is_empty(),
            "operator.name (NQ57_OPERATOR__NAME) is missing: people must know who runs the platform"
        );
        anyhow::ensure!(
            has(&self.email) || has(&self.phone),
            "operator.email (NQ57_OPERATOR__EMAIL) or operator.phone (NQ57_OPERATOR__PHONE) is missing: \
             people must know whom to ask"
        );
        anyhow::ensure!(
            self.email.as_deref().is_none_or(|email| email.contains('@')),
            "operator.email (NQ57_OPERATOR__EMAIL) is no e-mail address"
        );
        anyhow::ensure!(
            self.url.as_deref().is_none_or(|url| url.starts_with("https://")),
            "operator.url (NQ57_OPERATOR__URL) must begin with https://"
        );
        Ok(())
    }

    /// The operator of a demonstration: invented, and says so.
    #[must_use]
    pub fn invented() -> Self {
        Self {
            name: "Trung tâm Vận hành minh họa (không có thật)".into(),
            email: Some("ho-tro@nq57.example".into()),
            phone: Some("0900 000 057".into()),
            address: Some("Số 57 phố Trống Đồng (địa chỉ minh họa)".into()),
            url: None,
        }
    }

    /// As the interface shows it; nothing without a name.
    #[must_use]
    pub fn shown(&self) -> Option<site::Operator> {
        let said = |value: &Option<String>| {
            value.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let name = self.name.trim();
        (!name.is_empty()).then(|| site::Operator {
            name: name.to_owned(),
            email: said(&self.email),
            phone: said(&self.phone),
            address: said(&self.address),
            url: said(&self.url),
        })
    }
}
