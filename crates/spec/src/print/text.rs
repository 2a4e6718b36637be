//! Texts in each of YAML's ways to write them.

/// Words that YAML 1.1 or 1.2 reads as something else than a text, in lower case.
const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// Writes a text, of several lines as a block that is indented so far.
pub(super) fn write(out: &mut String, value: &str, indent: usize) {
    if !is_block(value) {
        write_line(out, value);
        return;
    }
    // At the top there is no mapping to be indented below.
    let indent = indent.max(2);
    let (body, is_ended) = match value.strip_suffix('\n') {
        Some(body) => (body, true),
        None => (value, false),
    };
    out.push_str(if is_ended { "|" } else { "|-" });
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            write_indent(out, indent);
            out.push_str(line);
        }
    }
}

/// Writes so many spaces.
pub(super) fn write_indent(out: &mut String, indent: usize) {
    const SPACES: &str = "                ";
    let mut left = indent;
    while left > 0 {
        let some = left.min(SPACES.len());
        out.push_str(&SPACES[..some]);
        left -= some;
    }
}

/// Writes a text on one line.
pub(super) fn write_line(out: &mut String, value: &str) {
    if is_bare(value) {
        out.push_str(value);
    } else if value.contains('"') && value.chars().all(is_printable) {
        out.push_str(&format!("'{}'", value.replace('\'', "''")));
    } else {
        write_quoted(out, value);
    }
}

/// Names of ours stand bare; anything that could be read as something else is quoted.
pub(super) fn write_name(out: &mut String, key: &str) {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let is_name = key.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    if is_name && key.bytes().all(is_inner) && !WORDS.contains(&key) {
        out.push_str(key);
    } else {
        write_quoted(out, key);
    }
}

/// Writes a text in double quotes; JSON's escapes are YAML's.
pub(super) fn write_quoted(out: &mut String, value: &str) {
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if !is_printable(c) => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether it is a text to every reader without quotes: one that begins with a letter is no number
/// and no date.
fn is_bare(value: &str) -> bool {
    let is_word = || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word));
    let bytes = value.as_bytes();
    let is_misread = |pair: &[u8]| matches!(pair, [b':', b' '] | [b' ', b'#']);
    value.starts_with(|c: char| c.is_ascii_alphabetic())
        && bytes.iter().all(|b| b.is_ascii_graphic() || *b == b' ')
        && !bytes.windows(2).any(is_misread)
        && !value.ends_with([':', ' '])
        && !is_word()
}

/// Whether a block holds it as it is: several lines, of which none begins or ends in a way that
/// indentation hides.
fn is_block(value: &str) -> bool {
    let is_space = |c: char| c == ' ' || c == '\t';
    let is_plain = |line: &str| line.is_empty() || !line.chars().all(is_space);
    value.contains('\n')
        && !value.starts_with(['\n', ' ', '\t'])
        && !value.ends_with("\n\n")
        && value.split('\n').all(is_plain)
        && value
            .chars()
            .all(|c| c == '\n' || c == '\t' || is_printable(c))
}

/// Neither a control character nor what some readers take for the end of a line or the beginning of
/// a file.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}
