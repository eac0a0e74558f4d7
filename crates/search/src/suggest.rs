//! What was meant, guessed from what was written.

/// Most names that are offered.
const OFFERED: usize = 3;

/// The known names nearest to a word, the best first: those that few letters tell apart, then
/// those that it is a part of or begins with.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let slack = 1 + word.chars().count() / 4;
    // "chips" is meant to find "chip-restrictions".
    let stem = word.strip_suffix('s').unwrap_or(&word);
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|name| {
            let edits = strsim::osa_distance(&word, &name.to_lowercase());
            let is_part = stem.chars().count() > 2 && name.contains(stem);
            let is_begin = word.starts_with(name);
            (edits <= slack || is_part || is_begin).then_some((edits, name))
        })
        .collect();
    near.sort_unstable();
    near.truncate(OFFERED);
    near.into_iter().map(|(_, name)| name).collect()
}

/// "did you mean tag:a or tag:b?"; `None` where nothing is near.
pub(crate) fn did_you_mean(prefix: &str, names: &[&str]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|n| format!("{prefix}{n}")).collect();
    (!names.is_empty()).then(|| format!("did you mean {}?", names.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_come_first() {
        let known = [
            "chip-restrictions",
            "chip-smuggling",
            "conference",
            "export",
        ];
        assert_eq!(nearest("confrence", known), ["conference"]);
        assert_eq!(
            nearest("chips", known),
            ["chip-smuggling", "chip-restrictions"]
        );
        assert_eq!(nearest("exports-of-chips", known), ["export"]);
        assert!(nearest("weather", known).is_empty());
    }
}
