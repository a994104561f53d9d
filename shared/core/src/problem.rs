//! The one error document of the API (RFC 9457) and the exhaustive table of its codes.
//! A code never changes its meaning; texts may. Nothing internal is ever put into a problem.

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// Where the codes are explained; `type` of a problem is this plus the code.
pub const TYPE_BASE: &str = "/docs/problems#";
/// Media type of every error body.
pub const MEDIA_TYPE: &str = "application/problem+json";

macro_rules! problem_codes {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $code:literal, $status:literal, $vi:literal, $en:literal; )+) => {
        /// Every way in which a request can fail. Clients must treat unknown codes by their status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ProblemCode { $( $(#[doc = $doc])+ $variant, )+ }

        impl ProblemCode {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The stable text of the code.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $( Self::$variant => $code, )+ } }

            /// The HTTP status it always comes with.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $( Self::$variant => $status, )+ } }

            /// What went wrong and what to do, for a person.
            #[must_use]
            pub const fn title(self, language: Language) -> &'static str {
                match (self, language) {
                    $( (Self::$variant, Language::Vi) => $vi, (Self::$variant, Language::En) => $en, )+
                }
            }

            /// The meaning of the code, as the reference page prints it.
            #[must_use]
            pub const fn meaning(self) -> &'static str { match self { $( Self::$variant => concat!($($doc),+), )+ } }

            /// The code of this text, if it is one of the table.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $( $code => Some(Self::$variant), )+ _ => None }
            }
        }
    };
}

problem_codes! {
    /// The body is not well-formed JSON, or a value has the wrong type.
    MalformedBody = "malformed_body", 400, "Nội dung gửi lên không đọc được", "The body cannot be read";
    /// A path or query parameter is malformed or unknown.
    InvalidParameter = "invalid_parameter", 400, "Tham số không hợp lệ", "A parameter is not valid";
    /// A header is malformed.
    InvalidHeader = "invalid_header", 400, "Tiêu đề yêu cầu không hợp lệ", "A header is not valid";
    /// The cursor is damaged or belongs to another sort or filter.
    InvalidCursor = "invalid_cursor", 400, "Con trỏ trang không hợp lệ, hãy tải lại danh sách từ đầu", "The cursor is not valid, start the list again";
    /// A key stands in the address, where logs keep it: it has been revoked.
    SecretInAddress = "secret_in_address", 400, "Khóa nằm trong địa chỉ nên đã bị thu hồi; hãy tạo khóa mới và gửi trong tiêu đề Authorization", "A key stands in the address and has been revoked; make a new one and send it in the Authorization header";
    /// Sign-in is needed, or the access token has expired.
    Unauthenticated = "unauthenticated", 401, "Bạn cần đăng nhập", "Sign in first";
    /// E-mail address and password do not match an account, or it is locked; which one is not told.
    InvalidCredentials = "invalid_credentials", 401, "Thư điện tử hoặc mật khẩu không đúng", "E-mail address or password is wrong";
    /// The refresh token is unknown, expired, revoked or was used before.
    SessionEnded = "session_ended", 401, "Phiên đăng nhập đã kết thúc, hãy đăng nhập lại", "The session has ended, sign in again";
    /// The key or secret of the client has expired.
    SecretExpired = "secret_expired", 401, "Khóa đã hết hạn, hãy dùng khóa khác", "The key has expired, use another one";
    /// The key or secret of the client was revoked.
    SecretRevoked = "secret_revoked", 401, "Khóa đã bị thu hồi, hãy dùng khóa khác", "The key was revoked, use another one";
    /// The client is suspended, or its organisation is not confirmed or has ended.
    ClientSuspended = "client_suspended", 401, "Ứng dụng kết nối đang bị tạm dừng", "The client is suspended";
    /// The client has expired.
    ClientExpired = "client_expired", 401, "Ứng dụng kết nối đã hết hạn", "The client has expired";
    /// The caller is known and may not do this.
    Forbidden = "forbidden", 403, "Bạn không có quyền làm việc này", "You may not do this";
    /// The client has not been given the scope that this operation needs; `detail` names it.
    ScopeMissing = "scope_missing", 403, "Ứng dụng kết nối chưa được cấp phạm vi cần cho thao tác này", "The client lacks the scope that this operation needs";
    /// The request comes from an address outside of the networks of the client.
    NetworkNotAllowed = "network_not_allowed", 403, "Địa chỉ mạng này không nằm trong danh sách của ứng dụng kết nối", "This address is not in the networks of the client";
    /// The address of the account must be verified first.
    EmailUnverified = "email_unverified", 403, "Hãy xác minh địa chỉ thư điện tử trước", "Verify your e-mail address first";
    /// The account audits: it reads, and neither submits nor founds nor decides anything.
    AuditorReadsOnly = "auditor_reads_only", 403, "Tài khoản kiểm tra, giám sát chỉ được xem; hãy dùng tài khoản khác để gửi hồ sơ hoặc lập tổ chức", "An auditor's account only reads; use another account to submit or to found an organisation";
    /// A state-changing request came from an origin that is not allowed.
    OriginRefused = "origin_refused", 403, "Yêu cầu đến từ trang không được phép", "The request comes from a page that is not allowed";
    /// The caller reads more places (units, each in each province asked for) than one answer of the change feed can be put
    /// together of: ask for fewer provinces, or be given a role for whole provinces.
    FeedTooWide = "feed_too_wide", 403, "Quyền của bạn gồm quá nhiều đơn vị để sao chép một lần; hãy chọn ít tỉnh hơn, hoặc xin quyền theo tỉnh", "You may read too many units for one copy; ask for fewer provinces, or for a role by province";
    /// There is no such thing, or the caller may not know of it.
    NotFound = "not_found", 404, "Không tìm thấy", "Not found";
    /// The path exists, not with this method.
    MethodNotAllowed = "method_not_allowed", 405, "Phương thức không được hỗ trợ", "The method is not supported here";
    /// The server cannot answer in any of the accepted media types.
    NotAcceptable = "not_acceptable", 406, "Không có dạng dữ liệu được yêu cầu", "None of the accepted media types is available";
    /// The request was not received in time.
    RequestTimeout = "request_timeout", 408, "Yêu cầu gửi quá chậm", "The request was not received in time";
    /// Another request with this idempotency key is still at work.
    IdempotencyInFlight = "idempotency_in_flight", 409, "Yêu cầu giống hệt đang được xử lý, hãy chờ", "The same request is being handled, wait for it";
    /// The same thing exists already.
    AlreadyExists = "already_exists", 409, "Đã có bản ghi như vậy", "It exists already";
    /// The state does not know this event.
    EventNotPossible = "event_not_possible", 409, "Hồ sơ không còn ở bước này", "The record is not at this step";
    /// The draft has errors that must be corrected before it can be sent.
    DraftIncomplete = "draft_incomplete", 409, "Hồ sơ còn mục chưa đúng, hãy sửa rồi gửi", "The draft has errors, correct them first";
    /// The eligibility checklist has items without a verdict.
    EligibilityIncomplete = "eligibility_incomplete", 409, "Còn mục kiểm tra chưa có kết luận", "Some checklist items have no verdict";
    /// The eligibility checklist has an item that failed or is asked about.
    EligibilityNotPassed = "eligibility_not_passed", 409, "Còn mục kiểm tra chưa đạt", "Some checklist items are not passed";
    /// The eligibility checklist has no failed item that would justify this.
    EligibilityNotFailed = "eligibility_not_failed", 409, "Chưa có mục kiểm tra nào không đạt", "No checklist item has failed";
    /// The link proves the mailbox, but this browser did not register: set a password with the same link.
    PasswordRequired = "password_required", 409, "Hãy đặt mật khẩu để hoàn tất xác minh địa chỉ", "Set a password to complete the verification";
    /// No checklist item is marked as a question to the submitter.
    NothingAsked = "nothing_asked", 409, "Hãy đánh dấu ít nhất một mục cần hỏi", "Mark at least one item as a question";
    /// No evaluation is open for this case.
    EvaluationMissing = "evaluation_missing", 409, "Chưa mở đợt đánh giá", "No evaluation has been opened";
    /// An evaluation of this version is open already.
    EvaluationOpen = "evaluation_open", 409, "Đã có đợt đánh giá đang mở", "An evaluation is open already";
    /// The evaluation was closed.
    EvaluationClosed = "evaluation_closed", 409, "Đợt đánh giá đã khép lại", "The evaluation is closed";
    /// Fewer score sheets are in than the quorum asks for.
    QuorumNotMet = "quorum_not_met", 409, "Chưa đủ số phiếu chấm", "The quorum is not met";
    /// The chair has not recommended yet.
    RecommendationMissing = "recommendation_missing", 409, "Chủ tịch hội đồng chưa kiến nghị", "The chair has not recommended yet";
    /// The conflict of interest has not been declared.
    ConflictNotDeclared = "conflict_not_declared", 409, "Hãy khai báo xung đột lợi ích trước", "Declare conflicts of interest first";
    /// A declared conflict of interest recuses this member.
    Recused = "recused", 409, "Bạn đã khai có xung đột lợi ích nên không chấm hồ sơ này", "You declared a conflict of interest and are recused";
    /// The score sheet was submitted and cannot change.
    ScoreSheetSubmitted = "score_sheet_submitted", 409, "Phiếu chấm đã nộp, không sửa được nữa", "The score sheet was submitted and cannot change";
    /// The chair has recommended: no sheet is taken while that stands.
    RecommendationStands = "recommendation_stands", 409, "Chủ tịch hội đồng đã kiến nghị nên không nhận thêm phiếu chấm", "The chair has recommended, so no more score sheets are taken";
    /// It has not been submitted, so it has no code.
    NotSubmitted = "not_submitted", 409, "Hồ sơ chưa gửi nên chưa có mã", "It has not been submitted and has no code yet";
    /// There is no published version to go back to.
    NoPublishedVersion = "no_published_version", 409, "Chưa có phiên bản nào được công bố", "No version has been published";
    /// The last administrator cannot lose the role.
    LastAdministrator = "last_administrator", 409, "Phải còn ít nhất một quản trị viên", "At least one administrator must remain";
    /// A role that the account holds excludes this one: who audits acts in no other role.
    RolesExclude = "roles_exclude", 409, "Tài khoản đang giữ vai trò không đi cùng vai trò này", "The account holds a role that excludes this one";
    /// The organisation does not exist any more: it keeps what it has and gets nothing new.
    OrganisationEnded = "organisation_ended", 409, "Tổ chức này đã ngừng hoạt động nên không nhận thêm việc mới", "The organisation has ended and gets nothing new";
    /// An administrator has not confirmed yet that the organisation exists.
    OrganisationUnconfirmed = "organisation_unconfirmed", 409, "Quản trị viên chưa xác nhận tổ chức này", "The organisation has not been confirmed yet";
    /// The organisation has as many clients as it may.
    TooManyClients = "too_many_clients", 409, "Tổ chức đã có đủ số ứng dụng kết nối cho phép, hãy xóa bớt", "The organisation has as many clients as it may, delete one";
    /// Two keys or secrets of this kind are live: revoke one first.
    TooManySecrets = "too_many_secrets", 409, "Đã có hai khóa cùng loại đang dùng, hãy thu hồi một khóa trước", "Two of this kind are live already, revoke one first";
    /// The office exists: its cases stay with it.
    OfficeInForce = "office_in_force", 409, "Cơ quan này còn hoạt động nên hồ sơ vẫn do cơ quan xử lý", "The office still exists, its cases stay with it";
    /// Too many attachments.
    TooManyFiles = "too_many_files", 409, "Đã đủ số tệp cho phép", "The number of files is at its limit";
    /// The files of this account have as many bytes as they may.
    FileQuotaReached = "file_quota_reached", 409, "Các tệp của tài khoản đã dùng hết dung lượng cho phép, hãy gỡ bớt tệp không cần nữa", "The files of this account have reached their limit, remove some that are not needed";
    /// The account keeps as many drafts as it may.
    TooManyDrafts = "too_many_drafts", 409, "Bạn có quá nhiều bản nháp chưa nộp, hãy nộp hoặc rút bớt", "You have too many drafts, submit or withdraw some";
    /// The changes that follow this cursor are not known any more: copy anew, without `after`, and drop what does not come.
    FeedReset = "feed_reset", 410, "Dữ liệu đã được khôi phục hoặc quyền của bạn đã đổi, hãy sao chép lại từ đầu", "The data was restored or your access has changed, copy it anew";
    /// The cursor is older than deletions are kept: copy anew, without `after`, and drop what does not come.
    FeedExpired = "feed_expired", 410, "Con trỏ quá cũ, hãy sao chép lại từ đầu", "The cursor is too old, copy the data anew";
    /// `If-Match` names an older revision: somebody else has changed the record.
    StaleRevision = "stale_revision", 412, "Có người vừa sửa hồ sơ này, hãy xem bản mới", "Somebody has changed this record, look at the new text";
    /// The body is larger than allowed.
    BodyTooLarge = "body_too_large", 413, "Nội dung gửi lên quá lớn", "The body is too large";
    /// The address is too long.
    UriTooLong = "uri_too_long", 414, "Địa chỉ quá dài", "The address is too long";
    /// The content type is not supported here.
    UnsupportedMediaType = "unsupported_media_type", 415, "Dạng dữ liệu không được hỗ trợ", "The content type is not supported";
    /// The content is understood but not acceptable; `errors` names each place.
    ValidationFailed = "validation_failed", 422, "Có mục chưa đúng, hãy sửa theo hướng dẫn", "Some values are not valid, correct them";
    /// The idempotency key was used with another body.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "Khóa chống lặp đã dùng cho nội dung khác", "The idempotency key was used with another body";
    /// The one-time link is unknown, used or expired.
    TokenInvalid = "token_invalid", 422, "Liên kết không còn dùng được, hãy yêu cầu liên kết mới", "The link is no longer valid, ask for a new one";
    /// The content of the file is not of an accepted type.
    FileTypeRefused = "file_type_refused", 422, "Loại tệp không được nhận", "This type of file is not accepted";
    /// The file holds a macro, an embedded object, or a link that is fetched when it is opened.
    FileActiveContent = "file_active_content", 422, "Tệp chứa macro, đối tượng nhúng hoặc liên kết tự mở ra ngoài; hãy bỏ các phần đó hoặc lưu thành PDF", "The file holds a macro, an embedded object or a link that opens by itself; remove it or save as PDF";
    /// The virus scanner refused the file.
    FileInfected = "file_infected", 422, "Phần mềm quét vi-rút phát hiện mã độc trong tệp", "The virus scanner found something harmful in the file";
    /// `If-Match` is needed for this request.
    RevisionRequired = "revision_required", 428, "Thiếu If-Match", "If-Match is needed";
    /// Too many requests; `Retry-After` says when to try again.
    TooManyRequests = "too_many_requests", 429, "Quá nhiều yêu cầu, hãy thử lại sau ít phút", "Too many requests, try again later";
    /// Too many uploads of this account at the same time.
    TooManyUploads = "too_many_uploads", 429, "Bạn đang tải lên nhiều tệp cùng lúc, hãy chờ các tệp trước xong", "You are uploading many files at once, wait for the others";
    /// The headers are too large.
    HeadersTooLarge = "headers_too_large", 431, "Tiêu đề yêu cầu quá lớn", "The headers are too large";
    /// An error on our side; it is logged under the request id.
    Internal = "internal", 500, "Lỗi phía máy chủ, hãy thử lại hoặc báo mã yêu cầu", "An error on our side, try again or report the request id";
    /// The server is stopping or has no database.
    Unavailable = "unavailable", 503, "Dịch vụ đang gián đoạn, hãy thử lại sau ít phút; nếu bạn vừa lưu hoặc gửi, hãy xem lại đã được ghi nhận chưa", "The service is interrupted, try again in a few minutes; if you were saving or sending, look whether it was taken";
    /// The virus scanner does not answer; nothing is accepted without it.
    ScannerUnavailable = "scanner_unavailable", 503, "Chưa quét được vi-rút nên chưa nhận tệp, hãy thử lại sau", "The file could not be scanned and was not accepted, try again later";
    /// The storage is full or out of reach.
    StorageUnavailable = "storage_unavailable", 507, "Hệ thống tạm thời không lưu được dữ liệu; hãy giữ lại nội dung và gửi lại sau ít phút", "Nothing can be saved at the moment; keep what you wrote and send it again in a few minutes";
}

impl std::fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with one value. Clients render the text from the code and `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// A value is needed.
    Required,
    /// Fewer characters than `limit`.
    TooShort,
    /// More characters than `limit`.
    TooLong,
    /// Fewer items than `limit`.
    TooFew,
    /// More items than `limit`.
    TooMany,
    /// Below the least allowed value, `limit`.
    TooSmall,
    /// Above the greatest allowed value, `limit`.
    TooLarge,
    /// Not of the expected form (an address, a date, a number …).
    InvalidFormat,
    /// Not in the list it must come from.
    UnknownValue,
    /// Given twice.
    Duplicate,
    /// The consent must be given.
    NotAccepted,
    /// This member is not known here.
    UnknownField,
    /// The value does not agree with another one.
    Inconsistent,
    /// Not allowed for this caller or at this point.
    NotAllowed,
    /// A password that others would try: a common one, the own address, the same few characters.
    Guessable,
}

/// One wrong value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// RFC 6901 pointer into the body, or `#query/name`, `#header/name`, `#path/name`.
    pub pointer: String,
    /// What is wrong with it, for programs.
    pub code: FieldCode,
    /// What to do, in the language of the request.
    pub message: String,
    /// The bound that was missed, where the code has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

impl FieldCode {
    /// What to do about it, for a person.
    #[must_use]
    pub fn message(self, limit: Option<i64>, language: Language) -> String {
        let n = limit.unwrap_or_default();
        match (self, language) {
            (Self::Required, Language::Vi) => "Hãy điền mục này".into(),
            (Self::Required, Language::En) => "Fill in this value".into(),
            (Self::TooShort, Language::Vi) => format!("Viết ít nhất {n} ký tự"),
            (Self::TooShort, Language::En) => format!("Write at least {n} characters"),
            (Self::TooLong, Language::Vi) => format!("Viết tối đa {n} ký tự"),
            (Self::TooLong, Language::En) => format!("Write at most {n} characters"),
            (Self::TooFew, Language::Vi) => format!("Chọn hoặc thêm ít nhất {n} mục"),
            (Self::TooFew, Language::En) => format!("Give at least {n} items"),
            (Self::TooMany, Language::Vi) => format!("Tối đa {n} mục"),
            (Self::TooMany, Language::En) => format!("At most {n} items"),
            (Self::TooSmall, Language::Vi) => format!("Không nhỏ hơn {n}"),
            (Self::TooSmall, Language::En) => format!("Not less than {n}"),
            (Self::TooLarge, Language::Vi) => format!("Không lớn hơn {n}"),
            (Self::TooLarge, Language::En) => format!("Not more than {n}"),
            (Self::InvalidFormat, Language::Vi) => "Viết lại cho đúng dạng".into(),
            (Self::InvalidFormat, Language::En) => "Write it in the expected form".into(),
            (Self::UnknownValue, Language::Vi) => "Chọn một giá trị trong danh sách".into(),
            (Self::UnknownValue, Language::En) => "Choose a value from the list".into(),
            (Self::Duplicate, Language::Vi) => "Mục này đã có".into(),
            (Self::Duplicate, Language::En) => "This is given already".into(),
            (Self::NotAccepted, Language::Vi) => "Bạn cần đồng ý để đi tiếp".into(),
            (Self::NotAccepted, Language::En) => "You need to agree to go on".into(),
            (Self::UnknownField, Language::Vi) => "Không có mục này".into(),
            (Self::UnknownField, Language::En) => "There is no such member".into(),
            (Self::Inconsistent, Language::Vi) => "Không khớp với mục liên quan".into(),
            (Self::Inconsistent, Language::En) => "It does not agree with a related value".into(),
            (Self::NotAllowed, Language::Vi) => "Không được phép ở bước này".into(),
            (Self::NotAllowed, Language::En) => "Not allowed at this point".into(),
            (Self::Guessable, Language::Vi) => {
                "Mật khẩu này dễ đoán, hãy chọn một câu dài khác".into()
            }
            (Self::Guessable, Language::En) => {
                "This password is easy to guess, choose another phrase".into()
            }
        }
    }
}

/// The body of every error answer (RFC 9457, `application/problem+json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Identifies the kind of problem; leads to its explanation.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short text in the language of the request.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What is special about this occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The path that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Stable, for programs. New codes may come: treat an unknown one by its status.
    pub code: String,
    /// To be quoted when reporting the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The wrong values, each with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem of this code with its title in `language` and nothing else.
    #[must_use]
    pub fn new(code: ProblemCode, language: Language) -> Self {
        Self {
            kind: format!("{TYPE_BASE}{code}"),
            title: code.title(language).to_owned(),
            status: code.status(),
            detail: None,
            instance: None,
            code: code.as_str().to_owned(),
            request_id: None,
            errors: Vec::new(),
        }
    }

    /// The code, if this version of the program knows it.
    #[must_use]
    pub fn known_code(&self) -> Option<ProblemCode> {
        ProblemCode::parse(&self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_snake_case_and_comes_back_from_its_text() {
        let mut seen = std::collections::BTreeSet::new();
        for code in ProblemCode::ALL {
            assert!(seen.insert(code.as_str()), "{code} stands twice");
            assert!(code.as_str().chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            assert_eq!(ProblemCode::parse(code.as_str()), Some(*code));
            assert!((400..600).contains(&code.status()));
        }
    }
}
