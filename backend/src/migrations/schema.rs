//! What the steps share. Only the name of an index and its columns matter: released steps may call it.

use sea_orm_migration::prelude::*;

/// An index, to be made unique or partial.
pub fn index<T>(table: T, name: &'static str, columns: &[T]) -> IndexCreateStatement
where
    T: IntoIden + Copy + 'static,
{
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// Makes an index as it is.
pub async fn add_index<T>(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: T,
    columns: &[T],
) -> Result<(), DbErr>
where
    T: IntoIden + Copy + 'static,
{
    manager.create_index(index(table, name, columns)).await
}
