//! What can go wrong in the database, and how it is said to callers.

use kernel::Problem;

/// What went wrong in the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key is taken; which one, as the database names it.
    #[error("already there: {0}")]
    Taken(String),
    /// The database is away, full, or too busy; nothing was written, unless it was the commit whose end was not heard: then it
    /// may stand after all, and whoever repeats it by its client id is given what stands.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A text holds a character that the database keeps in none; only a caller can have brought it.
    #[error("a text that can't be kept: {0}")]
    Text(String),
    /// The work panicked; its changes are rolled back.
    #[error("the work panicked: {0}")]
    Panicked(String),
    /// The schema is not the one that this program knows.
    #[error("schema: {0}")]
    Schema(String),
    /// A statement was refused: a mistake of ours.
    #[error("statement {statement}: {message}")]
    Statement {
        /// The statement's name.
        statement: &'static str,
        /// What the database said.
        message: String,
    },
}

impl StoreError {
    /// Whether a unique key was taken.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Taken(_))
    }

    pub(crate) fn unavailable(error: impl std::fmt::Display) -> Self {
        Self::Unavailable(error.to_string())
    }

    pub(crate) fn from_sqlite(statement: &'static str, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let message = error.to_string();
        match error.sqlite_error_code() {
            Some(Code::ConstraintViolation) if message.contains("UNIQUE") || message.contains("PRIMARY") => Self::Taken(message),
            Some(
                Code::DiskFull
                | Code::DatabaseBusy
                | Code::DatabaseLocked
                | Code::SystemIoFailure
                | Code::CannotOpen
                | Code::ReadOnly
                | Code::OperationInterrupted,
            ) => Self::Unavailable(message),
            _ => Self::Statement { statement, message },
        }
    }

    pub(crate) fn from_postgres(statement: &'static str, error: &tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        let Some(database) = error.as_db_error() else { return Self::Unavailable(error.to_string()) };
        let code = database.code();
        // Without its DETAIL, which quotes rows.
        let message = format!("{} ({})", database.message(), code.code());
        if *code == SqlState::UNIQUE_VIOLATION {
            return Self::Taken(database.constraint().unwrap_or(&message).to_owned());
        }
        if *code == SqlState::CHARACTER_NOT_IN_REPERTOIRE {
            return Self::Text(message);
        }
        // Classes 08 connection, 40 rollback (deadlock, serialisation), 53 resources, 57 operator, 58 system.
        if ["08", "40", "53", "57", "58"].iter().any(|class| code.code().starts_with(class))
            || *code == SqlState::LOCK_NOT_AVAILABLE
        {
            return Self::Unavailable(message);
        }
        Self::Statement { statement, message }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Taken(_) => {
                tracing::warn!(%error, "an unforeseen conflict");
                Self::conflict("すでに登録されています。", "It is already there.")
            }
            StoreError::Text(_) => {
                tracing::warn!(%error, "a character got past the parsing of the request");
                Self::new(422, "invalid", "使えない文字が含まれています。", "Contains a character that can't be used.")
            }
            StoreError::Unavailable(_) => {
                tracing::error!(%error, "database unavailable");
                Self::unavailable()
            }
            _ => {
                tracing::error!(%error, "database");
                Self::internal()
            }
        }
    }
}
