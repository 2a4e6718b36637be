//! Placeholders for a range, and the text with one put in.

use std::borrow::Cow;

use super::PromqlError;

/// What stands for a range, as Sloth writes it.
pub(crate) const WINDOW: &str = "{{.window}}";
/// What stands for a range, longest first where one begins with another.
const WORDS: [&str; 3] = ["$__rate_interval", "$__interval", "$__range"];
/// The range with which a text is parsed: one that nobody writes, so that it can be told from those
/// that are written.
const SAMPLE_WINDOW: &str = "97m13s";
/// The same in milliseconds.
pub(super) const SAMPLE_WINDOW_MS: u128 = (97 * 60 + 13) * 1_000;

/// A PromQL text in which placeholders may stand for a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    /// Where placeholders stand: first byte, and the byte after the last. In order.
    holes: Vec<(usize, usize)>,
}

/// A template with its placeholders filled in, and the way back.
pub(super) struct Filled<'a> {
    pub(super) text: Cow<'a, str>,
    template: &'a Template,
    window_bytes: usize,
}

impl Template {
    pub(crate) fn new(text: &str) -> Self {
        let mut holes = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            match hole(rest) {
                Some(length) => {
                    holes.push((at, at + length));
                    at += length;
                }
                None => at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
        Self {
            text: text.to_owned(),
            holes,
        }
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a placeholder stands in it.
    pub fn has_placeholder(&self) -> bool {
        !self.holes.is_empty()
    }

    /// The text with every placeholder replaced by a range, such as `5m`.
    ///
    /// ```
    /// use tomoni_spec::promql::{Reading, read};
    /// let Reading::Expression(ratio) = read("avg(rate(a[{{ .window }}]))")? else { panic!() };
    /// assert_eq!(ratio.with_window("5m"), "avg(rate(a[5m]))");
    /// # Ok::<(), tomoni_spec::promql::PromqlError>(())
    /// ```
    pub fn with_window(&self, window: &str) -> String {
        self.fill(window).into_owned()
    }

    fn fill(&self, window: &str) -> Cow<'_, str> {
        if self.holes.is_empty() {
            return Cow::Borrowed(&self.text);
        }
        let mut filled = String::with_capacity(self.text.len());
        let mut from = 0;
        for (start, end) in &self.holes {
            filled.push_str(&self.text[from..*start]);
            filled.push_str(window);
            from = *end;
        }
        filled.push_str(&self.text[from..]);
        Cow::Owned(filled)
    }

    pub(super) fn sample(&self) -> Filled<'_> {
        Filled {
            text: self.fill(SAMPLE_WINDOW),
            template: self,
            window_bytes: SAMPLE_WINDOW.len(),
        }
    }
}

impl Filled<'_> {
    /// The error with its place in the text as it was written.
    pub(super) fn place(&self, mut error: PromqlError) -> PromqlError {
        error.offset = error.offset.map(|offset| self.written(offset));
        error
    }

    /// The byte of the text as it was written that a byte of the filled one comes from.
    pub(super) fn written(&self, offset: usize) -> usize {
        // How much longer the written text is than the filled one, up to the offset.
        let mut longer = 0_isize;
        for (start, end) in &self.template.holes {
            let filled_start = start.saturating_add_signed(-longer);
            if offset < filled_start {
                break;
            }
            if offset < filled_start + self.window_bytes {
                return *start;
            }
            longer += (end - start) as isize - self.window_bytes as isize;
        }
        offset.saturating_add_signed(longer)
    }
}

/// A query to be put into parentheses: a comment at its end must not hide the one that closes.
pub(crate) fn enclosable(query: &str) -> String {
    match query.contains('#') {
        true => format!("{query}\n"),
        false => query.to_owned(),
    }
}

/// The length of the placeholder that the text begins with.
fn hole(text: &str) -> Option<usize> {
    if let Some(inner) = text.strip_prefix("{{") {
        let length = inner.find("}}")?;
        let name = inner[..length].trim();
        return name.eq_ignore_ascii_case(".window").then_some(length + 4);
    }
    WORDS
        .into_iter()
        .find(|word| text.starts_with(word))
        .map(str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_all_kinds_are_found() {
        let template =
            Template::new("a[{{.window}}] b[{{ .Window }}] c[$__rate_interval] d[$__range]");
        assert_eq!(template.with_window("1h"), "a[1h] b[1h] c[1h] d[1h]");
        assert!(template.has_placeholder());
        assert!(!Template::new("a[5m] {{.other}} $__x é").has_placeholder());
    }

    #[test]
    fn places_are_those_of_the_written_text() {
        let template = Template::new("a[{{.window}}] + b[{{.window}}] )");
        let filled = template.sample();
        let written = |needle: &str| filled.written(filled.text.find(needle).unwrap());
        assert_eq!(written("a"), 0);
        assert_eq!(written("97m13s"), 2);
        assert_eq!(written("13s"), 2);
        assert_eq!(written("+"), 15);
        assert_eq!(written("b"), 17);
        assert_eq!(written(")"), 32);
    }
}
