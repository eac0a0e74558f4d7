//! Words of a text in any script, each told by its hash, the same for every spelling of its case.

use rustc_hash::FxHashSet;
use std::sync::LazyLock;
use tocsin_core::text;

/// Longest word that is kept, in bytes; longer ones are addresses and noise.
const LONGEST: usize = 80;

/// Words that say nothing of a subject, in the languages that write with spaces.
const STOP: &str = "a about after again against all also am an and any are as at be because been before being \
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
    más muy ni no o para pero por porque que se ser si sin sobre son su sus también un una y ya";

/// Names of months and weekdays, which change like numbers when last month's report is this month's.
const DATES: &str = "january february march april may june july august september october november december \
    monday tuesday wednesday thursday friday saturday sunday \
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre \
    lundi mardi mercredi jeudi vendredi samedi dimanche \
    januar februar märz april juni juli oktober dezember \
    montag dienstag mittwoch donnerstag freitag samstag sonntag \
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre \
    lunes martes miércoles jueves viernes sábado domingo";

static STOP_WORDS: LazyLock<FxHashSet<u32>> = LazyLock::new(|| hashes(STOP));
static DATE_WORDS: LazyLock<FxHashSet<u32>> = LazyLock::new(|| hashes(DATES));

fn hashes(list: &str) -> FxHashSet<u32> {
    list.split_whitespace().map(hash).collect()
}

/// What a word is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters.
    Plain,
    /// Letters that begin with a capital.
    Capital,
    /// A number, a month or a weekday.
    Figure,
    /// Two neighbouring characters of a script without spaces.
    Pair,
}

/// A word where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    /// Of its letters in lower case.
    pub(crate) hash: u32,
    /// What it says of a subject: its singular; nothing for a stop word or a single letter.
    pub(crate) term: Option<u32>,
    pub(crate) kind: Kind,
    /// Byte offsets in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A title or a text, and its words.
pub(crate) struct Part<'a> {
    pub(crate) text: &'a str,
    pub(crate) words: Vec<Word>,
}

impl<'a> Part<'a> {
    /// Reads the first `most` words of a text.
    pub(crate) fn read(text: &'a str, most: usize) -> Self {
        Self {
            text,
            words: read(text, most),
        }
    }
}

/// The first `most` words of a text.
pub(crate) fn read(text: &str, most: usize) -> Vec<Word> {
    let mut reader = Reader {
        words: Vec::with_capacity((text.len() / 6).min(most)),
        run: String::new(),
        run_is_cjk: false,
        capital: false,
        start: 0,
        places: Vec::new(),
    };
    for (at, c) in text.char_indices() {
        if reader.words.len() >= most {
            return reader.words;
        }
        reader.take(at, c);
    }
    reader.end_run(text.len());
    reader.words.truncate(most);
    reader.words
}

struct Reader {
    words: Vec<Word>,
    run: String,
    run_is_cjk: bool,
    capital: bool,
    start: usize,
    /// Where each character of a run without spaces begins and ends.
    places: Vec<(usize, usize)>,
}

impl Reader {
    fn take(&mut self, at: usize, c: char) {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                self.begin(at, false, c.is_ascii_uppercase());
                self.run.push(c.to_ascii_lowercase());
            } else {
                self.end_run(at);
            }
        } else if !c.is_alphanumeric() {
            if !text::is_invisible(c) {
                self.end_run(at);
            }
        } else {
            self.begin(at, text::is_cjk(c), c.is_uppercase());
            self.run.extend(c.to_lowercase());
            if self.run_is_cjk {
                self.places.push((at, at + c.len_utf8()));
            }
        }
    }

    fn begin(&mut self, at: usize, cjk: bool, capital: bool) {
        if cjk != self.run_is_cjk {
            self.end_run(at);
        }
        if self.run.is_empty() {
            (self.start, self.run_is_cjk, self.capital) = (at, cjk, capital);
        }
    }

    fn end_run(&mut self, end: usize) {
        if self.run_is_cjk && self.places.len() > 1 {
            self.pairs();
        } else if !self.run.is_empty() && self.run.len() <= LONGEST {
            let (start, capital) = (self.start, self.capital);
            self.words.push(word(&self.run, capital, start, end));
        }
        self.run.clear();
        self.places.clear();
    }

    fn pairs(&mut self) {
        let letters: Vec<char> = self.run.chars().collect();
        for (pair, places) in letters.windows(2).zip(self.places.windows(2)) {
            let hash = hash(&pair.iter().collect::<String>());
            if let [(start, _), (_, end)] = *places {
                self.words.push(Word {
                    hash,
                    term: Some(hash),
                    kind: Kind::Pair,
                    start,
                    end,
                });
            }
        }
    }
}

fn word(letters: &str, capital: bool, start: usize, end: usize) -> Word {
    let own = hash(letters);
    let figure = letters.starts_with(|c: char| c.is_numeric()) || DATE_WORDS.contains(&own);
    let tells = letters.len() > 1 && !STOP_WORDS.contains(&own);
    Word {
        hash: own,
        term: tells.then(|| hash(singular(letters))),
        kind: match (figure, capital) {
            (true, _) => Kind::Figure,
            (false, true) => Kind::Capital,
            (false, false) => Kind::Plain,
        },
        start,
        end,
    }
}

/// The same in every process and version: FNV-1a (Fowler, Noll and Vo), with its halves folded together.
pub(crate) fn hash(word: &str) -> u32 {
    let long = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    fold(long)
}

/// Sixty-four bits as thirty-two that depend on all of them.
pub(crate) fn fold(long: u64) -> u32 {
    let mixed = (long ^ (long >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 32) as u32
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 3 && word.is_ascii() && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<&str> {
        let words = read(text, 100);
        words
            .iter()
            .filter_map(|w| text.get(w.start..w.end))
            .collect()
    }

    #[test]
    fn scripts_are_told_apart() {
        assert_eq!(
            written("Nvidia's H20：华为芯片"),
            ["Nvidia", "s", "H20", "华为", "为芯", "芯片"]
        );
    }

    #[test]
    fn case_number_and_stop_words_do_not_matter() {
        let terms = |text| -> Vec<u32> { read(text, 100).iter().filter_map(|w| w.term).collect() };
        assert_eq!(
            terms("The new RULES on chips, and the process"),
            terms("rule chip process")
        );
    }

    #[test]
    fn figures_are_numbers_and_dates() {
        let text = "In March, 3,400 chips of the H20 type am Dienstag";
        let figures: Vec<&str> = read(text, 100)
            .iter()
            .filter(|w| w.kind == Kind::Figure)
            .filter_map(|w| text.get(w.start..w.end))
            .collect();
        assert_eq!(figures, ["March", "3", "400", "Dienstag"]);
    }

    proptest::proptest! {
        #[test]
        fn words_stand_in_order_on_character_borders(text in "\\PC{0,200}") {
            let words = read(&text, 1_000);
            for word in &words {
                proptest::prop_assert!(text.get(word.start..word.end).is_some_and(|w| !w.is_empty()));
            }
            proptest::prop_assert!(words.is_sorted_by_key(|w| w.start));
            let few = read(&text, 3);
            proptest::prop_assert_eq!(&few[..], &words[..words.len().min(3)]);
        }
    }
}
