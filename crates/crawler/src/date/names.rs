//! Names of time zones and of months.

/// Names of zones, with minutes east of Greenwich. Unknown ones count as UTC; of those that mean several
/// the one that most feeds mean.
pub(super) const ZONES: &[(&str, i64)] = &[
    ("AT", -240),
    ("AST", -240),
    ("ADT", -180),
    ("ET", -300),
    ("EST", -300),
    ("EDT", -240),
    ("CT", -360),
    ("CDT", -300),
    ("MT", -420),
    ("MST", -420),
    ("MDT", -360),
    ("PT", -480),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("BRT", -180),
    ("ART", -180),
    ("WEST", 60),
    ("BST", 60),
    ("CET", 60),
    ("MET", 60),
    ("MEZ", 60),
    ("CEST", 120),
    ("MEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("SAST", 120),
    ("WAT", 60),
    ("EAT", 180),
    ("MSK", 180),
    ("TRT", 180),
    ("GST", 240),
    ("PKT", 300),
    ("IST", 330),
    ("WIB", 420),
    ("ICT", 420),
    ("HKT", 480),
    ("SGT", 480),
    ("PHT", 480),
    ("AWST", 480),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
];

/// The month that a name begins like, by the longest of the known beginnings.
pub(super) fn month(name: &str) -> Option<i8> {
    let lower = name.to_lowercase();
    // Hebrew puts "in" before the name without a space.
    let name = lower.strip_prefix('ב').unwrap_or(&lower);
    let rows = MONTHS.iter().zip(1_i8..);
    let stems = rows.flat_map(|(stems, month)| stems.split(' ').map(move |stem| (stem, month)));
    stems
        .filter(|(stem, _)| name.starts_with(stem))
        .max_by_key(|(stem, _)| stem.len())
        .map(|(_, month)| month)
}

/// Beginnings of the months' names, in some thirty languages.
const MONTHS: [&str; 12] = [
    "jan jän jaa gen ene янв яну січ sty led oca tammi sau ιαν ian يناير كانون มกราคม ม.ค जनवरी ינואר",
    "feb fév fev veeb helmi vas лют фев úno şub φεβ فبراير شباط กุมภาพันธ์ ก.พ फरवरी פברואר",
    "mar mär már mrt mrz maali maart kov мар бер bře μαρ μάρ مارس آذار มีนาคม มี.ค मार्च מרץ",
    "apr ápr avr abr huhti bal апр квіт kwi dub nis απρ أبريل نيسان เมษายน เม.ย अप्रैल אפריל",
    "may mai mag maj máj mei touko geg май мая трав kvě μαι μάι مايو أيار พฤษภาคม พ.ค मई מאי",
    "jun juin juun jún jūn giu iun kesä bir июн юни черв cze červ haz ιουν ιούν يونيو حزيران มิถุนายน มิ.ย जून יוני",
    "jul juil juul júl jūl lug iul hein lie июл юли лип lip červenec července tem ιουλ ιούλ يوليو تموز กรกฎาคม ก.ค जुलाई יולי",
    "aug aoû aou ago agu ogo elok rugp авг серп sie srp ağu αυγ αύγ أغسطس آب สิงหาคม ส.ค अगस्त אוגוסט",
    "sep szep set syys rugs сен сеп вер wrz zář eyl σεπ سبتمبر أيلول กันยายน ก.ย सितंबर सितम्बर ספטמבר",
    "oct okt ott out lokak spa окт жовт paź říj eki οκτ أكتوبر تشرين ตุลาคม ต.ค अक्टूबर אוקטובר",
    "nov noi marras ноя ное лист lis lap kas νοε νοέ نوفمبر พฤศจิกายน พ.ย नवंबर नवम्बर נובמבר",
    "dec dez des det déc dic dis gruo дек груд gru pro ara joul δεκ ديسمبر ธันวาคม ธ.ค दिसंबर दिसम्बर דצמבר",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_decides() {
        for (name, number) in [
            ("červen", 6),
            ("červenec", 7),
            ("juillet", 7),
            ("juin", 6),
            ("juuni", 6),
            ("марта", 3),
            ("мая", 5),
            ("листопада", 11),
            ("marraskuuta", 11),
            ("maaliskuuta", 3),
            ("kovo", 3),
            ("באוקטובר", 10),
            ("ตุลาคม", 10),
            ("अक्टूबर", 10),
            ("Oktober", 10),
        ] {
            assert_eq!(month(name), Some(number), "{name}");
        }
        assert_eq!(month("chapter"), None);
    }
}
