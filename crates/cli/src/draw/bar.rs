//! Bars and sparklines of text.

/// Eighths of a cell, from one to seven.
const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/// Heights of a sparkline, from nothing to full.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A bar of `cells` cells filled by the share (below 0 is empty, above 1 is full).
pub(crate) fn bar(share: f64, cells: usize) -> String {
    let eighths = (share.clamp(0.0, 1.0) * cells as f64 * 8.0).floor() as usize;
    let mut text = "█".repeat(eighths / 8);
    let mut drawn = eighths / 8;
    if !eighths.is_multiple_of(8) {
        text.push(PARTS[eighths % 8 - 1]);
        drawn += 1;
    }
    text.push_str(&"·".repeat(cells - drawn));
    text
}

/// One character a value, scaled to the largest; a gap where a value is not known.
pub(crate) fn sparkline(values: &[Option<f64>]) -> String {
    let largest = values.iter().flatten().fold(0.0_f64, |a, b| a.max(*b));
    values
        .iter()
        .map(|value| match value {
            None => ' ',
            Some(v) if largest <= 0.0 || *v <= 0.0 => HEIGHTS[0],
            Some(v) => HEIGHTS[((v / largest * 7.0).ceil() as usize).min(7)],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_shows_eighths() {
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(0.0, 4), "····");
        assert_eq!(bar(0.5, 4), "██··");
        assert_eq!(bar(0.3, 4), "█▏··");
        assert_eq!(bar(-3.0, 4), "····");
        assert_eq!(bar(9.0, 4), "████");
    }

    #[test]
    fn a_sparkline_tells_nothing_from_unknown() {
        assert_eq!(sparkline(&[Some(0.0), None, Some(1.0), Some(0.01)]), "▁ █▂");
        assert_eq!(sparkline(&[Some(0.0), Some(0.0)]), "▁▁");
        assert_eq!(sparkline(&[]), "");
    }
}
