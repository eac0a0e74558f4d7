//! The names of the months in the languages that sources write in.

/// For each month its names and short names, in lower case. Where two languages share a word for
/// different months, the one with more readers has it (Czech and Polish `listopad`: Polish).
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "jänner", "januari", "janvier", "janv", "enero", "ene",
        "janeiro", "gennaio", "gen", "tammikuu", "tammikuuta", "stycznia", "styczeń", "sty",
        "ledna", "leden", "január", "janúar", "ianuarie", "ian", "ocak", "oca", "января", "янв",
        "январь", "січня", "януари", "ιανουαρίου", "يناير", "जनवरी", "siječnja", "jaanuar",
        "janvāris", "gener", "มกราคม"],
    &["february", "feb", "februar", "februari", "feber", "février", "fevrier", "févr", "fév",
        "febrero", "fevereiro", "fev", "febbraio", "febr", "helmikuu", "helmikuuta", "lutego",
        "luty", "lut", "února", "únor", "február", "febrúar", "februarie", "şubat", "şub",
        "февраля", "фев", "февраль", "лютого", "февруари", "φεβρουαρίου", "فبراير", "फरवरी",
        "veljače", "veebruar", "febrer", "شباط", "กุมภาพันธ์"],
    &["march", "mar", "märz", "mär", "maerz", "mrz", "mars", "marzo", "março", "maart", "mrt",
        "marts", "maaliskuu", "maaliskuuta", "marca", "marzec", "března", "březen", "március",
        "márc", "martie", "mart", "марта", "мар", "март", "березня", "maret", "μαρτίου", "مارس",
        "मार्च", "ožujka", "märts", "març", "آذار", "มีนาคม"],
    &["april", "apr", "avril", "avr", "abril", "abr", "aprile", "huhtikuu", "huhtikuuta",
        "kwietnia", "kwiecień", "kwi", "dubna", "duben", "április", "ápr", "apríl", "aprilie",
        "nisan", "nis", "апреля", "апр", "апрель", "квітня", "април", "απριλίου", "أبريل", "ابريل",
        "अप्रैल", "travnja", "aprill", "نيسان", "เมษายน"],
    &["may", "mai", "mayo", "maio", "maggio", "mag", "mei", "maj", "toukokuu", "toukokuuta",
        "maja", "května", "květen", "május", "máj", "maí", "mayıs", "мая", "май", "травня",
        "μαΐου", "مايو", "मई", "svibnja", "maig", "أيار", "พฤษภาคม"],
    &["june", "jun", "juni", "juin", "junio", "junho", "giugno", "giu", "kesäkuu", "kesäkuuta",
        "czerwca", "czerwiec", "cze", "června", "červen", "június", "jún", "júní", "iunie",
        "haziran", "haz", "июня", "июн", "июнь", "червня", "юни", "ιουνίου", "يونيو", "जून",
        "lipnja", "juuni", "juny", "حزيران", "มิถุนายน"],
    &["july", "jul", "juli", "juillet", "juil", "julio", "julho", "luglio", "lug", "heinäkuu",
        "heinäkuuta", "lipca", "lipiec", "července", "červenec", "július", "júl", "júlí", "iulie",
        "temmuz", "tem", "июля", "июл", "июль", "липня", "юли", "ιουλίου", "يوليو", "जुलाई",
        "srpnja", "juuli", "juliol", "تموز", "กรกฎาคม"],
    &["august", "aug", "août", "aout", "agosto", "ago", "augustus", "augusti", "elokuu",
        "elokuuta", "sierpnia", "sierpień", "sie", "srpna", "srpen", "augusztus", "ágúst",
        "ağustos", "ağu", "августа", "авг", "август", "серпня", "agustus", "agu", "αυγούστου",
        "أغسطس", "अगस्त", "kolovoza", "agost", "آب", "สิงหาคม"],
    &["september", "sep", "sept", "septembre", "septiembre", "setembro", "settembre", "set",
        "syyskuu", "syyskuuta", "września", "wrzesień", "wrz", "září", "szeptember", "szept",
        "septembrie", "eylül", "eyl", "сентября", "сен", "сент", "сентябрь", "вересня",
        "септември", "σεπτεμβρίου", "سبتمبر", "सितंबर", "rujna", "setembre", "أيلول", "กันยายน"],
    &["october", "oct", "oktober", "okt", "octobre", "octubre", "outubro", "out", "ottobre", "ott",
        "lokakuu", "lokakuuta", "października", "październik", "paź", "října", "říjen", "október",
        "octombrie", "ekim", "eki", "октября", "окт", "октябрь", "жовтня", "октомври", "οκτωβρίου",
        "أكتوبر", "अक्टूबर", "oktoober", "ตุลาคม"],
    &["november", "nov", "novembre", "noviembre", "novembro", "marraskuu", "marraskuuta",
        "listopada", "listopad", "lis", "listopadu", "nóvember", "noiembrie", "kasım", "kas",
        "ноября", "ноя", "ноябрь", "листопада", "ноември", "nopember", "νοεμβρίου", "نوفمبر",
        "नवंबर", "studenoga", "พฤศจิกายน"],
    &["december", "dec", "dezember", "dez", "décembre", "decembre", "déc", "diciembre", "dic",
        "dezembro", "dicembre", "desember", "des", "joulukuu", "joulukuuta", "grudnia", "grudzień",
        "gru", "prosince", "prosinec", "decembrie", "aralık", "ara", "декабря", "дек", "декабрь",
        "грудня", "декември", "δεκεμβρίου", "ديسمبر", "दिसंबर", "prosinca", "detsember",
        "desembre", "ธันวาคม"],
];

/// The number of a month, 1 to 12, from its name in any case.
pub(crate) fn month(name: &str) -> Option<u8> {
    // Turkish capital İ falls into two scalar values, the second of which only marks the dot.
    let name = name.to_lowercase().replace('\u{307}', "");
    let at = MONTHS
        .iter()
        .position(|names| names.contains(&name.as_str()))?;
    u8::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_months() {
        for (at, names) in MONTHS.iter().enumerate() {
            for name in *names {
                assert_eq!(month(name), u8::try_from(at + 1).ok(), "{name}");
            }
        }
    }
}
