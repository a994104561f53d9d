//! The account operations, typed.

use nq57_shared::accounts::{
    AccessToken, Account, AccountPatch, ChangePassword, EmailAddress, LogIn, RegisterAccount,
    ResetPassword, Session, VerifyEmail,
};
use nq57_shared::ids::SessionId;
use nq57_shared::page::Page;
use nq57_ui::api::{Answer, Failure, delete, get, patch, post};

pub async fn log_in(body: &LogIn) -> Result<AccessToken, Failure> {
    Ok(post("/auth/login").json(body).anonymous().send().await?.body)
}

pub async fn register(body: &RegisterAccount) -> Result<(), Failure> {
    post("/auth/register").json(body).anonymous().send::<()>().await.map(drop)
}

pub async fn verify_email(token: String) -> Result<(), Failure> {
    let body = VerifyEmail { token };
    post("/auth/verify").json(&body).anonymous().send::<()>().await.map(drop)
}

pub async fn resend_verification(body: &EmailAddress) -> Result<(), Failure> {
    post("/auth/verify/resend").json(body).anonymous().send::<()>().await.map(drop)
}

pub async fn request_password_reset(body: &EmailAddress) -> Result<(), Failure> {
    post("/auth/password/forgot").json(body).anonymous().send::<()>().await.map(drop)
}

pub async fn reset_password(body: &ResetPassword) -> Result<(), Failure> {
    post("/auth/password/reset").json(body).anonymous().send::<()>().await.map(drop)
}

pub async fn change_password(body: &ChangePassword) -> Result<(), Failure> {
    post("/auth/password").json(body).send::<()>().await.map(drop)
}

pub async fn read_me() -> Result<Account, Failure> {
    Ok(get("/me").send().await?.body)
}

pub async fn edit_me(body: &AccountPatch, revision: u64) -> Result<Account, Failure> {
    let answer: Answer<Account> = patch("/me").merge(body).if_revision(revision).send().await?;
    Ok(answer.body)
}

pub async fn list_sessions() -> Result<Vec<Session>, Failure> {
    Ok(get("/me/sessions").send::<Page<Session>>().await?.body.items)
}

pub async fn revoke_session(id: SessionId) -> Result<(), Failure> {
    delete(format!("/me/sessions/{id}")).send::<()>().await.map(drop)
}
