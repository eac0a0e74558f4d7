//! Which words are figures: amounts, dates, weekdays, months, small numbers in words.
//!
//! These are what changes when a report's template is filled in again next month.

use crate::words::{Kind, Word, folded, hash_of};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Weekdays, months and numbers in words, of the languages that sources write in. Words that are
/// common in another sense (“may”, “mars”, “set”) are left out, as are short forms.
const FIGURES: &str = "\
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
first second third fourth fifth sixth seventh eighth ninth tenth
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
januar februar märz mai juni juli oktober dezember
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig
lundi mardi mercredi jeudi vendredi samedi dimanche
janvier février avril juin juillet août septembre octobre novembre décembre
deux trois quatre cinq sept huit neuf dix onze douze vingt trente
lunes martes miércoles jueves viernes sábado domingo
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta
lunedì martedì mercoledì giovedì venerdì gennaio febbraio aprile maggio giugno luglio settembre
ottobre dicembre janeiro fevereiro março maio junho julho setembro outubro dezembro
segunda terça quarta quinta sexta maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
maart mei augustus понедельник вторник среда четверг пятница января февраля марта апреля мая июня
июля августа сентября октября ноября декабря";

static KNOWN: LazyLock<HashSet<u64>> =
    LazyLock::new(|| FIGURES.split_whitespace().map(hash_of).collect());

/// Whether a word is a figure; `next` is the word after it, by which Chinese and Japanese numerals
/// are told from the same characters inside other words.
pub(crate) fn is_figure(word: &Word<'_>, next: Option<&Word<'_>>) -> bool {
    match word.kind {
        Kind::Number => true,
        Kind::Letters => KNOWN.contains(&word.hash),
        Kind::Sign => is_numeral(word.raw) && next.is_some_and(|n| counts(n.raw)),
    }
}

fn is_numeral(sign: &str) -> bool {
    folded(sign).all(|c| "〇零一二三四五六七八九十百千万億亿两".contains(c))
}

/// A numeral or a unit that follows one.
fn counts(sign: &str) -> bool {
    is_numeral(sign) || folded(sign).all(|c| "年月日号時时分点成倍個个人名家".contains(c))
}
