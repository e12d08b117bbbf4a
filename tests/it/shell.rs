//! Command lines of the READMEs.

/// Splits a command line as a shell does, as far as the READMEs go: single and double quotes.
pub(crate) fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (Some(open), c) if c == open => quote = None,
            (_, c) => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn what_is_quoted_is_one_word() {
    assert_eq!(words("a 'b c'  d"), ["a", "b c", "d"]);
    assert_eq!(words(r#"-d '{"a": 1}'"#), ["-d", r#"{"a": 1}"#]);
}
