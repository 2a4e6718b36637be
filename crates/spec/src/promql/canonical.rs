//! One text for all ways to write the same query: white space, comments, parentheses, the order of
//! matchers, of labels and of what is added do not count.

use std::fmt::Write;
use std::time::Duration;

use promql_parser::label::Matchers;
use promql_parser::parser::token::{T_ADD, T_MUL};
use promql_parser::parser::{
    AggregateExpr, AtModifier, BinModifier, BinaryExpr, Expr, LabelModifier, Offset, SubqueryExpr,
    VectorMatchCardinality, VectorSelector,
};

use super::selector::{Quoted, Selector};
use super::template::SAMPLE_WINDOW_MS;
use super::{Parsed, PromqlError, Reading, Term, unwrap};

/// The normal form of a query.
///
/// Queries that count the same counters have the same form, whatever function they wrap around
/// them; see [`Reading::Counters`]. The form of a sum of counters is PromQL again.
///
/// ```
/// use tomoni_spec::promql::canonical;
///
/// let one = canonical(r#"sum(rate(b{y="2", x="1"}[5m])) + sum(rate(a[5m]))  # all of them"#)?;
/// assert_eq!(one, canonical(r#"a + b{x="1",y="2"}"#)?);
/// # Ok::<(), tomoni_spec::promql::PromqlError>(())
/// ```
///
/// # Errors
///
/// As [`read`](super::read).
pub fn canonical(text: &str) -> Result<String, PromqlError> {
    let parsed = Parsed::new(text)?;
    Ok(match parsed.read()? {
        Reading::Counters(counters) => of_terms(&counters.terms),
        Reading::Expression(_) => parsed.expression()?,
    })
}

/// The normal form of a sum of counters: what is added, sorted; then what is taken away, sorted.
pub(super) fn of_terms(terms: &[Term]) -> String {
    let mut signed: Vec<(bool, String)> = terms
        .iter()
        .map(|t| (t.negative, t.selector.to_string()))
        .collect();
    signed.sort();
    let mut text = String::new();
    for (i, (negative, selector)) in signed.iter().enumerate() {
        text.push_str(match (i, negative) {
            (0, false) => "",
            (0, true) => "-",
            (_, false) => " + ",
            (_, true) => " - ",
        });
        text.push_str(selector);
    }
    text
}

/// The normal form of an expression, which looks through nothing.
pub(super) fn of_expr(expr: &Expr) -> Result<String, PromqlError> {
    Ok(match expr {
        Expr::Paren(paren) => of_expr(&paren.expr)?,
        Expr::Unary(unary) => format!("-({})", of_expr(&unary.expr)?),
        Expr::NumberLiteral(number) => number.to_string(),
        Expr::StringLiteral(text) => Quoted(&text.val).to_string(),
        Expr::VectorSelector(vector) => of_vector(vector, "")?,
        Expr::MatrixSelector(matrix) => {
            of_vector(&matrix.vs, &format!("[{}]", of_range(matrix.range)))?
        }
        Expr::Subquery(subquery) => of_subquery(subquery)?,
        Expr::Call(call) => {
            let arguments: Result<Vec<String>, PromqlError> =
                call.args.args.iter().map(|arg| of_expr(arg)).collect();
            format!("{}({})", call.func.name, arguments?.join(","))
        }
        Expr::Aggregate(aggregate) => of_aggregate(aggregate)?,
        Expr::Binary(binary) => of_binary(binary)?,
        Expr::Extension(_) => String::from("extension"),
    })
}

fn of_vector(vector: &VectorSelector, range: &str) -> Result<String, PromqlError> {
    let mut text = of_matchers(vector.name.clone(), &vector.matchers)?;
    text.push_str(range);
    push_time(&mut text, vector.offset.as_ref(), vector.at.as_ref());
    Ok(text)
}

fn of_matchers(name: Option<String>, parsed: &Matchers) -> Result<String, PromqlError> {
    if parsed.or_matchers.is_empty() {
        return Ok(Selector::new(name, unwrap::matchers(parsed)?).to_string());
    }
    let mut alternatives = Vec::new();
    for group in &parsed.or_matchers {
        let matchers: Result<Vec<_>, _> = group.iter().map(unwrap::matcher).collect();
        alternatives.push(Selector::new(name.clone(), matchers?).to_string());
    }
    alternatives.sort();
    Ok(format!("({})", alternatives.join("|")))
}

/// The range in milliseconds. A placeholder stays one: it is none of the ranges that can be written.
fn of_range(range: Duration) -> String {
    match range.as_millis() {
        SAMPLE_WINDOW_MS => String::from("$__range"),
        ms => format!("{ms}ms"),
    }
}

fn push_time(text: &mut String, offset: Option<&Offset>, at: Option<&AtModifier>) {
    // Writing to a String cannot fail.
    let _ = match offset {
        Some(Offset::Pos(d)) => write!(text, " offset {}ms", d.as_millis()),
        Some(Offset::Neg(d)) => write!(text, " offset -{}ms", d.as_millis()),
        None => Ok(()),
    };
    if let Some(at) = at {
        let _ = write!(text, " {at}");
    }
}

fn of_subquery(subquery: &SubqueryExpr) -> Result<String, PromqlError> {
    let step = subquery
        .step
        .map_or(String::new(), |d| format!("{}ms", d.as_millis()));
    let mut text = format!(
        "({})[{}ms:{step}]",
        of_expr(&subquery.expr)?,
        subquery.range.as_millis()
    );
    push_time(&mut text, subquery.offset.as_ref(), subquery.at.as_ref());
    Ok(text)
}

fn of_aggregate(aggregate: &AggregateExpr) -> Result<String, PromqlError> {
    let mut text = aggregate.op.to_string();
    match &aggregate.modifier {
        Some(LabelModifier::Include(labels)) if labels.labels.is_empty() => {}
        Some(modifier) => text.push_str(&of_label_modifier(modifier, "by", "without")),
        None => {}
    }
    text.push('(');
    if let Some(param) = &aggregate.param {
        text.push_str(&of_expr(param)?);
        text.push(',');
    }
    text.push_str(&of_expr(&aggregate.expr)?);
    text.push(')');
    Ok(text)
}

fn of_label_modifier(modifier: &LabelModifier, include: &str, exclude: &str) -> String {
    let word = if modifier.is_include() {
        include
    } else {
        exclude
    };
    format!(" {word}({})", sorted(&modifier.labels().labels))
}

fn sorted(labels: &[String]) -> String {
    let mut labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    labels.sort_unstable();
    labels.dedup();
    labels.join(",")
}

fn of_binary(binary: &BinaryExpr) -> Result<String, PromqlError> {
    let modifier = binary
        .modifier
        .as_ref()
        .map(of_bin_modifier)
        .unwrap_or_default();
    let mut left = of_expr(&binary.lhs)?;
    let mut right = of_expr(&binary.rhs)?;
    // What is added or multiplied may change places, unless a modifier says which side is which.
    if matches!(binary.op.id(), T_ADD | T_MUL) && modifier.is_empty() && right < left {
        std::mem::swap(&mut left, &mut right);
    }
    Ok(format!("({left}) {}{modifier} ({right})", binary.op))
}

fn of_bin_modifier(modifier: &BinModifier) -> String {
    let mut text = String::new();
    if modifier.return_bool {
        text.push_str(" bool");
    }
    match &modifier.matching {
        Some(LabelModifier::Exclude(labels)) if labels.labels.is_empty() => {}
        Some(matching) => text.push_str(&of_label_modifier(matching, "on", "ignoring")),
        None => {}
    }
    match &modifier.card {
        VectorMatchCardinality::ManyToOne(labels) => {
            text.push_str(&format!(" group_left({})", sorted(&labels.labels)));
        }
        VectorMatchCardinality::OneToMany(labels) => {
            text.push_str(&format!(" group_right({})", sorted(&labels.labels)));
        }
        VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany => {}
    }
    let fills = [
        ("fill_left", modifier.fill_values.lhs),
        ("fill_right", modifier.fill_values.rhs),
    ];
    for (word, value) in fills {
        if let Some(value) = value {
            text.push_str(&format!(" {word}({value})"));
        }
    }
    text
}
