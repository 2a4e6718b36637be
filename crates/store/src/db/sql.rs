//! Statements: one text for both databases, with the values beside it.
//!
//! Only four types of columns are used, so that a value is one of three: TEXT, BIGINT (INTEGER in
//! SQLite) and BYTEA (BLOB). Placeholders are `$1`, which both read.

use std::fmt::Write;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Encode, Type};

/// Rows in one statement: few enough for every database's limit of parameters (SQLite: 32 766), and
/// for the memory that their blocks take.
pub(crate) const ROWS: usize = 256;

/// A value that a statement is given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

/// A statement and its values.
#[derive(Clone, Debug)]
pub(crate) struct Sql {
    pub(crate) text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: Vec::new(),
        }
    }

    /// The next value of those whose places stand in the text already.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The text goes on.
    pub(crate) fn then(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// The text goes on with ` ($1, $2, …)`.
    pub(crate) fn list<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.text.push_str(" (");
        self.places(values.into_iter().map(Into::into));
        self.text.push(')');
        self
    }

    /// The text goes on with ` VALUES ($1, $2), ($3, $4), …`.
    pub(crate) fn rows<const N: usize>(
        mut self,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> Self {
        let mut before = " VALUES (";
        for row in rows {
            self.text.push_str(before);
            self.places(row.into_iter());
            self.text.push(')');
            before = ", (";
        }
        self
    }

    fn places(&mut self, values: impl Iterator<Item = Value>) {
        let mut before = "";
        for value in values {
            self.values.push(value);
            // Writing to a string cannot fail.
            let _ = write!(self.text, "{before}${}", self.values.len());
            before = ", ";
        }
    }

    pub(crate) fn for_sqlite(self) -> Result<(String, SqliteArguments), sqlx::Error> {
        let mut arguments = SqliteArguments::default();
        fill(self.values, &mut arguments)?;
        Ok((self.text, arguments))
    }

    pub(crate) fn for_postgres(self) -> Result<(String, PgArguments), sqlx::Error> {
        let mut arguments = PgArguments::default();
        fill(self.values, &mut arguments)?;
        Ok((self.text, arguments))
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

fn fill<A: Arguments>(values: Vec<Value>, arguments: &mut A) -> Result<(), sqlx::Error>
where
    i64: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    String: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    Vec<u8>: for<'q> Encode<'q, A::Database> + Type<A::Database>,
{
    for value in values {
        let added = match value {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_on() {
        let sql = Sql::new("WITH w (a, b) AS (")
            .rows([[1.into(), "x".into()], [2.into(), "y".into()]])
            .then(") SELECT a FROM w WHERE b IN")
            .list(["x", "z"])
            .then(" AND a <")
            .list([7]);
        assert_eq!(
            sql.text,
            "WITH w (a, b) AS ( VALUES ($1, $2), ($3, $4)) SELECT a FROM w WHERE b IN ($5, $6) \
             AND a < ($7)"
        );
        assert_eq!(sql.values.len(), 7);
        assert_eq!(sql.values[3], Value::Text("y".to_owned()));
    }
}
