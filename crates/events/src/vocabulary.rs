//! The terms of all remembered stories, and how rare each is.

use crate::features::Term;
use crate::tune::T;
use std::collections::HashMap;

/// Number of a term.
pub(crate) type TermId = u32;

#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    ids: HashMap<u64, TermId>,
    known: Vec<Known>,
    free: Vec<TermId>,
    stories: usize,
}

#[derive(Debug, Default, Clone)]
struct Known { hash: u64, stories: u32, prior: f32, log: f64 }

impl Vocabulary {
    pub(crate) fn learn(&mut self, terms: &[Term]) -> Vec<(TermId, f32, bool)> {
        self.stories += 1;
        let mut out: Vec<_> = terms.iter().map(|t| (self.one_more(t), t.weight, t.in_title)).collect();
        out.sort_unstable_by_key(|t| t.0);
        out
    }
    fn one_more(&mut self, t: &Term) -> TermId {
        let id = match self.ids.get(&t.hash) { Some(i) => *i, None => {
            let id = self.free.pop().unwrap_or_else(|| { self.known.push(Known::default()); (self.known.len()-1) as u32 });
            self.ids.insert(t.hash, id);
            self.known[id as usize] = Known { hash: t.hash, stories: 0, prior: t.prior, log: 0.0 };
            id } };
        let k = &mut self.known[id as usize];
        k.stories += 1; k.prior = k.prior.max(t.prior);
        k.log = (f64::from(k.stories) + T.n0 * f64::from(k.prior) + 0.5).ln();
        id
    }
    pub(crate) fn forget(&mut self, ids: impl Iterator<Item = TermId>) {
        self.stories -= 1;
        for id in ids {
            let k = &mut self.known[id as usize];
            k.stories -= 1;
            if k.stories == 0 { self.ids.remove(&k.hash); self.free.push(id); }
            else { k.log = (f64::from(k.stories) + T.n0 * f64::from(k.prior) + 0.5).ln(); }
        }
    }
    pub(crate) fn idf(&self, id: TermId) -> f64 {
        ((self.stories as f64 + T.n0).ln() - self.known[id as usize].log).max(0.0)
    }
}
