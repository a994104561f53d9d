//! What a failure of the database means to the caller, on both engines.

use nq57_core::problem::ProblemCode;
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// The meaning of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: ProblemCode,
    /// Whether the same transaction may succeed when it is tried again.
    pub is_transient: bool,
}

impl Failure {
    const fn of(code: ProblemCode) -> Self {
        Self { code, is_transient: false }
    }
}

/// Reads the driver's error.
#[must_use]
pub fn classify(error: &DbErr) -> Failure {
    if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
        return Failure::of(ProblemCode::AlreadyExists);
    }
    match error {
        DbErr::ConnectionAcquire(_) => Failure::of(ProblemCode::Unavailable),
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => classify_driver(cause),
        DbErr::Conn(_) => Failure::of(ProblemCode::Unavailable),
        _ => Failure::of(ProblemCode::Internal),
    }
}

fn classify_driver(cause: &sqlx::Error) -> Failure {
    match cause {
        sqlx::Error::Database(cause) => classify_code(cause.code().as_deref().unwrap_or_default()),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::BeginFailed
        | sqlx::Error::WorkerCrashed => Failure::of(ProblemCode::Unavailable),
        _ => Failure::of(ProblemCode::Internal),
    }
}

/// `code` is a SQLSTATE of PostgreSQL (five characters) or an extended result code of SQLite (a number).
fn classify_code(code: &str) -> Failure {
    if code.len() == 5 {
        return match code {
            // serialization failure, deadlock, lock not available
            "40001" | "40P01" | "55P03" => {
                Failure { code: ProblemCode::Unavailable, is_transient: true }
            }
            // disk full, input-output error
            "53100" | "58030" => Failure::of(ProblemCode::StorageUnavailable),
            // connection, insufficient resources, operator intervention, read-only server
            _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
                Failure::of(ProblemCode::Unavailable)
            }
            "25006" => Failure::of(ProblemCode::Unavailable),
            _ => Failure::of(ProblemCode::Internal),
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        // busy, locked
        Ok(5 | 6) => Failure { code: ProblemCode::Unavailable, is_transient: true },
        // out of memory, interrupted
        Ok(7 | 9) => Failure::of(ProblemCode::Unavailable),
        // read-only, I/O error, full, cannot open
        Ok(8 | 10 | 13 | 14) => Failure::of(ProblemCode::StorageUnavailable),
        _ => Failure::of(ProblemCode::Internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_codes_become_what_the_caller_can_act_on() {
        assert!(classify_code("40P01").is_transient);
        assert!(classify_code("517").is_transient, "SQLITE_BUSY_SNAPSHOT");
        assert_eq!(classify_code("13").code, ProblemCode::StorageUnavailable);
        assert_eq!(classify_code("53100").code, ProblemCode::StorageUnavailable);
        assert_eq!(classify_code("58030").code, ProblemCode::StorageUnavailable);
        assert_eq!(
            classify_code("778").code,
            ProblemCode::StorageUnavailable,
            "SQLITE_IOERR_WRITE"
        );
        assert_eq!(classify_code("57P03").code, ProblemCode::Unavailable);
        assert_eq!(classify_code("42P01").code, ProblemCode::Internal);
    }
}
