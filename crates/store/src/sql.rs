//! Statements over many rows at once. Their text is plain SQL that PostgreSQL reads too; only the
//! placeholders differ, and those are sqlx's matter.

use sqlx::{QueryBuilder, Sqlite};

/// Rows in one statement: few enough for every database's limit of parameters (SQLite: 32 766), and
/// for the memory that their blocks take.
pub(crate) const ROWS: usize = 256;

/// A statement that goes on with `($1, $2, …)`.
pub(crate) fn with_list<T>(
    text: &'static str,
    list: impl IntoIterator<Item = T>,
) -> QueryBuilder<Sqlite>
where
    T: for<'q> sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite> + Send + 'static,
{
    let mut query = QueryBuilder::new(text);
    query.push(" (");
    let mut separated = query.separated(", ");
    for item in list {
        separated.push_bind(item);
    }
    query.push(")");
    query
}
