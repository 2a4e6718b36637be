//! Rust text with everything blanked out that is not code, so that rules may look for words.

/// The same lines, with comments and the insides of literals as blanks.
pub(crate) fn code_only(text: &str) -> String {
    let mut blanker = Blanker {
        rest: text,
        out: String::with_capacity(text.len()),
    };
    while !blanker.rest.is_empty() {
        blanker.next();
    }
    blanker.out
}

struct Blanker<'a> {
    rest: &'a str,
    out: String,
}

impl Blanker<'_> {
    fn next(&mut self) {
        let rest = self.rest;
        if rest.starts_with("//") {
            self.blank(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.blank(block_comment(rest));
        } else if let Some(len) = raw_string(rest).filter(|_| !self.is_in_word()) {
            self.blank(len);
        } else if rest.starts_with('"') {
            self.blank(quoted(rest, '"'));
        } else if let Some(len) = character(rest) {
            self.blank(len);
        } else {
            let first = rest.chars().next().map_or(1, char::len_utf8);
            self.out.push_str(&rest[..first]);
            self.rest = &rest[first..];
        }
    }

    /// Whether what comes next continues a word: then an `r` does not begin a literal.
    fn is_in_word(&self) -> bool {
        let last = self.out.chars().next_back();
        last.is_some_and(|c| c.is_alphanumeric() || c == '_')
    }

    fn blank(&mut self, len: usize) {
        let (gone, rest) = self.rest.split_at(len);
        let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
        self.out.extend(gone.chars().map(blank));
        self.rest = rest;
    }
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a literal in quotes, escapes skipped.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The length of a raw string, if one begins here.
fn raw_string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r"]
        .into_iter()
        .find(|p| text.starts_with(p))?;
    let after = &text[prefix.len()..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = text.len() - body.len();
    Some(
        body.find(&end)
            .map_or(text.len(), |at| start + at + end.len()),
    )
}

/// The length of a character literal, if one begins here; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        return Some(quoted(text, '\''));
    }
    let first = inner.chars().next()?.len_utf8();
    inner[first..].starts_with('\'').then_some(first + 2)
}

#[cfg(test)]
mod tests {
    use super::code_only;

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        let text =
            "a(\"x\\\"y\"); // b\n/* c /* d\n */ e */ f('g', r#\"h\"i\"#, 'j');\n'k: loop {}";
        let code = code_only(text);
        assert_eq!(code.lines().count(), text.lines().count());
        let seen: String = code.chars().filter(|c| c.is_alphabetic()).collect();
        assert_eq!(seen, "afkloop");
    }

    #[test]
    fn a_word_that_ends_in_r_begins_no_literal() {
        assert_eq!(code_only("for\"x\"").trim_end(), "for");
        assert_eq!(code_only("b'\\''; z"), "b    ; z");
    }

    #[test]
    fn what_never_ends_is_blanked_to_the_end() {
        for text in ["\"abc", "/* abc", "r##\"abc\"#", "'\\"] {
            assert!(code_only(text).trim().is_empty(), "{text}");
        }
    }
}
