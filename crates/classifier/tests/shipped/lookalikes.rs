//! Stories that only look like ours.

use crate::{CLASSIFIER, given, judge, names};
use tocsin_classifier::Input;

/// Title and text of stories that share words with ours and are about other things.
pub(crate) const UNLIKE: &[(&str, &str)] = &[
    (
        "Snack maker recalls potato chips in six states",
        "The chips may contain milk. The company asked shops to stop sales of the chips at once.",
    ),
    (
        "Casino sued over missing poker chips",
        "A player says the casino took his chips. A court will hear the case in June.",
    ),
    (
        "Wood chip exports rise as licence rules ease",
        "Exporters shipped more wood chips after the ministry lifted its export restrictions.",
    ),
    (
        "AI outbreak: ministry bans poultry exports from two provinces",
        "Avian influenza, or AI, was found on three farms. The government suspended exports.",
    ),
    (
        "Ai Weiwei opens exhibition in Vienna",
        "The artist Ai Weiwei shows works about borders and surveillance.",
    ),
    (
        "Amnesty International criticises new law on protests",
        "AI, as Amnesty International is known for short, urged parliament to vote against the bill.",
    ),
    (
        "Transfer window closes with record spending",
        "The club raised its offer for the striker at the last minute; the deal was worth 90 million.",
    ),
    (
        "Fashion model launches her own brand",
        "The model presented the collection at a show in Milan.",
    ),
    (
        "Grid operator orders new transformers",
        "Each transformer weighs 200 tonnes. The power grid needs forty of them.",
    ),
    (
        "Gemini horoscope: your week in the stars",
        "The zodiac sign faces a week of new releases of energy.",
    ),
    (
        "鸡场爆发禽流感,当局禁止出口",
        "AI病毒在两省的鸡场被发现,政府暂停家禽出口。",
    ),
    (
        "鳥インフルエンザで輸出停止",
        "AIの感染が養鶏場で確認され、政府は輸出を停止した。",
    ),
    (
        "조류인플루엔자 확산… 정부, 수출 금지",
        "AI가 농장 세 곳에서 확인돼 정부가 수출을 금지했다.",
    ),
    (
        "La grippe aviaire gagne trois départements",
        "Le ministre a suspendu les exportations; j'ai vu la loi, dit un éleveur.",
    ),
    (
        "Kartoffelchips werden teurer",
        "Die Chips kosten nun mehr, teilte der Hersteller mit.",
    ),
    (
        "Las patatas fritas suben de precio",
        "El fabricante de chips y otros aperitivos anunció una subida.",
    ),
];

#[test]
fn stories_about_other_things_have_no_tag_and_are_not_relevant() {
    for (title, text) in UNLIKE {
        let got = judge(title, text, None);
        assert!(got.tags.is_empty(), "{title}: {:?}", names(&got));
        assert!(!got.relevant, "{title}");
    }
}

#[test]
fn an_idiom_does_not_hide_real_chips() {
    let got = judge(
        "Washington tightens export controls on AI chips",
        "The licence rule is a bargaining chip, diplomats say. Nvidia GPUs may not be exported to China.",
        Some("en"),
    );
    assert!(given(&got, "chip-restrictions"), "{:?}", names(&got));
}

#[test]
fn a_denial_weighs_less_than_the_deed() {
    let score = |title| {
        let got = judge(title, "", Some("en"));
        got.scores.get("model-release").map_or(0.0, |s| s.get())
    };
    let denied = score("OpenAI has no plans to release a new model");
    assert!(denied < score("OpenAI releases a new model"));
}

#[test]
fn a_product_update_is_no_policy_news() {
    let got = judge(
        "Photo app adds AI filter for selfies",
        "The update brings a new filter and a faster editor.",
        Some("en"),
    );
    assert!(!got.relevant, "{:?}", names(&got));
}

#[test]
fn french_words_are_not_read_in_english_stories() {
    let input = Input {
        title: "Loi, a restaurant in Lyon, opens with AI menus",
        text: "",
        lang: Some("en"),
    };
    let told = CLASSIFIER.explain(&input);
    let all = told.tags.iter().flat_map(|t| &t.terms);
    assert!(all.flat_map(|r| &r.evidence).all(|e| e.text != "Loi"));
}
