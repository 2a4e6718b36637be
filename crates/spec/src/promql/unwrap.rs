//! Looking through aggregations and rates, down to the counters.

use promql_parser::label::{MatchOp as ParsedOp, Matchers};
use promql_parser::parser::token::{T_ADD, T_LOR, T_MUL, T_SUB, T_SUM};
use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, VectorMatchCardinality, VectorSelector,
};

use super::selector::{MatchOp, Matcher, Selector};
use super::{Measure, PromqlError, Term};

type Sum = (Vec<Term>, Measure);

/// The counters whose sum the expression is; `None` when it is something else.
pub(super) fn counters(expr: &Expr) -> Result<Option<Sum>, PromqlError> {
    match expr {
        Expr::Paren(paren) => counters(&paren.expr),
        Expr::Unary(unary) => Ok(counters(&unary.expr)?.map(negate)),
        Expr::Aggregate(aggregate) => summed(aggregate),
        Expr::Binary(binary) => combined(binary),
        Expr::Call(call) => rated(call),
        Expr::VectorSelector(vector) => Ok(selector(vector)?.map(|s| bare(s, Measure::Value))),
        _ => Ok(None),
    }
}

/// The one selector that the expression is, whose samples are its values.
pub(super) fn plain_selector(expr: &Expr) -> Result<Option<Selector>, PromqlError> {
    match expr {
        Expr::Paren(paren) => plain_selector(&paren.expr),
        Expr::VectorSelector(vector) => selector(vector),
        _ => Ok(None),
    }
}

fn bare(selector: Selector, measure: Measure) -> Sum {
    (
        vec![Term {
            negative: false,
            selector,
        }],
        measure,
    )
}

fn negate((mut terms, measure): Sum) -> Sum {
    for term in &mut terms {
        term.negative = !term.negative;
    }
    (terms, measure)
}

fn summed(aggregate: &AggregateExpr) -> Result<Option<Sum>, PromqlError> {
    if aggregate.op.id() != T_SUM {
        return Ok(None);
    }
    counters(&aggregate.expr)
}

fn combined(binary: &BinaryExpr) -> Result<Option<Sum>, PromqlError> {
    if binary.op.id() == T_LOR {
        return if is_zero(&binary.rhs) {
            counters(&binary.lhs)
        } else {
            Ok(None)
        };
    }
    let is_sum = matches!(binary.op.id(), T_ADD | T_SUB);
    if !is_sum || !is_one_to_one(binary) {
        return Ok(None);
    }
    let (Some(left), Some(right)) = (counters(&binary.lhs)?, counters(&binary.rhs)?) else {
        return Ok(None);
    };
    if left.1 != right.1 {
        return Ok(None);
    }
    let right = if binary.op.id() == T_SUB {
        negate(right)
    } else {
        right
    };
    let (mut terms, measure) = left;
    terms.extend(right.0);
    Ok(Some((terms, measure)))
}

/// Whether each element of one side meets at most one of the other, and none is made up.
fn is_one_to_one(binary: &BinaryExpr) -> bool {
    binary.modifier.as_ref().is_none_or(|modifier| {
        let fills = &modifier.fill_values;
        modifier.card == VectorMatchCardinality::OneToOne
            && fills.lhs.is_none()
            && fills.rhs.is_none()
    })
}

/// `vector(0)`, or something times zero: elements that are zero.
fn is_zero(expr: &Expr) -> bool {
    let is_nought = |e: &Expr| matches!(e, Expr::NumberLiteral(n) if n.val == 0.0);
    match expr {
        Expr::Paren(paren) => is_zero(&paren.expr),
        Expr::Call(call) => {
            call.func.name == "vector" && call.args.args.iter().all(|arg| is_nought(arg))
        }
        Expr::Binary(binary) => {
            binary.op.id() == T_MUL && (is_nought(&binary.lhs) || is_nought(&binary.rhs))
        }
        _ => false,
    }
}

fn rated(call: &Call) -> Result<Option<Sum>, PromqlError> {
    let [arg] = call.args.args.as_slice() else {
        return Ok(None);
    };
    let Expr::MatrixSelector(matrix) = arg.as_ref() else {
        return Ok(None);
    };
    let measure = match call.func.name {
        "rate" | "irate" => Measure::Rate,
        "increase" => Measure::Increase {
            range_ms: u64::try_from(matrix.range.as_millis()).unwrap_or(u64::MAX),
        },
        _ => return Ok(None),
    };
    Ok(selector(&matrix.vs)?.map(|s| bare(s, measure)))
}

/// The selector, unless it looks at another time or at alternatives.
fn selector(vector: &VectorSelector) -> Result<Option<Selector>, PromqlError> {
    if vector.offset.is_some() || vector.at.is_some() || !vector.matchers.or_matchers.is_empty() {
        return Ok(None);
    }
    let matchers = matchers(&vector.matchers)?;
    Ok(Some(Selector::new(vector.name.clone(), matchers)))
}

pub(super) fn matchers(parsed: &Matchers) -> Result<Vec<Matcher>, PromqlError> {
    parsed.matchers.iter().map(matcher).collect()
}

pub(super) fn matcher(parsed: &promql_parser::label::Matcher) -> Result<Matcher, PromqlError> {
    let op = match parsed.op {
        ParsedOp::Equal => MatchOp::Equal,
        ParsedOp::NotEqual => MatchOp::NotEqual,
        ParsedOp::Re(_) => MatchOp::Matches,
        ParsedOp::NotRe(_) => MatchOp::MatchesNot,
    };
    Matcher::new(&parsed.name, op, &parsed.value).map_err(PromqlError::somewhere)
}
