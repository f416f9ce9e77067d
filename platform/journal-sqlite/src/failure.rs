use journal::StoreError;
use rusqlite::{Error, ErrorCode};

/// What can go wrong at a table: SQLite says so, or what it gave back is not sound.
#[derive(Debug)]
pub(crate) enum Failure {
    Sql(Error),
    Store(StoreError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// A place that holds something else than was written.
    pub(crate) fn damaged(place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Store(StoreError::Damaged { place: place.into(), detail: detail.into() })
    }

    /// As a reader answers: a value that cannot be read is damage, silence may pass.
    pub(crate) fn while_reading(self, place: &str) -> StoreError {
        let error = match self {
            Self::Store(error) => return error,
            Self::Sql(error) => error,
        };
        if is_damage(&error) {
            return StoreError::Damaged { place: place.to_owned(), detail: error.to_string() };
        }
        StoreError::Unavailable(format!("reading {place}: {error}"))
    }

    /// As the writer answers before its commit was asked for: nothing of the batch is there.
    pub(crate) fn while_writing(self) -> StoreError {
        let error = match self {
            Self::Store(error) => return error,
            Self::Sql(error) => error,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                StoreError::Unavailable(error.to_string())
            }
            Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig) => {
                StoreError::Unfit(error.to_string())
            }
            _ => StoreError::Fatal(error.to_string()),
        }
    }

    /// As opening answers.
    pub(crate) fn while_opening(self, place: &str) -> StoreError {
        match self {
            Self::Sql(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
                StoreError::Unfit(format!("{place} is no journal: {error}"))
            }
            other => other.while_reading(place),
        }
    }
}

fn is_damage(error: &Error) -> bool {
    match error {
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => true,
        other => {
            matches!(other.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        }
    }
}
