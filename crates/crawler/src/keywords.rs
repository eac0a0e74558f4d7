//! Whether a headline speaks of AI or of the chips it runs on: the sieve before general press is
//! fetched.
//!
//! In: title and summary. Out: yes or no. It lets too much through rather than too little: whether a
//! story matters is judged later, from its text.
//!
//! Never: matches `ai` inside a word, nor the French *j'ai*.

use regex::Regex;
use std::sync::LazyLock;

/// Bytes of a summary that are looked at.
const LOOKED_AT: usize = 4_000;

/// Short forms, in capitals only: AI, IA (Romance), KI (German, Nordic), ИИ (Russian), ШІ
/// (Ukrainian), SI (Polish), YZ (Turkish), TN (Greek: ΤΝ), MI (Hungarian), AGI, LLM, GPU and their
/// kind. Han, kana and hangul next to them do not make them part of a word.
const SHORT: &str = r"(?:^|[^\p{Latin}\p{Cyrillic}\p{Greek}0-9'’]|[^jJ]['’])(?:A\.?I\.?|IA|KI|ИИ|ШІ|YZ|ΤΝ|AGI|LLMs?|GPUs?|TPUs?|HBM[0-9]?|GenAI|GPAI|AISI)(?:$|[^\p{Latin}\p{Cyrillic}\p{Greek}])";

/// Words and beginnings of words, whatever their case.
const WORDS: &[&str] = &[
    // English
    r"artificial(?:ly)? intelligen\w*",
    r"machine[- ]learning",
    r"deep[- ]learning",
    r"neural net\w*",
    r"chat ?bots?\b",
    r"(?:large )?language models?\b",
    r"foundation models?\b",
    r"frontier models?\b",
    r"generative\b",
    r"deep ?fakes?\b",
    r"algorithm\w*",
    r"facial recognition",
    r"face recognition",
    r"self-driving",
    r"driverless",
    r"autonomous (?:weapon|vehicle|driving|agent)\w*",
    r"super ?intelligen\w*",
    r"semiconductors?\b",
    r"micro ?chips?\b",
    r"chips?\b",
    r"chip-?(?:maker|making)\w*",
    r"lithograph\w*",
    r"super ?computer\w*",
    r"data ?cent(?:re|er)s?\b",
    r"export controls?\b",
    r"humanoid\w*",
    // German, Dutch, Nordic
    r"künstliche\w* intelligenz",
    r"maschinelle\w* lernen",
    r"halbleiter\w*",
    r"sprachmodell\w*",
    r"rechenzentr\w*",
    r"gesichtserkennung\w*",
    r"algorithm\w*",
    r"kunstmatige intelligentie",
    r"halfgeleider\w*",
    r"taalmodel\w*",
    r"kunstig intelligens",
    r"konstgjord intelligens",
    r"artificiell intelligens",
    r"tekoäly\w*",
    r"halvledare?\w*",
    r"tehisintellekt\w*",
    // French, Spanish, Portuguese, Italian, Romanian
    r"intelligence artificielle",
    r"apprentissage (?:automatique|profond)",
    r"semi-?conducteurs?\b",
    r"puces? (?:électronique|informatique|d['’]ia)\w*",
    r"reconnaissance faciale",
    r"inteligencia artificial",
    r"inteligência artificial",
    r"aprendizaje automático",
    r"aprendizado de máquina",
    r"semiconductor\w*",
    r"semicondutor\w*",
    r"semicondutt\w*",
    r"intelligenza artificiale",
    r"inteligenț[aă] artificial\w*",
    r"algoritm\w*",
    r"modelos? de (?:lenguaje|linguagem)",
    r"reconocimiento facial",
    r"centros? de datos",
    // Slavic, Baltic, Hungarian, Turkish, Greek
    r"искусственн\w+ интеллект\w*",
    r"нейросет\w*",
    r"полупроводник\w*",
    r"штучн\w+ інтелект\w*",
    r"напівпровідник\w*",
    r"изкуствен\w+ интелект\w*",
    r"sztuczn\w+ inteligencj\w*",
    r"półprzewodnik\w*",
    r"uměl\w+ inteligenc\w*",
    r"umel\w+ inteligenci\w*",
    r"umjetn\w+ inteligencij\w*",
    r"umetn\w+ inteligenc\w*",
    r"polovodič\w*",
    r"mākslīg\w+ intelekt\w*",
    r"dirbtin\w+ intelekt\w*",
    r"mesterséges intelligenci\w*",
    r"félvezető\w*",
    r"yapay zek[aâ]\w*",
    r"yarı iletken\w*",
    r"τεχνητή\w* νοημοσύνη\w*",
    r"τεχνητής νοημοσύνης",
    r"ημιαγωγ\w*",
    // Indonesian, Vietnamese
    r"kecerdasan (?:buatan|artifisial)",
    r"trí tuệ nhân tạo",
    r"bán dẫn",
    // Laboratories, models, makers
    r"open ?ai\b",
    r"anthropic\b",
    r"deepmind\b",
    r"chatgpt\w*",
    r"gpt-?[3-9]\w*",
    r"deepseek\w*",
    r"qwen\w*",
    r"midjourney\b",
    r"stable diffusion",
    r"hugging ?face\b",
    r"perplexity ai",
    r"xai\b",
    r"grok\b",
    r"google gemini",
    r"copilot\b",
    r"nvidia\b",
    r"tsmc\b",
    r"asml\b",
    r"smic\b",
    r"sk hynix\b",
    r"moonshot ai",
    r"zhipu\b",
];

/// Scripts without spaces between words, or with endings of their own: found anywhere.
const ANYWHERE: &str = "人工智能|人工智慧|人工知能|机器学习|機器學習|機械学習|深度学习|深層学習|大模型|大语言模型|大規模言語モデル|生成式|生成AI|聊天机器人|チャットボット|芯片|晶片|半导体|半導體|半導体|算力|算法|演算法|アルゴリズム|深度伪造|ディープフェイク|英伟达|輝達|エヌビディア|データセンター|数据中心|인공지능|머신러닝|기계 ?학습|딥러닝|반도체|챗봇|챗GPT|생성형|엔비디아|딥페이크|데이터센터|거대언어모델|الذكاء الاصطناعي|ذكاء اصطناعي|أشباه الموصلات|روبوت محادثة|هوش مصنوعی|בינה מלאכותית|कृत्रिम बुद्धिमत्ता|आर्टिफिशियल इंटेलिजेंस|এআই|কৃত্রিম বুদ্ধিমত্তা|ปัญญาประดิษฐ์|আর্টিফিশিয়াল|արհեստական բանական|ხელოვნური ინტელექტ";

static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
    let words = WORDS.join("|");
    #[expect(
        clippy::expect_used,
        reason = "a constant pattern; the tests compile it"
    )]
    Regex::new(&format!(r"(?:{SHORT})|(?i:\b(?:{words}))|(?:{ANYWHERE})"))
        .expect("a constant pattern")
});

/// Whether a title or a summary, text or HTML, speaks of AI, its laboratories, models or chips.
///
/// ```
/// use tocsin_crawler::speaks_of_ai;
/// assert!(speaks_of_ai("L'IA au Parlement", ""));
/// assert!(!speaks_of_ai("J'ai dit non", "Said the minister"));
/// ```
pub fn speaks_of_ai(title: &str, summary: &str) -> bool {
    let mut end = summary.len().min(LOOKED_AT);
    while !summary.is_char_boundary(end) {
        end -= 1;
    }
    let summary = summary.get(..end).unwrap_or_default();
    PATTERN.is_match(title) || PATTERN.is_match(&without_tags(summary))
}

/// Addresses and class names inside tags are not what the text speaks of.
fn without_tags(text: &str) -> String {
    let mut parts = text.split('<');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut out, part| {
        out.push(' ');
        out.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_heard() {
        for title in [
            "AI rules agreed",
            "Rules for A.I. agreed",
            "The AI's maker",
            "Artificial intelligence and work",
            "Chatbot ban",
            "Chip exports halted",
            "KI-Verordnung in Kraft",
            "Künstliche Intelligenz im Amt",
            "L’IA générative à l’école",
            "dell'AI Act",
            "La inteligencia artificial avanza",
            "国务院发布人工智能意见",
            "生成AIの指針",
            "AI技術の規制",
            "AI 기본법 시행",
            "반도체 수출",
            "ИИ в судах",
            "Yapay zekâ yasası",
            "OpenAI sued",
            "New GPU cluster",
            "الذكاء الاصطناعي في المدارس",
            "Sztuczna inteligencja w urzędzie",
        ] {
            assert!(speaks_of_ai(title, ""), "{title}");
        }
    }

    #[test]
    fn other_news_is_left_out() {
        for title in [
            "J'ai vu le ministre",
            "J’AI DIT NON",
            "Rain in Spain",
            "Maine aid bill",
            "Ai Weiwei exhibition",
            "Premier said no",
            "KIRCHENTAG beginnt",
            "Fischer und Jäger",
            "大雨警報",
            "선거 결과",
            "MAIA wins",
        ] {
            assert!(!speaks_of_ai(title, ""), "{title}");
        }
    }

    #[test]
    fn a_summary_counts_but_not_its_tags() {
        assert!(speaks_of_ai(
            "Council meets",
            "<p>It spoke of machine learning.</p>"
        ));
        assert!(!speaks_of_ai(
            "Council meets",
            "<a href=\"/AI/chips\">It spoke.</a>"
        ));
    }
}
