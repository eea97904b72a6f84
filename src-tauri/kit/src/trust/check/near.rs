//! What somebody who misspelled it may have meant.

/// The known word that is near enough, if there is one.
pub(super) fn nearest<'a>(text: &str, known: &[&'a str]) -> Option<&'a str> {
    if text.len() > 64 {
        return None;
    }
    let text = text.to_lowercase();
    let distance = |word: &str| distance(&text, &word.to_lowercase());
    let (best, away) = known.iter().map(|word| (*word, distance(word))).min_by_key(|(_, away)| *away)?;
    (away <= 3 && away * 3 <= best.chars().count()).then_some(best)
}

/// How many letters must be changed, added or left out (Levenshtein).
pub(super) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, wanted) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *wanted);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[other.len()]
}
