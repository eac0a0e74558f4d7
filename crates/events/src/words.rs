//! Words of a text in any script, the same for every spelling of a word's case.

/// Longest word that is kept, in characters; longer ones are addresses and noise.
const LONGEST: usize = 40;

/// Words that say nothing of a subject, in the languages that write with spaces.
const STOP: &str = " a about after again against all also am an and any are as at be because been before being \
    between both but by can could did do does doing down during each few for from further had has have having he her \
    here his how i if in into is it its just may me might more most must my new no nor not now of off on once only or \
    other our out over own said same say says she should so some such than that the their them then there these they \
    this those through to too under until up upon us very was we were what when where which while who whom why will \
    with would you your \
    au aux avec ce ces cette dans de des du elle en est et être il ils la le les leur leurs mais ne nous on ou où par \
    pas plus pour qu que qui sa se ses son sont sur un une vous \
    aber als am an auf aus bei bis das dass dem den der des die durch ein eine einem einen einer eines er es für hat \
    haben ich ihr im in ist mit nach nicht noch nur oder sein seine sich sie sind so über um und von vor war was wenn \
    werden wie wir wird zu zum zur \
    al como con cuando de del desde donde el ella ellos en entre era es esta este esto fue ha han hasta la las lo los \
    más muy ni no o para pero por porque que se ser si sin sobre son su sus también un una y ya ";

/// Every word, in order, in lower case; text without spaces gives its overlapping pairs of
/// characters.
pub(crate) fn all(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut run = String::new();
    let mut run_is_cjk = false;
    for c in text
        .chars()
        .filter(|c| !tocsin_core::text::is_invisible(*c))
    {
        let cjk = tocsin_core::text::is_cjk(c);
        if (!c.is_alphanumeric() || cjk != run_is_cjk) && !run.is_empty() {
            end_run(&mut run, run_is_cjk, &mut words);
        }
        if c.is_alphanumeric() {
            run_is_cjk = cjk;
            run.extend(c.to_lowercase());
        }
    }
    end_run(&mut run, run_is_cjk, &mut words);
    words
}

fn end_run(run: &mut String, is_cjk: bool, words: &mut Vec<String>) {
    let run = std::mem::take(run);
    let chars: Vec<char> = run.chars().collect();
    if is_cjk && chars.len() > 1 {
        words.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
    } else if !run.is_empty() && chars.len() <= LONGEST {
        words.push(run);
    }
}

/// Words that may say what a text is about: no stop words, no single letters, English plurals as
/// their singular.
pub(crate) fn telling(text: &str) -> Vec<String> {
    all(text)
        .into_iter()
        .filter(|w| w.len() > 1 && !is_stop(w))
        .map(|w| singular(&w).to_owned())
        .collect()
}

fn is_stop(word: &str) -> bool {
    // The list is one text with a space on both sides of each word.
    STOP.match_indices(word).any(|(at, _)| {
        STOP.get(..at).is_some_and(|s| s.ends_with(' '))
            && STOP
                .get(at + word.len()..)
                .is_some_and(|s| s.starts_with(' '))
    })
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 3 && word.is_ascii() && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}

/// Numbers, and the names of months and weekdays: what changes when last month's report is this
/// month's.
pub(crate) fn figures(words: &[String]) -> Vec<&str> {
    const DATES: [&str; 19] = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "may",
    ];
    words
        .iter()
        .map(String::as_str)
        .filter(|w| w.starts_with(|c: char| c.is_numeric()) || DATES.contains(w))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_told_apart() {
        assert_eq!(
            all("Nvidia's H20：华为芯片"),
            ["nvidia", "s", "h20", "华为", "为芯", "芯片"]
        );
    }

    #[test]
    fn only_telling_words_stay() {
        assert_eq!(
            telling("The new rules on chips, and the process"),
            ["rule", "chip", "process"]
        );
    }

    #[test]
    fn figures_are_numbers_and_dates() {
        let words = all("In March, 3,400 chips of the H20 type");
        assert_eq!(figures(&words), ["march", "3", "400"]);
    }
}
