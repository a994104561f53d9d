//! JSON in a text column, read and written with its row. Ids and enums are columns as they are
//! (`nq57_core::columns`). What cannot be read is a failure of the database: 500, and logged.

use std::ops::{Deref, DerefMut};

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value that its column holds as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: IntoIterator> IntoIterator for Json<T> {
    type Item = T::Item;
    type IntoIter = T::IntoIter;

    fn into_iter(self) -> T::IntoIter {
        self.0.into_iter()
    }
}

impl<T: Serialize> From<Json<T>> for Value {
    fn from(json: Json<T>) -> Self {
        let text = serde_json::to_string(&json.0);
        // NULL, which the column refuses.
        Self::String(text.inspect_err(|error| tracing::error!(%error, "no JSON")).ok())
    }
}

impl<T: DeserializeOwned> TryGetable for Json<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, at: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, at)?;
        let value = serde_json::from_str(&text);
        value.map(Self).map_err(|error| DbErr::Json(error.to_string()).into())
    }
}

impl<T: DeserializeOwned> ValueType for Json<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let text = <String as ValueType>::try_from(value)?;
        serde_json::from_str(&text).map(Self).map_err(|_| ValueTypeErr)
    }

    fn type_name() -> String {
        "Json".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl<T> Nullable for Json<T> {
    fn null() -> Value {
        Value::String(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_what_is_no_json_of_that_type_is_not() {
        let written = Value::from(Json(vec![1, 2]));
        assert_eq!(written, Value::from("[1,2]"));
        assert_eq!(<Json<Vec<i32>> as ValueType>::try_from(written).ok(), Some(Json(vec![1, 2])));
        for bad in ["", "{}", "[true]"] {
            assert!(<Json<Vec<i32>> as ValueType>::try_from(Value::from(bad)).is_err(), "{bad}");
        }
    }
}
