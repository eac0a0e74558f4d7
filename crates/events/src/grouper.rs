use crate::copies::Copies;
use crate::features;
use crate::item::Item;
use crate::settings::Settings;
use crate::sketch::Sketch;
use crate::vocabulary::{TermId, Vocabulary};
use crate::tune::T;
use std::collections::{BTreeMap, HashMap, HashSet};

pub const N: usize = 16;
pub type F = [f64; N];
pub const NAMES: [&str; N] = ["one","max","mean","centroid","tmax","cover","back","rare","raresum","gap","gap2","seq","logn","short","samesrc","tcover"];

struct Story { terms: Vec<(TermId, f32, bool)>, title_only: bool, src: String }
#[derive(Default)]
struct Ev { members: Vec<u32>, count: HashMap<TermId, (u32, u32)>, size: usize, tsize: usize, first: Option<i64>, last: Option<i64>, seq: u64 }

pub struct G { voc: Vocabulary, copies: Copies, stories: Vec<Story>, events: Vec<Ev>, index: HashMap<TermId, Vec<u32>>, s: Settings, seq: u64, of: Vec<u32>, slot_of_arrival: Vec<u32>, pub coverage: (usize, usize) }

impl G {
    pub fn new(s: Settings) -> Self { G { voc: Default::default(), copies: Default::default(), stories: vec![], events: vec![], index: HashMap::new(), s, seq: 0, of: vec![], slot_of_arrival: vec![], coverage: (0,0) } }

    /// returns event number and the dump of candidates; `gold` forces.
    pub fn add(&mut self, item: &Item, gold: Option<u32>, want: &mut Vec<(u32, F)>) -> (u32, Option<u32>) {
        self.seq += 1;
        let sk = Sketch::new(&item.title, &item.text);
        let time = item.published.map(|t| t.as_second());
        let orig = self.copies.original(&sk, &self.s);
        if let Some(o) = orig && gold.is_none() {
            self.copies.remember_copy(o, sk);
            let e = self.of[o as usize];
            self.touch(e, time);
            return (e, Some(o));
        }
        let slot = self.stories.len() as u32;
        if orig.is_none() { self.copies.remember(slot, sk); } 
        let f = features::terms(&item.title, &item.text, item.lang.as_deref().unwrap_or("en"), &item.entities);
        let terms = self.voc.learn(&f);
        let st = Story { terms, title_only: item.text.is_empty(), src: item.source.clone() };
        let cands = self.candidates(&st, time);
        let mut best: Option<(f64, u32)> = None;
        for e in cands {
            let fe = self.evidence(&st, e, time);
            let z: f64 = fe.iter().zip(T.w.iter()).map(|(a, b)| a * b).sum();
            if best.is_none_or(|(b, _)| z > b) { best = Some((z, e)); }
            want.push((e, fe));
        }
        let e = match gold { Some(g) => { while self.events.len() <= g as usize { self.events.push(Ev::default()); } g }
            None => match best { Some((z, e)) if z > 0.0 => e, _ => { self.events.push(Ev::default()); (self.events.len() - 1) as u32 } } };
        self.touch(e, time);
        let ev = &mut self.events[e as usize];
        ev.size += 1; ev.members.push(slot);
        for (t, _, ti) in &st.terms { let c = ev.count.entry(*t).or_default(); if c.0 == 0 { self.index.entry(*t).or_default().push(e); } c.0 += 1; c.1 += u32::from(*ti); }
        self.stories.push(st); self.of.push(e);
        (e, None)
    }
    fn touch(&mut self, e: u32, time: Option<i64>) {
        let ev = &mut self.events[e as usize];
        if let Some(t) = time { ev.first = Some(ev.first.map_or(t, |x| x.min(t))); ev.last = Some(ev.last.map_or(t, |x| x.max(t))); }
        ev.seq = self.seq;
    }
    fn gap(&self, e: u32, time: Option<i64>) -> Option<f64> {
        let ev = &self.events[e as usize]; let t = time?;
        let (a, b) = (ev.first?, ev.last?);
        Some(((a - t).max(t - b).max(0)) as f64 / 3600.0)
    }
    fn candidates(&self, st: &Story, time: Option<i64>) -> Vec<u32> {
        let mut q: Vec<(f64, TermId)> = st.terms.iter().map(|(t, w, _)| (f64::from(*w) * self.voc.idf(*t), *t)).collect();
        q.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut acc: HashMap<u32, f64> = HashMap::new();
        for (w, t) in q.iter().take(40) {
            if let Some(p) = self.index.get(t) { for e in p.iter().rev().take(300) { *acc.entry(*e).or_default() += w * self.voc.idf(*t) * (f64::from(self.events[*e as usize].count[t].0) / self.events[*e as usize].size as f64).sqrt(); } }
        }
        let mut v: Vec<(u32, f64)> = acc.into_iter().filter(|(e, _)| self.gap(*e, time).is_none_or(|g| g <= self.s.window_hours as f64)).collect();
        v.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        v.into_iter().take(24).map(|x| x.0).collect()
    }
    fn evidence(&self, st: &Story, e: u32, time: Option<i64>) -> F {
        let ev = &self.events[e as usize];
        let (mut max, mut sum, mut tmax, mut n, mut same) = (0.0f64, 0.0, 0.0f64, 0.0, 0.0f64);
        for m in ev.members.iter().rev().take(32) {
            let o = &self.stories[*m as usize];
            let (c, tc) = self.cosine(st, o);
            max = max.max(c); tmax = tmax.max(tc); sum += c; n += 1.0;
            if o.src == st.src && !st.src.is_empty() { same = 1.0; }
        }
        // profile
        let (mut dot, mut qn, mut cn, mut cov, mut tot, mut tcov, mut ttot) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        let (mut rare, mut raresum) = (0.0f64, 0.0);
        let lim = (self.voc_n()).ln();
        for (t, w, ti) in &st.terms {
            let idf = self.voc.idf(*t); let x = f64::from(*w) * idf; qn += x * x; tot += x;
            if *ti { ttot += idf; }
            if let Some(c) = ev.count.get(t) {
                let share = f64::from(c.0) / ev.size as f64;
                dot += x * share * idf * f64::from(*w); cov += x * share.sqrt();
                if *ti { tcov += idf * share.sqrt(); }
                rare = rare.max(idf / lim * share.sqrt());
                if *ti && c.1 > 0 { raresum += idf * (f64::from(c.1) / ev.size as f64).sqrt(); }
            }
        }
        let (mut core, mut coret) = (0.0, 0.0);
        let _ = ev.tsize;
        let q: HashSet<TermId> = st.terms.iter().map(|t| t.0).collect();
        let mut ids: Vec<(&TermId, &(u32, u32))> = ev.count.iter().filter(|(_, c)| c.0 as f64 >= 0.3 * ev.size as f64).collect();
        ids.sort_unstable_by_key(|x| x.0);
        for (t, c) in ids { let idf = self.voc.idf(*t); let s = f64::from(c.0) / ev.size as f64; let x = s * idf; cn += x * x;
            let y = s * idf * if c.1 > 0 { 2.0 } else { 1.0 }; coret += y; if q.contains(t) { core += y; } }
        let g = self.gap(e, time);
        let seq = ((self.seq - ev.seq) as f64).ln();
        [1.0, max, sum / f64::max(n, 1.0), dot / (qn.sqrt() * cn.sqrt()).max(1e-9), tmax, cov / f64::max(tot, 1e-9), core / f64::max(coret, 1e-9), rare, raresum / 10.0,
         g.map_or(0.0, |g| g / 24.0), g.map_or(0.0, |g| if g > 24.5 { 1.0 } else { 0.0 }), if g.is_none() { seq } else { 0.0 }, (ev.size as f64).ln(), f64::from(u8::from(st.title_only)), same, tcov / f64::max(ttot, 1e-9)]
    }
    fn voc_n(&self) -> f64 { self.stories.len() as f64 + T.n0 }
    fn cosine(&self, a: &Story, b: &Story) -> (f64, f64) {
        let (mut i, mut j, mut d, mut td) = (0, 0, 0.0, 0.0);
        let norm = |s: &Story| { let (mut n, mut t) = (0.0, 0.0); for (id, w, ti) in &s.terms { let f = self.voc.idf(*id); n += (f64::from(*w) * f).powi(2); if *ti { t += f * f; } } (f64::sqrt(n), f64::sqrt(t)) };
        while i < a.terms.len() && j < b.terms.len() {
            let (x, y) = (&a.terms[i], &b.terms[j]);
            match x.0.cmp(&y.0) { std::cmp::Ordering::Less => i += 1, std::cmp::Ordering::Greater => j += 1, _ => { let f = self.voc.idf(x.0); d += f64::from(x.1) * f64::from(y.1) * f * f; if x.2 && y.2 { td += f * f; } i += 1; j += 1; } }
        }
        let (na, nb) = (norm(a), norm(b));
        (d / (na.0 * nb.0).max(1e-9), td / (na.1 * nb.1).max(1e-9))
    }
    pub fn names() -> BTreeMap<usize, &'static str> { NAMES.iter().copied().enumerate().collect() }
}
