//! The few kinds of deeds that move a story on, by the words that report them; and number words.
//!
//! In English, and the commonest words of German, French, Spanish and Chinese.

use crate::words::{self, Word};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// A set of kinds of deeds, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Deeds(u32);

impl Deeds {
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    pub(crate) fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    pub(crate) fn or(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

/// Each line is a kind: words that report it.
const KINDS: [&str; 17] = [
    // A body says yes.
    "approved approves approve approval passed passes adopted adopts adopt ratified ratifies ratify endorsed endorses voted \
     votes cleared enacted enacts verabschiedet beschlossen gebilligt verabschiedete beschloss billigte adopté adopte approuvé voté aprobó aprueba aprobado \
     通过 批准",
    // A body says no.
    "rejected rejects reject defeated defeats vetoed vetoes veto abgelehnt lehnte rejeté rejette rechazó rechaza 否决 驳回",
    // Something is stopped.
    "blocked blocks block halted halts halt suspended suspends suspend suspending froze freezes frozen paused pauses pausing \
     injunction overturned overturns overturn struck annulled annuls quashed quashes ausgesetzt gestoppt stoppte suspendu suspend \
     suspendió suspende 暂停 叫停",
    // A court speaks.
    "ruled ruling verdict convicted convicts acquitted upheld upholds uphold sentenced judgment judgement urteilte urteil \
     jugé statué dictaminó sentenció 裁定 判决",
    "signed signs unterzeichnet signé signe firmó firma 签署",
    "fined fine fines penalty penalties penalised penalized sanctioned geldbuße bußgeld verhängte amende multa multó sanción 罚款 处罚",
    "sued sues sue lawsuit indicted indicts indictment charged arrested arrests prosecuted verklagt angeklagt poursuit demandó \
     起诉 逮捕",
    "delayed delays delay postponed postpones postpone deferred defers verschoben verschiebt reporté reporte aplazó aplaza 推迟 延期",
    "withdrew withdraws withdraw withdrawn scrapped scraps scrap cancelled canceled cancels repealed repeals repeal revoked \
     revokes revoke rescinded rescinds zurückgezogen retiré retire retiró 撤回 撤销 废除",
    "resigned resigns resign quit quits ousted sacked zurückgetreten trat démissionné démissionne dimitió dimite 辞职",
    "appointed appoints appoint appointment nominated nominates ernannt ernannte nommé nomme nombró nombra 任命",
    "agreed agrees settled settles settlement agreement einigten geeinigt accord acordó acuerdo 达成",
    "appealed appeals appeal berufung appel apeló 上诉",
    "raised raises raise lifted lifts doubled doubles tripled lowered lowers trimmed revised revises amended amends increased \
     erhöht relevé aumentó 上调 提高",
    "banned bans ban prohibited prohibits outlawed verboten verbietet interdit prohibió prohíbe 禁止",
    "investigated investigates investigation probe inquiry untersuchung enquête investigación 调查",
    "launched launches launch opened opens unveiled unveils published publishes released releases issued issues veröffentlicht \
     publié publie publicó publica 发布 公布",
];

/// Words after which a deed is not done yet, or not done.
const NOT_YET: &str = "will would could may might should shall must can to if whether not never yet expected expects plans plan \
    planned planning proposes proposed propose considers considering seeks seeking seek faces face facing threatens urges urged calls \
    called wants wanted likely due before against without ahead until soll sollen wird werden könnte pourrait va doit podría va puede \
    将 或";
/// How many words back such a word is looked for.
const REACH: usize = 4;

/// Number words, by value.
const SMALL: [&str; 20] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

static DEEDS: LazyLock<FxHashMap<u32, Deeds>> = LazyLock::new(|| {
    let kinds = KINDS.iter().enumerate();
    kinds
        .flat_map(|(kind, list)| {
            list.split_whitespace()
                .map(move |word| (words::hash(word), Deeds(1 << kind)))
        })
        .collect()
});
static NOT_YET_WORDS: LazyLock<FxHashSet<u32>> =
    LazyLock::new(|| NOT_YET.split_whitespace().map(words::hash).collect());
static SMALL_NUMBERS: LazyLock<FxHashMap<u32, u8>> = LazyLock::new(|| {
    let hashes = SMALL.iter().map(|word| words::hash(word));
    hashes.zip(1..).collect()
});

/// The deeds that a sentence reports as done.
pub(crate) fn done(words: &[Word]) -> Deeds {
    let mut found = Deeds::default();
    for (n, word) in words.iter().enumerate() {
        let Some(deed) = DEEDS.get(&word.hash) else {
            continue;
        };
        let before = words.get(n.saturating_sub(REACH)..n).unwrap_or_default();
        let not_yet = before.iter().any(|w| NOT_YET_WORDS.contains(&w.hash));
        // "Voted to approve" is approval: a deed done makes the next one done.
        let after_deed = before.iter().any(|w| DEEDS.contains_key(&w.hash));
        if !not_yet || (after_deed && !found.is_empty()) {
            found = found.or(*deed);
        }
    }
    found
}

/// The value of a number word.
pub(crate) fn small_number(word: u32) -> Option<u8> {
    SMALL_NUMBERS.get(&word).copied()
}

/// What a word after a number multiplies it by.
pub(crate) fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "k" | "thousand" | "tausend" | "mille" | "mil" => 1e3,
        "万" => 1e4,
        "亿" => 1e8,
        "m" | "mn" | "mln" | "mio" | "million" | "millions" | "millionen" | "millones" => 1e6,
        "b" | "bn" | "mrd" | "billion" | "billions" | "milliarde" | "milliarden" | "milliard"
        | "milliards" => 1e9,
        "tn" | "trillion" | "trillions" => 1e12,
        _ => return None,
    })
}
