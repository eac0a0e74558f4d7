//! What the class and id of an element speak of: a dozen subjects, each a set of words that
//! templates use for it in several languages.

use crate::hash::Fnv;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// A set of subjects, one bit each, in the order of [`SUBJECTS`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Groups(u32);

/// Attributes in which templates name things.
pub(crate) const NAMING: &[&str] = &[
    "class",
    "id",
    "itemprop",
    "data-component",
    "data-testid",
    "data-type",
    "role",
];
/// Bytes of an attribute that are read.
const LONGEST: usize = 400;

/// Subjects and their words, in lower case; a plural's `s` and digits at the end are cut before.
pub(crate) const SUBJECTS: &[(&str, &[&str])] = &[
    (
        "content",
        &[
            "content",
            "inhalt",
            "main",
            "maincontent",
            "articlecontent",
            "postcontent",
            "entrycontent",
            "contenido",
            "contenu",
            "contenuto",
        ],
    ),
    (
        "article",
        &[
            "article",
            "artikel",
            "articulo",
            "articolo",
            "story",
            "post",
            "entry",
            "new",
            "hentry",
            "blogpost",
            "newsarticle",
            "art",
        ],
    ),
    (
        "header",
        &["header", "masthead", "top", "hero", "head", "topbar"],
    ),
    (
        "footer",
        &[
            "footer",
            "foot",
            "bottom",
            "colophon",
            "legal",
            "imprint",
            "impressum",
            "copyright",
        ],
    ),
    (
        "nav",
        &[
            "nav",
            "navigation",
            "menu",
            "navbar",
            "breadcrumb",
            "pagination",
            "pager",
            "paging",
            "tab",
            "toc",
            "skip",
            "sitemap",
            "crumb",
            "subnav",
            "megamenu",
            "hamburger",
        ],
    ),
    (
        "share",
        &[
            "share",
            "sharing",
            "social",
            "facebook",
            "twitter",
            "whatsapp",
            "linkedin",
            "addthi",
            "sharedaddy",
            "follow",
            "like",
            "addtoany",
            "sharebar",
            "instagram",
            "tweet",
            "telegram",
        ],
    ),
    (
        "comment",
        &[
            "comment",
            "disqu",
            "discussion",
            "reply",
            "respond",
            "kommentar",
            "kommentare",
            "replie",
            "forum",
            "talkback",
            "commentlist",
            "coral",
            "community",
        ],
    ),
    (
        "newsletter",
        &[
            "newsletter",
            "signup",
            "subscribe",
            "subscription",
            "subscriber",
            "optin",
            "mailing",
            "email",
            "cta",
            "register",
            "login",
            "donate",
            "donation",
            "support",
            "membership",
            "mailchimp",
            "convertkit",
            "hubspot",
            "lead-gen",
            "join",
        ],
    ),
    (
        "consent",
        &[
            "cookie",
            "consent",
            "gdpr",
            "privacy",
            "notice",
            "cmp",
            "onetrust",
            "cookiebar",
        ],
    ),
    (
        "author",
        &[
            "author",
            "autor",
            "byline",
            "bio",
            "profile",
            "writer",
            "contributor",
            "about",
            "avatar",
            "person",
            "staff",
            "vcard",
            "biography",
            "autore",
            "auteur",
            "journalist",
            "reviewer",
            "expert",
        ],
    ),
    (
        "caption",
        &[
            "caption",
            "credit",
            "figcaption",
            "legend",
            "bildunterschrift",
            "photographer",
            "source",
            "pie",
            "didascalia",
            "legende",
            "attribution",
        ],
    ),
    (
        "media",
        &[
            "image",
            "img",
            "photo",
            "picture",
            "figure",
            "gallery",
            "video",
            "player",
            "audio",
            "media",
            "slideshow",
            "podcast",
            "lightbox",
            "bild",
            "foto",
            "imagen",
            "youtube",
            "jwplayer",
            "galerie",
            "galeria",
            "thumbcaption",
        ],
    ),
    (
        "widget",
        &[
            "widget",
            "module",
            "box",
            "component",
            "embed",
            "plugin",
            "infobox",
            "factbox",
            "inset",
            "oembed",
            "callout",
            "panel",
            "accordion",
            "faq",
            "alignright",
            "alignleft",
        ],
    ),
    (
        "tool",
        &[
            "tool", "toolbar", "button", "btn", "icon", "print", "control", "action", "dropdown",
            "modal", "popup", "overlay", "tooltip", "dialog", "toggle", "popover", "bookmark",
            "save", "listen",
        ],
    ),
    (
        "contact",
        &[
            "contact",
            "address",
            "phone",
            "company",
            "press",
            "boilerplate",
            "disclosurebox",
            "kontakt",
            "org",
        ],
    ),
];

static WORDS: LazyLock<FxHashMap<u32, Groups>> = LazyLock::new(|| {
    let mut words: FxHashMap<u32, Groups> = FxHashMap::default();
    for (bit, (_, list)) in SUBJECTS.iter().enumerate() {
        for word in *list {
            words.entry(hash(word.as_bytes())).or_default().0 |= 1 << bit;
        }
    }
    words
});

impl Groups {
    /// Adds the subjects of an attribute; each word's hash is put into `hashes`.
    pub(crate) fn read(&mut self, value: &str, hashes: &mut Vec<u32>) {
        let subjects = &*WORDS;
        each_word(value, |hash| {
            hashes.push(hash);
            self.0 |= subjects.get(&hash).map_or(0, |g| g.0);
        });
    }

    /// Whether the names speak of newsletters, accounts or consent to cookies.
    pub(crate) fn sells(self) -> bool {
        let sells = |at: usize| {
            SUBJECTS
                .get(at)
                .is_some_and(|s| matches!(s.0, "newsletter" | "consent"))
        };
        self.subjects().any(sells)
    }

    /// The places of its subjects in [`SUBJECTS`].
    pub(crate) fn subjects(self) -> impl Iterator<Item = usize> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let bit = bits.trailing_zeros();
            bits &= bits.checked_sub(1)?;
            usize::try_from(bit).ok()
        })
    }
}

/// Whether templates name things in an attribute.
pub(crate) fn is_name(attribute: &str) -> bool {
    NAMING.contains(&attribute)
}

/// Calls `take` with the hash of each word of `relatedArticles side-bar_2`: related, articles, side, bar;
/// and of each pair of words that one name joins: relatedarticles, sidebar. Capitals and an `s` at the end make no
/// difference.
fn each_word(value: &str, mut take: impl FnMut(u32)) {
    let (mut word, mut pair) = (Fnv::default(), Fnv::default());
    let mut was_small = false;
    let mut end = |word: &mut Fnv, pair: &mut Fnv| {
        if word.length() == 0 {
            return;
        }
        take(word.singular());
        if pair.length() > word.length() {
            take(pair.singular());
        }
        *pair = std::mem::take(word);
    };
    for byte in value.bytes().take(LONGEST) {
        let is_letter = byte.is_ascii_alphabetic();
        if !is_letter || (byte.is_ascii_uppercase() && was_small) {
            end(&mut word, &mut pair);
        }
        was_small = byte.is_ascii_lowercase();
        if is_letter {
            word.push(byte.to_ascii_lowercase());
            pair.push(byte.to_ascii_lowercase());
        } else if byte.is_ascii_whitespace() {
            pair = Fnv::default();
        }
    }
    end(&mut word, &mut pair);
}

/// The hash of a word in lower case.
fn hash(word: &[u8]) -> u32 {
    let mut hash = Fnv::default();
    word.iter().for_each(|b| hash.push(*b));
    hash.singular()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(value: &str) -> Vec<&'static str> {
        let mut groups = Groups::default();
        groups.read(value, &mut Vec::new());
        groups
            .subjects()
            .filter_map(|s| SUBJECTS.get(s))
            .map(|s| s.0)
            .collect()
    }

    #[test]
    fn names_are_cut_into_words_and_tell_their_subject() {
        assert_eq!(subjects("userComments"), ["comment"]);
        assert_eq!(subjects("news-letter_SignUp x2"), ["article", "newsletter"]);
        assert_eq!(subjects("Newsletter-box"), ["newsletter", "widget"]);
        assert!(subjects("a b 12").is_empty());
    }

    #[test]
    fn a_pair_that_one_name_joins_is_a_word_too() {
        let hashes = |value: &str| {
            let mut hashes = Vec::new();
            Groups::default().read(value, &mut hashes);
            hashes
        };
        let joined = hashes("article-body");
        assert_eq!(joined.len(), 3);
        assert_eq!(joined.last(), hashes("articlebody").first());
        assert_eq!(hashes("article body").len(), 2);
    }
}
