//! Going through all of an expression.

use promql_parser::parser::{Expr, VectorSelector};

/// Shows every part of an expression, a whole before its parts, in the order of the text.
pub(super) fn each<'e>(expr: &'e Expr, show: &mut dyn FnMut(&'e Expr)) {
    show(expr);
    match expr {
        Expr::Aggregate(aggregate) => {
            if let Some(param) = &aggregate.param {
                each(param, show);
            }
            each(&aggregate.expr, show);
        }
        Expr::Unary(unary) => each(&unary.expr, show),
        Expr::Paren(paren) => each(&paren.expr, show),
        Expr::Binary(binary) => {
            each(&binary.lhs, show);
            each(&binary.rhs, show);
        }
        Expr::Call(call) => call.args.args.iter().for_each(|arg| each(arg, show)),
        Expr::Subquery(subquery) => each(&subquery.expr, show),
        Expr::MatrixSelector(_)
        | Expr::VectorSelector(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::Extension(_) => {}
    }
}

/// The selectors of an expression, those of ranges among them, in the order of the text.
pub(super) fn selectors(expr: &Expr) -> Vec<&VectorSelector> {
    let mut found = Vec::new();
    each(expr, &mut |part| match part {
        Expr::VectorSelector(vector) => found.push(vector),
        Expr::MatrixSelector(matrix) => found.push(&matrix.vs),
        _ => {}
    });
    found
}
