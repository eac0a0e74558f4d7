//! The language of a text, from the text.

/// Fewest letters from which a language in Latin script is guessed.
const LEAST_LETTERS: usize = 12;
/// Characters that are looked at: enough to decide, bounded for a text of any size.
const LOOKED_AT: usize = 1_000;

/// The language of a text as an ISO 639-1 code, or `None` where the text does not say.
///
/// Scripts that belong to one language decide at once (kana: Japanese, hangul: Korean, han alone:
/// Chinese); the rest is decided by whatlang's trigrams, where they are reliable.
pub fn detect_language(text: &str) -> Option<&'static str> {
    let head: String = text.chars().take(LOOKED_AT).collect();
    if let Some(lang) = by_script(&head) {
        return Some(lang);
    }
    if head.chars().filter(|c| c.is_alphabetic()).count() < LEAST_LETTERS {
        return None;
    }
    let info = whatlang::detect(&head)?;
    let code = iso_639_1(info.lang())?;
    (info.is_reliable() || info.confidence() > 0.5).then_some(code)
}

fn by_script(text: &str) -> Option<&'static str> {
    let (mut kana, mut hangul, mut han, mut letters) = (0_usize, 0_usize, 0_usize, 0_usize);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        match c {
            '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' => kana += 1,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => {
                hangul += 1
            }
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}' => {
                han += 1
            }
            _ => {}
        }
    }
    // One han or hangul character says as much as some three Latin letters, so a fifth is plenty.
    match () {
        () if letters == 0 || (kana + hangul + han) * 5 < letters => None,
        () if hangul > kana && hangul * 3 > han => Some("ko"),
        () if kana * 12 >= han => Some("ja"),
        () => Some("zh"),
    }
}

fn iso_639_1(lang: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang::*;
    Some(match lang {
        Eng => "en",
        Deu => "de",
        Fra => "fr",
        Spa => "es",
        Por => "pt",
        Ita => "it",
        Nld => "nl",
        Rus => "ru",
        Ukr => "uk",
        Pol => "pl",
        Ces => "cs",
        Slk => "sk",
        Slv => "sl",
        Hrv => "hr",
        Srp => "sr",
        Bul => "bg",
        Ron => "ro",
        Hun => "hu",
        Tur => "tr",
        Swe => "sv",
        Dan => "da",
        Nob => "nb",
        Fin => "fi",
        Est => "et",
        Lav => "lv",
        Lit => "lt",
        Ell => "el",
        Ara => "ar",
        Heb => "he",
        Pes => "fa",
        Hin => "hi",
        Ben => "bn",
        Vie => "vi",
        Tha => "th",
        Ind => "id",
        Cat => "ca",
        Jpn => "ja",
        Kor => "ko",
        Cmn => "zh",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_languages_are_told_apart() {
        for (lang, text) in [
            (
                "en",
                "The ministry published new rules on the export of advanced chips.",
            ),
            (
                "de",
                "Das Ministerium hat neue Regeln für die Ausfuhr von Chips veröffentlicht.",
            ),
            (
                "fr",
                "Le ministère a publié de nouvelles règles sur l'exportation des puces.",
            ),
            (
                "es",
                "El ministerio publicó nuevas normas sobre la exportación de chips.",
            ),
            ("zh", "商务部公布了新的芯片出口管制规定"),
            ("ja", "経済産業省は半導体の輸出に関する新しい規則を公表した"),
            (
                "ko",
                "정부는 첨단 반도체 수출에 관한 새로운 규정을 발표했다",
            ),
        ] {
            assert_eq!(detect_language(text), Some(lang), "{text}");
        }
    }

    #[test]
    fn too_little_text_is_not_guessed() {
        for text in ["", "AI", "2026", "🙂🙂🙂", "---"] {
            assert_eq!(detect_language(text), None, "{text}");
        }
    }
}
