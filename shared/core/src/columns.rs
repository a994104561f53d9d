//! How ids and enums stand in a database, for the server alone (feature `columns`): a row holds them as they are.
//! What is stored and is none of ours fails to be read; there is no default.

pub use sea_orm;

/// Makes a type a column of SeaORM: `write` gives what is stored, `read` the value of it, if it is one.
#[macro_export]
macro_rules! stored_as {
    ($name:ident, $stored:ty, $write:expr, $read:expr) => {
        const _: () = {
            use $crate::columns::sea_orm::sea_query::{
                ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr,
            };
            use $crate::columns::sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};

            const WRITE: fn($name) -> $stored = $write;
            const READ: fn(&$stored) -> Option<$name> = $read;

            impl From<$name> for Value {
                fn from(value: $name) -> Self {
                    WRITE(value).into()
                }
            }

            impl TryGetable for $name {
                fn try_get_by<I: ColIdx>(row: &QueryResult, at: I) -> Result<Self, TryGetError> {
                    let stored = <$stored>::try_get_by(row, at)?;
                    let unknown = || DbErr::Type(format!("{stored:?} is no {}", stringify!($name)));
                    READ(&stored).ok_or_else(|| unknown().into())
                }
            }

            impl ValueType for $name {
                fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                    READ(&<$stored as ValueType>::try_from(value)?).ok_or(ValueTypeErr)
                }

                fn type_name() -> String {
                    stringify!($name).to_owned()
                }

                fn array_type() -> ArrayType {
                    <$stored as ValueType>::array_type()
                }

                fn column_type() -> ColumnType {
                    <$stored as ValueType>::column_type()
                }
            }

            impl Nullable for $name {
                fn null() -> Value {
                    <$stored as Nullable>::null()
                }
            }
        };
    };
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Value, ValueType};

    use crate::ids::AccountId;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Colour {
        Red,
    }

    stored_as!(Colour, String, |_| "red".to_owned(), |text| (text == "red").then_some(Colour::Red));

    #[test]
    fn a_stored_text_is_a_value_or_unreadable() {
        assert_eq!(Value::from(Colour::Red), Value::from("red"));
        assert_eq!(<Colour as ValueType>::try_from(Value::from("red")).ok(), Some(Colour::Red));
        assert!(<Colour as ValueType>::try_from(Value::from("blue")).is_err());
        assert!(<Option<Colour> as ValueType>::try_from(Value::from("blue")).is_err());
        let nothing = <Option<Colour> as ValueType>::try_from(Value::String(None));
        assert_eq!(nothing.ok(), Some(None));
    }

    #[test]
    fn an_id_is_stored_as_a_uuid() {
        let id = AccountId(uuid::Uuid::from_u128(7));
        assert_eq!(<AccountId as ValueType>::try_from(Value::from(id)).ok(), Some(id));
    }
}
