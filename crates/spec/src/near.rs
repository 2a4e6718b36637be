//! "Did you mean": which known word was probably meant.

/// Longer words than this are not compared.
const WORD_CHARS_MAX: usize = 64;

/// The known word that is nearest to what was written, where one is near enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = written.chars().count();
    if length > WORD_CHARS_MAX {
        return None;
    }
    // A third of the word may differ, and always one character.
    let most = (length / 3).max(1);
    let folded = fold(written);
    known
        .into_iter()
        .map(|word| (distance(&folded, &fold(word), most), word))
        .filter_map(|(distance, word)| distance.map(|d| (d, word)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Case and separators are what people get wrong most.
fn fold(word: &str) -> Vec<char> {
    word.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' ' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many characters must be changed, added, taken away or swapped with their neighbour to make
/// one word of the other; `None` when more than `most`.
pub(crate) fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most || a.len().max(b.len()) > 2 * WORD_CHARS_MAX {
        return None;
    }
    // The rows of the usual table: two before, one before, and the one being filled.
    let mut oldest: Vec<usize> = Vec::new();
    let mut old: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = cell(&old, j) + usize::from(x != y);
            let shorter = cell(&old, j + 1) + 1;
            let longer = cell(&row, j) + 1;
            let mut best = changed.min(shorter).min(longer);
            let is_swap = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if is_swap {
                best = best.min(cell(&oldest, j - 1) + 1);
            }
            row.push(best);
        }
        oldest = std::mem::replace(&mut old, row);
    }
    old.last().copied().filter(|d| *d <= most)
}

fn cell(row: &[usize], at: usize) -> usize {
    row.get(at).copied().unwrap_or(usize::MAX / 2)
}

/// Words as a list for people: "`a`, `b` or `c`".
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>, join: &str) -> String {
    let quoted: Vec<String> = words.into_iter().map(|w| format!("`{w}`")).collect();
    match quoted.as_slice() {
        [] => String::from("nothing"),
        [one] => one.clone(),
        [all @ .., last] => format!("{} {join} {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found() {
        let known = ["indicator", "indicatorRef", "objectives", "target"];
        let cases = [
            ("indicatr", Some("indicator")),
            ("indicator_ref", Some("indicatorRef")),
            ("IndicatorRef", Some("indicatorRef")),
            ("traget", Some("target")),
            ("objective", Some("objectives")),
            ("markdown", None),
            ("x", None),
        ];
        for (written, expected) in cases {
            assert_eq!(nearest(written, known), expected, "{written}");
        }
        assert_eq!(nearest(&"x".repeat(1_000), known), None);
    }

    #[test]
    fn distances_are_those_of_the_textbook() {
        let d = |a: &str, b: &str| {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            distance(&chars(a), &chars(b), 9)
        };
        assert_eq!(d("kitten", "sitting"), Some(3));
        assert_eq!(d("ab", "ba"), Some(1));
        assert_eq!(d("", "abc"), Some(3));
        assert_eq!(d("same", "same"), Some(0));
        assert_eq!(d("abcdefghijk", "z"), None);
    }

    #[test]
    fn lists_read_well() {
        assert_eq!(listed(["a", "b", "c"], "or"), "`a`, `b` or `c`");
        assert_eq!(listed(["a"], "or"), "`a`");
    }
}
