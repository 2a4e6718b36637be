//! Lines with gaps, as SVG paths.

use std::fmt::Write as _;

/// A place in a picture.
pub(super) type Place = (f64, f64);

/// Runs of known places; an unknown one ends a run.
pub(super) fn runs(places: impl IntoIterator<Item = Option<Place>>) -> Vec<Vec<Place>> {
    let mut runs = vec![Vec::new()];
    for place in places {
        match (place, runs.last_mut()) {
            (Some(place), Some(run)) => run.push(place),
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// A line through each run. A run of one place is a dot, if the stroke's caps are round.
pub(super) fn line(runs: &[Vec<Place>]) -> String {
    let mut path = String::new();
    for run in runs {
        trace(&mut path, run);
        if run.len() == 1 {
            path.push_str("h0");
        }
    }
    path
}

/// The area between each run and a level.
pub(super) fn area(runs: &[Vec<Place>], level: f64) -> String {
    let mut path = String::new();
    for run in runs {
        if let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) {
            trace(&mut path, run);
            let _ = write!(
                path,
                "L{} {}L{} {}Z",
                short(*last),
                short(level),
                short(*first),
                short(level)
            );
        }
    }
    path
}

fn trace(path: &mut String, run: &[Place]) {
    for (place, (x, y)) in run.iter().enumerate() {
        path.push(if place == 0 { 'M' } else { 'L' });
        push(path, *x);
        path.push(' ');
        push(path, *y);
    }
}

/// A coordinate with one decimal, which is a tenth of a pixel.
pub(super) fn short(coordinate: f64) -> String {
    let mut text = String::new();
    push(&mut text, coordinate);
    text
}

/// Writes a coordinate. Whole tenths are much quicker to write than a float's digits, and a page
/// holds thousands.
fn push(text: &mut String, coordinate: f64) {
    let tenths = (coordinate * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    let _ = if rest == 0 {
        write!(text, "{sign}{whole}")
    } else {
        write!(text, "{sign}{whole}.{rest}")
    };
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn coordinates_have_one_decimal_at_most() {
        for (coordinate, text) in [
            (0.0, "0"),
            (-0.04, "0"),
            (12.0, "12"),
            (12.34, "12.3"),
            (-0.55, "-0.6"),
            (1_099.96, "1100"),
        ] {
            assert_eq!(short(coordinate), text);
        }
    }
}
