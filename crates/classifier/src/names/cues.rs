//! The words that tell what kind of thing a name names. All in folded form.

use crate::words::{SEED, hash};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// A set of words, known by the hashes that the story's tokens have already.
pub(super) struct Words(HashSet<u64, BuildHasherDefault<Hashed>>);

impl Words {
    fn new(words: &str) -> Self {
        let words = words.split_whitespace();
        Self(words.map(|word| hash(SEED, word.as_bytes())).collect())
    }

    /// Whether the word with this hash is in it.
    pub(super) fn holds(&self, hash: u64) -> bool {
        self.0.contains(&hash)
    }
}

/// Takes what is a hash as its own hash.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(SEED, bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Given names of many countries.
pub(super) static GIVEN: LazyLock<Words> = LazyLock::new(|| Words::new(include_str!("given.txt")));

/// Given names that are other words too, so that they need more to be believed.
pub(super) static GIVEN_WORDS: LazyLock<Words> =
    LazyLock::new(|| Words::new(include_str!("given-words.txt")));

/// What a person is or does, before the name.
pub(super) static ROLES: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "mr mrs ms miss dr prof professor sir lord dame judge justice magistrate senator sen rep \
         representative congressman congresswoman governor gov mayor president chancellor premier \
         minister secretary commissioner ambassador attorney lawyer prosecutor solicitor counsel \
         ceo cto cfo coo founder cofounder chairman chairwoman chairperson spokesman spokeswoman \
         spokesperson analyst researcher economist author reporter journalist columnist editor \
         historian scientist engineer colonel lieutenant sergeant admiral \
         pope bishop cardinal rabbi imam councillor councilman \
         councilwoman actor actress singer comedian striker coach defendant plaintiff appellant \
         senateur senatrice depute deputee ministre presidente maire juge maitre avocat avocate \
         ministro ministra senador senadora diputado diputada juez jueza abogado abogada alcalde \
         alcaldesa herr frau minister abgeordnete abgeordneter richter richterin",
    )
});

/// What ends the name of an organisation.
pub(super) static ORG_TAILS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "court courts university institute commission ministry department agency authority \
         foundation association council committee board bank group corp corporation inc ltd llc llp \
         plc company labs laboratory laboratories technologies systems partners capital ventures \
         holdings motors union party office center centre college school academy alliance federation \
         society bureau network coalition secretariat directorate trust fund consortium initiative \
         observatory police guard tribunal chamber parliament assembly senate ministry works airlines \
         semiconductor semiconductors microsystems robotics dynamics therapeutics pharmaceuticals \
         energy electronics industries software networks studios publishing publishers media hospital \
         hospitals church ombudsman inspectorate registry exchange club league museum library clinic \
         universite universidad universitat ministere ministerio ministerium tribunal gmbh sas \
         analytics intelligence research security solutions services insurance headquarters management",
    )
});

/// What begins the name of an organisation where "of", "for" or the like follows.
pub(super) static ORG_HEADS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "ministry department university institute court bank office school board council center \
         centre committee commission association society bureau college academy house federation \
         union foundation authority agency alliance chamber league confederation organisation \
         organization directorate secretariat inspectorate division laboratory parliament assembly \
         ministere universite conseil cour autorite agence institut ecole banque chambre commission \
         ministerio universidad consejo corte tribunal autoridad agencia instituto banco camara \
         comision asociacion oficina secretaria",
    )
});

/// Of [`ORG_HEADS`], those after which "and" joins two bodies rather than two matters of one.
pub(super) fn stands_alone(head: &str) -> bool {
    matches!(
        head,
        "university"
            | "college"
            | "school"
            | "court"
            | "bank"
            | "house"
            | "universidad"
            | "universite"
    )
}

/// What ends the name of a law.
pub(super) static LAW_TAILS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "act law bill code directive regulation regulations treaty convention statute statutes \
         constitution ordinance accord accords protocol charter amendment rules proclamation",
    )
});

/// What begins the name of a law where "of", "on" or the like follows.
pub(super) static LAW_HEADS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "act law rules provisions measures regulations regulation convention treaty directive code \
         loi reglement decret ley reglamento decreto charter declaration",
    )
});

/// What ends the name of an event.
pub(super) static EVENT_TAILS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "summit conference forum expo olympics games championship championships festival symposium \
         congress fair trial hearings awards",
    )
});

/// What stands before a firm's name.
pub(super) static ORG_CUES: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "startup startups company firm maker chipmaker automaker developer lab publisher nonprofit \
         ngo retailer insurer carrier consultancy operator supplier manufacturer contractor unicorn \
         union watchdog",
    )
});

/// What stands before or after a product's name.
pub(super) static PRODUCT_CUES: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "model models chatbot chatbots app apps assistant chip chips platform robot robots drone \
         drones software tool processor accelerator supercomputer",
    )
});

/// Capital words that are no part of a name at its ends: they begin sentences, or stand for time,
/// nations, ranks.
pub(super) static STOP: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "a an the in on at by for from to of or and but as if it its is are was were be this that \
         these those his her their our my your he she they we you i who what when where why how \
         which while after before under over with without within into about against between during \
         since until than then there here now not no yes so such some any all both each every more \
         most many much other another new old first last next also even only just still however \
         meanwhile moreover although though because despite per via amid among according \
         january february march april may june july august september october november december jan \
         feb mar apr jun jul aug sept sep oct nov dec monday tuesday wednesday thursday friday \
         saturday sunday ai artificial intelligence american british chinese european french german \
         japanese korean indian russian israeli ukrainian african asian western eastern northern \
         southern section article chapter title part phase figure table level step page week day year \
         quarter q1 q2 q3 q4 volume issue episode item note update breaking exclusive opinion analysis \
         read watch image photo credit source share related subscribe official pdf draft \
         le la les un une des du de et ou en au aux ce cette ces dans pour par sur avec selon mais \
         el los las una unos unas y o en con para por segun pero der die das ein eine und im am zum",
    )
});

/// Media and platforms, which stories quote without being about them.
pub(super) static MEDIA: LazyLock<Words> = LazyLock::new(|| {
    Words::new(
        "techcrunch venturebeat axios engadget wired fedscoop marktechpost substack pexels unsplash \
         getty shutterstock cointelegraph verge politico bloomberg reuters afp ap semafor gizmodo \
         mashable cnet zdnet techmeme slashdot medium bluesky threads mastodon telegram flickr \
         wikimedia download information register guardian economist atlantic",
    )
});

/// Whether a sign sets off names in Chinese, Japanese and Korean: brackets, and the dot between the parts
/// of a foreign name.
pub(super) fn sets_off(sign: &str) -> bool {
    matches!(sign, "《" | "「" | "『" | "〈" | "・" | "·" | "‧" | "•")
}

/// Small words that stand within names of bodies and laws.
pub(super) fn joins_bodies(word: &str) -> bool {
    matches!(
        word,
        "of" | "for"
            | "the"
            | "and"
            | "on"
            | "in"
            | "de"
            | "du"
            | "des"
            | "la"
            | "les"
            | "l"
            | "d"
            | "del"
            | "los"
            | "las"
            | "y"
            | "et"
            | "para"
            | "pour"
            | "to"
    )
}

/// Small words that stand within names of persons.
pub(super) fn joins_persons(word: &str) -> bool {
    matches!(
        word,
        "de" | "da"
            | "di"
            | "del"
            | "della"
            | "van"
            | "von"
            | "der"
            | "den"
            | "bin"
            | "ibn"
            | "al"
            | "el"
            | "la"
            | "dos"
            | "ter"
    )
}

/// What a law between brackets ends with, in Chinese, Japanese and Korean.
pub(super) const CJK_LAWS: &[&str] = &[
    "法",
    "法案",
    "条例",
    "條例",
    "办法",
    "辦法",
    "规定",
    "規定",
    "規則",
    "规则",
    "细则",
    "法律",
    "법",
    "법안",
    "시행령",
];

/// What tells, in these languages, that a foreign word names a product.
const CJK_PRODUCTS: &[&str] = &[
    "모델",
    "모형",
    "앱",
    "칩",
    "챗봇",
    "模型",
    "芯片",
    "机器人",
    "應用",
    "应用",
    "モデル",
    "チップ",
    "アプリ",
];

/// Whether a few words have one of [`CJK_PRODUCTS`]. For so few it costs less to compare at each place than to
/// prepare a search.
pub(super) fn speaks_of_product(text: &str) -> bool {
    let mut rests = text.char_indices().filter_map(|(at, _)| text.get(at..));
    rests.any(|rest| CJK_PRODUCTS.iter().any(|cue| rest.starts_with(cue)))
}

/// Characters that Chinese writes the sounds of foreign names with.
pub(super) const CHINESE_SOUNDS: &str = "阿埃艾爱安奥巴白拜班邦保鲍贝本比彼毕宾波伯博布查达戴黛丹当道德登迪蒂丁东杜敦顿多厄恩尔法范菲费芬丰冯佛弗福富盖甘高戈格葛贡古瓜圭哈海汉豪赫黑亨洪胡华怀霍基吉季加贾简杰金津卡凯坎考科柯可克肯孔库夸昆拉莱兰朗劳勒雷蕾里利丽莉理连列林琳龙卢鲁路伦罗洛吕马玛麦迈曼毛梅门蒙米密敏明摩莫默姆穆娜纳南内尼妮年宁纽努诺欧帕派潘庞佩彭皮平珀普奇齐恰乔切钦琴丘屈让热仁日荣如瑞若萨塞赛桑瑟森沙山珊尚绍舍申圣施什史士舒斯丝思松苏索塔泰坦汤唐陶特提廷图土托瓦万旺威韦维魏温文翁沃乌武伍西希锡夏香谢辛欣休许雪雅亚延扬耶叶伊宜易因英尤于雨约泽曾扎詹张珍芝治朱珠兹佐艺迪莎娅姬歇夫芙娃莲萝帝桂楚崔代川奈涅聂契茨捷缅凡吾甫";
