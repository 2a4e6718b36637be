//! A query of one group: of the series that have certain values of some labels.

use promql_parser::parser::{Expr, VectorMatchCardinality, VectorSelector};
use tomoni_slo::GroupLabels;

use super::scan::{AGGREGATIONS, Kind, MODIFIERS, Token, is_one_of, tokens};
use super::selector::{Matcher, Selector};
use super::{Parsed, PromqlError, unwrap, walk};

/// Modifiers behind which no labels can stand in parentheses.
const WITHOUT_LABELS: [&str; 2] = ["bool", "offset"];

/// The query with one more condition for each of the labels in every selector, so that it finds of
/// one group what it would have found of all.
///
/// ```
/// use tomoni_slo::GroupLabels;
/// use tomoni_spec::promql::narrow;
///
/// let group = GroupLabels::new([("handler".to_owned(), "/pay".to_owned())]);
/// let narrowed = narrow("sum(rate(http_requests_total[{{.window}}]))", &group)?;
/// assert_eq!(narrowed, r#"sum(rate(http_requests_total{handler="/pay"}[{{.window}}]))"#);
/// # Ok::<(), tomoni_spec::promql::PromqlError>(())
/// ```
///
/// # Errors
///
/// When the text is not PromQL, reads no series, or makes one of the labels itself, so that series do
/// not have it yet where they are selected.
pub fn narrow(text: &str, group: &GroupLabels) -> Result<String, PromqlError> {
    let parsed = Parsed::new(text)?;
    let found = plain(&parsed)?;
    for (label, _) in group.iter() {
        if let Some(maker) = maker_of(&parsed.expr, label) {
            let message = format!("it makes the label `{label}` itself, by `{maker}`");
            return Err(PromqlError::somewhere(message));
        }
    }
    let narrowed = with_conditions(&parsed, group)?;
    // The tokens tell where to write, the tree whether that was right.
    let again = Parsed::new(&narrowed)?;
    let after = walk::selectors(&again.expr);
    let is_right = after.len() == found.len()
        && found.iter().zip(after).all(|(before, after)| {
            wanted(before, group).is_ok_and(|wanted| Ok(wanted) == selector(after))
        });
    if is_right {
        Ok(narrowed)
    } else {
        let message = "it is written in a way that is not understood here";
        Err(PromqlError::somewhere(message))
    }
}

/// The selectors of a query, each once: whose series it reads.
///
/// # Errors
///
/// When the text is not PromQL, reads no series, or has a selector with alternatives.
pub fn selectors(text: &str) -> Result<Vec<Selector>, PromqlError> {
    let parsed = Parsed::new(text)?;
    let mut all = Vec::new();
    for found in plain(&parsed)? {
        let found = selector(found)?;
        if !all.contains(&found) {
            all.push(found);
        }
    }
    Ok(all)
}

/// The selectors of a query, where each has one list of conditions.
fn plain(parsed: &Parsed) -> Result<Vec<&VectorSelector>, PromqlError> {
    let found = walk::selectors(&parsed.expr);
    if found.is_empty() {
        return Err(PromqlError::somewhere("it reads no series"));
    }
    if found.iter().any(|s| !s.matchers.or_matchers.is_empty()) {
        let message = "it has a selector with alternatives (`or` in braces)";
        return Err(PromqlError::somewhere(message));
    }
    Ok(found)
}

fn selector(vector: &VectorSelector) -> Result<Selector, PromqlError> {
    let matchers = unwrap::matchers(&vector.matchers)?;
    Ok(Selector::new(vector.name.clone(), matchers))
}

/// What a selector should become.
fn wanted(vector: &VectorSelector, group: &GroupLabels) -> Result<Selector, PromqlError> {
    let mut matchers = unwrap::matchers(&vector.matchers)?;
    matchers.extend(conditions(group));
    Ok(Selector::new(vector.name.clone(), matchers))
}

fn conditions(group: &GroupLabels) -> impl Iterator<Item = Matcher> + '_ {
    group
        .iter()
        .map(|(label, value)| Matcher::equal(label, value))
}

/// What gives series a label that they do not have where they are selected.
fn maker_of(expr: &Expr, label: &str) -> Option<&'static str> {
    let mut maker = None;
    walk::each(expr, &mut |part| {
        let is_written = |at: usize, args: &[Box<Expr>]| {
            let arg = args.get(at).map(AsRef::as_ref);
            matches!(arg, Some(Expr::StringLiteral(text)) if text.val == label)
        };
        let found = match part {
            Expr::Call(call) if is_written(1, &call.args.args) => match call.func.name {
                name @ ("label_replace" | "label_join") => Some(name),
                _ => None,
            },
            Expr::Aggregate(aggregate) => match aggregate.param.as_deref() {
                Some(Expr::StringLiteral(text)) if text.val == label => Some("count_values"),
                _ => None,
            },
            Expr::Binary(binary) => match binary.modifier.as_ref().map(|m| &m.card) {
                Some(VectorMatchCardinality::ManyToOne(labels)) if has(labels, label) => {
                    Some("group_left")
                }
                Some(VectorMatchCardinality::OneToMany(labels)) if has(labels, label) => {
                    Some("group_right")
                }
                _ => None,
            },
            _ => None,
        };
        maker = maker.or(found);
    });
    maker
}

fn has(labels: &promql_parser::label::Labels, label: &str) -> bool {
    labels.labels.iter().any(|known| known == label)
}

/// The text with the conditions written into it.
fn with_conditions(parsed: &Parsed, group: &GroupLabels) -> Result<String, PromqlError> {
    let conditions: Vec<String> = conditions(group).map(|m| m.to_string()).collect();
    let conditions = conditions.join(",");
    let filled = parsed.template.sample();
    let written = parsed.template.as_str();
    let mut narrowed = String::with_capacity(written.len() + conditions.len() + 2);
    let mut from = 0;
    for place in places(&tokens(&filled.text)?) {
        let (at, piece) = match place {
            Place::Behind(at) => (at, format!("{{{conditions}}}")),
            Place::First(at) => (at, conditions.clone()),
            Place::Further(at) => (at, format!(",{conditions}")),
        };
        let at = filled.written(at);
        narrowed.push_str(&written[from..at]);
        narrowed.push_str(&piece);
        from = at;
    }
    narrowed.push_str(&written[from..]);
    Ok(narrowed)
}

/// A byte of the text at which conditions are written.
enum Place {
    /// Behind a metric's name that has no braces.
    Behind(usize),
    /// Before a closing brace, where nothing or a comma stands before it.
    First(usize),
    /// Before a closing brace, behind other conditions.
    Further(usize),
}

/// Where selectors are, in a text that has been parsed.
fn places(tokens: &[Token<'_>]) -> Vec<Place> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1).map_or("", |token| token.text);
        at += match (token.kind, token.text) {
            (Kind::Open, "{") => {
                let length = until(&tokens[at..], "}");
                if let Some(close) = tokens.get(at + length) {
                    let before = tokens[at + length - 1].text;
                    places.push(match before {
                        "{" | "," => Place::First(close.at),
                        _ => Place::Further(close.at),
                    });
                }
                length + 1
            }
            (Kind::Open, "[") => until(&tokens[at..], "]") + 1,
            (Kind::Word, _)
                if next == "("
                    && is_one_of(token, &MODIFIERS)
                    && !is_one_of(token, &WITHOUT_LABELS) =>
            {
                until(&tokens[at..], ")") + 1
            }
            (Kind::Word, _) => {
                let is_call = next == "(" || next == "{";
                let is_aggregation = is_one_of(token, &AGGREGATIONS)
                    && ["by", "without"].contains(&next.to_ascii_lowercase().as_str());
                if !is_call && !is_aggregation && !is_one_of(token, &MODIFIERS) {
                    places.push(Place::Behind(token.at + token.text.len()));
                }
                1
            }
            _ => 1,
        };
    }
    places
}

/// How many tokens come before this one.
fn until(tokens: &[Token<'_>], text: &str) -> usize {
    let place = tokens.iter().position(|token| token.text == text);
    place.unwrap_or(tokens.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(pairs: &[(&str, &str)]) -> GroupLabels {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        GroupLabels::new(pairs.iter().map(owned))
    }

    fn narrowed(text: &str) -> String {
        narrow(text, &group(&[("h", "/x")])).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn every_selector_gets_the_condition() {
        for (text, is) in [
            ("a", r#"a{h="/x"}"#),
            ("a{}", r#"a{h="/x"}"#),
            (r#"a{b="c"}"#, r#"a{b="c",h="/x"}"#),
            (r#"a{b="}",}"#, r#"a{b="}",h="/x"}"#),
            (r#"{__name__="a"}"#, r#"{__name__="a",h="/x"}"#),
            ("rate(a[5m])", r#"rate(a{h="/x"}[5m])"#),
            (
                "sum by (h) (rate(a[{{.window}}])) / sum(b)",
                r#"sum by (h) (rate(a{h="/x"}[{{.window}}])) / sum(b{h="/x"})"#,
            ),
            (
                "sum(rate(a [$__range])) by (sum) or vector(0)",
                r#"sum(rate(a{h="/x"} [$__range])) by (sum) or vector(0)"#,
            ),
            (
                "a:b / on (h, i) group_left b # of all a{\n offset 5m",
                r#"a:b{h="/x"} / on (h, i) group_left b{h="/x"} # of all a{
 offset 5m"#,
            ),
            (
                "max_over_time(rate(a[5m])[1h:1m] @ end())",
                r#"max_over_time(rate(a{h="/x"}[5m])[1h:1m] @ end())"#,
            ),
            (
                r#"label_replace(a, "i", "$1", "h", "(.*)")"#,
                r#"label_replace(a{h="/x"}, "i", "$1", "h", "(.*)")"#,
            ),
            ("sum(é{b=\"c\"})", "unexpected character 'é'"),
            ("vector(1)", "it reads no series"),
            ("1 + 2", "it reads no series"),
            (
                r#"label_replace(a, "h", "$1", "i", "(.*)")"#,
                "it makes the label `h` itself, by `label_replace`",
            ),
            (
                r#"label_join(a, "h", ",", "i")"#,
                "it makes the label `h` itself, by `label_join`",
            ),
            (
                r#"count_values("h", a)"#,
                "it makes the label `h` itself, by `count_values`",
            ),
            (
                "a * on (i) group_left (h) b",
                "it makes the label `h` itself, by `group_left`",
            ),
            (
                r#"{a="1" or b="2"}"#,
                "it has a selector with alternatives (`or` in braces)",
            ),
        ] {
            assert_eq!(narrowed(text), is, "{text}");
        }
    }

    #[test]
    fn values_of_all_kinds_can_be_asked_for() {
        for value in ["", "\"", "\\", "\\\"} or vector(1)#", "戸口", "a\nb"] {
            let group = group(&[("h", value), ("i", "1")]);
            let text = narrow("sum(rate(a{b=\"c\"}[{{.window}}]))", &group).unwrap();
            let found = selectors(&text).unwrap();
            let condition = found[0].matchers.iter().find(|m| m.label == "h");
            assert_eq!(condition.map(|m| m.value.as_str()), Some(value), "{text}");
            assert_eq!(found[0].matchers.len(), 3, "{text}");
        }
        // It would be taken for the range.
        let hole = group(&[("h", "{{.window}}")]);
        assert!(narrow("sum(rate(a[5m]))", &hole).is_err());
    }
}
