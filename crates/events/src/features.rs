//! What of a story says which event it tells of.
use crate::stop::prior;
use crate::tune::T;
use crate::words::{Kind, Word, folded, hash_chars, hash_of, mix, words};
use std::collections::BTreeMap;

const PAIR: u64 = 0x7061_6972;
const ENTITY: u64 = 0x656e_7469;

/// A term of a story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Term {
    pub(crate) hash: u64,
    /// log tf
    pub(crate) weight: f32,
    pub(crate) in_title: bool,
    pub(crate) prior: f32,
}

#[derive(Default)]
struct Count { title: f64, body: f64, prior: f64, name: bool, boost: f64 }

/// Terms of a story, sorted by hash.
pub(crate) fn terms(title: &str, text: &str, lang: &str, entities: &[String]) -> Vec<Term> {
    let mut counts: BTreeMap<u64, Count> = BTreeMap::new();
    let heading: Vec<Word<'_>> = words(title).take(60).collect();
    let body: Vec<Word<'_>> = words(text).take(T.body).collect();
    for (part, is_title) in [(&heading, true), (&body, false)] {
        let mut before: Option<u64> = None;
        let mut sign: Option<&Word<'_>> = None;
        for word in part.iter() {
            if word.kind == Kind::Sign {
                if let Some(s) = sign { push(&mut counts, mix(s.hash, word.hash), is_title, 0.0, false, 1.0); }
                sign = Some(word); before = None;
                continue;
            }
            sign = None;
            let p = prior(lang, word.hash);
            if p > T.drop { before = None; continue; }
            let h = stem(word, lang);
            let name = word.capital && !word.opens && !is_title;
            push(&mut counts, h, is_title, p, name, 1.0);
            if T.bigram > 0.0 && let Some(b) = before { push(&mut counts, mix(PAIR ^ b, h), is_title, 0.0, false, T.bigram); }
            before = Some(h);
        }
    }
    for e in entities { push(&mut counts, mix(ENTITY, hash_of(e)), true, 0.0, false, T.entity); }
    counts.into_iter().map(|(hash, c)| Term {
        hash,
        weight: ((1.0 + (T.title * c.title + c.body).ln().max(0.0)) * c.boost * if c.name { T.name } else { 1.0 }) as f32,
        in_title: c.title > 0.0,
        prior: c.prior as f32,
    }).collect()
}

fn push(counts: &mut BTreeMap<u64, Count>, h: u64, title: bool, prior: f64, name: bool, boost: f64) {
    let c = counts.entry(h).or_default();
    if title { c.title += 1.0 } else { c.body += 1.0 }
    c.prior = c.prior.max(prior); c.name |= name; c.boost = boost;
}

fn stem(word: &Word<'_>, _lang: &str) -> u64 {
    if word.kind != Kind::Letters || T.stem == 0 { return word.hash; }
    let w: String = folded(word.raw).collect();
    let n = w.chars().count();
    if T.stem == 9 { return hash_chars(w.chars().take(6)); }
    if T.stem == 8 { return hash_chars(w.chars().take(5)); }
    if T.stem == 7 { return hash_chars(w.chars().take(7)); }
    let mut s: &str = &w;
    let cut = |s: &'static str| s;
    let _ = cut;
    if n > 3 && s.ends_with('s') && !s.ends_with("ss") && !s.ends_with("us") && !s.ends_with("is") {
        if n > 5 && s.ends_with("ies") { let t = format!("{}y", &s[..s.len()-3]); return fin(&t); }
        s = if n > 4 && (s.ends_with("shes") || s.ends_with("ches") || s.ends_with("xes") || s.ends_with("sses")) { &s[..s.len()-2] } else { &s[..s.len()-1] };
    }
    fin(s)
}
fn fin(s: &str) -> u64 {
    if T.stem < 2 { return hash_chars(s.chars()); }
    let mut s = s;
    let n = s.chars().count();
    if n > 5 && s.ends_with("ing") { s = &s[..s.len()-3]; }
    else if n > 4 && s.ends_with("ed") { s = &s[..s.len()-2]; }
    if T.stem >= 3 {
      for suf in ["ations","ation","ments","ment","ions","ion","ers","er","ors","or","ly","al","ian","an"] { if let Some(x)=s.strip_suffix(suf) && x.chars().count()>=4 { s=x; break; } }
    }
    if s.len() > 3 { s = s.strip_suffix('e').unwrap_or(s); }
    let b: Vec<char> = s.chars().collect();
    if b.len() > 3 && b[b.len()-1] == b[b.len()-2] && !"sl".contains(b[b.len()-1]) { return hash_chars(b[..b.len()-1].iter().copied()); }
    hash_chars(s.chars())
}
