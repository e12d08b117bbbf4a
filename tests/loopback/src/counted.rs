//! Numbers with their word, for people.

/// `1 account`, `2 accounts`, `0 accounts`; for words whose plural ends in `s`.
#[must_use]
pub fn counted(number: usize, word: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {word}{ending}")
}

#[test]
fn one_is_one() {
    let told = [0, 1, 2].map(|number| counted(number, "account"));
    assert_eq!(told, ["0 accounts", "1 account", "2 accounts"]);
}
