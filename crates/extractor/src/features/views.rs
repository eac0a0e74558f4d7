//! The numbers that a first look at all blocks adds to each.

use super::{LEVELS, Sink, Survey, count, log};
use crate::outline::{Block, Place};

/// What a first look at all blocks says: how much text there is likely to be where.
pub(crate) struct Views<'a> {
    survey: &'a Survey<'a>,
    chances: &'a [f32],
    /// Likely text and size before each block, and in all.
    sums: Vec<[f32; 2]>,
    kinds: Vec<[f32; 2]>,
    kinds_around: Vec<[f32; 2]>,
    to_best: Vec<Option<usize>>,
    /// Blocks since the last likely one, and to the next.
    since: Vec<f32>,
    until: Vec<f32>,
}

impl<'a> Views<'a> {
    pub(super) fn of(survey: &'a Survey<'a>, chances: &'a [f32]) -> Self {
        let outline = survey.outline;
        let mut sums = vec![[0.0; 2]];
        let mut sum = [0.0_f32; 2];
        let mut kinds = vec![[0.0_f32; 2]; outline.kinds];
        let mut kinds_around = vec![[0.0_f32; 2]; outline.kinds];
        let mut likely_sizes = Vec::with_capacity(outline.blocks.len());
        for ((block, look), chance) in outline.blocks.iter().zip(&survey.looks).zip(chances) {
            let size = look.size + 1.0;
            let likely = size * chance;
            let add = |to: &mut [f32; 2]| *to = [to[0] + likely, to[1] + size];
            add(&mut sum);
            sums.push(sum);
            let wrap = outline.places.get(block.wrap);
            let around = wrap.and_then(|w| outline.places.get(w.parent?));
            if let Some(kind) = wrap.and_then(|w| kinds.get_mut(w.kind)) {
                add(kind);
            }
            if let Some(kind) = around.and_then(|p| kinds_around.get_mut(p.kind)) {
                add(kind);
            }
            likely_sizes.push(likely);
        }
        let gaps = |chances: &mut dyn Iterator<Item = &f32>| {
            let mut gap = 30.0_f32;
            let step = |chance: &f32| {
                let before = gap.min(30.0);
                gap = if *chance > 0.6 { 0.0 } else { gap + 1.0 };
                before
            };
            chances.map(step).collect::<Vec<f32>>()
        };
        let mut until = gaps(&mut chances.iter().rev());
        until.reverse();
        Self {
            survey,
            chances,
            sums,
            kinds,
            kinds_around,
            to_best: survey.path(outline.densest(likely_sizes.into_iter())),
            since: gaps(&mut chances.iter()),
            until,
        }
    }

    pub(super) fn row(&self, at: usize, block: &Block, row: &mut impl Sink) {
        let outline = self.survey.outline;
        let whole = self.sums.last().copied().unwrap_or_default();
        for (which, by) in [-3, -2, -1, 0, 1, 2, 3].into_iter().enumerate() {
            let near = at.checked_add_signed(by).and_then(|n| self.chances.get(n));
            row.put("chance", which, near.copied().unwrap_or_default());
        }
        let before = self.sums.get(at).copied().unwrap_or_default();
        row.put("likely before", 0, before[0] / whole[0].max(1.0));
        row.put("likely", 0, log(whole[0]));
        row.put(
            "since likely",
            0,
            self.since.get(at).copied().unwrap_or_default(),
        );
        row.put(
            "until likely",
            0,
            self.until.get(at).copied().unwrap_or_default(),
        );
        let wrap = outline.places.get(block.wrap);
        let around = wrap.and_then(|w| outline.places.get(w.parent?));
        let kind = wrap
            .and_then(|w| self.kinds.get(w.kind))
            .copied()
            .unwrap_or_default();
        row.put("likely of kind", 0, kind[0] / kind[1].max(1.0));
        row.put("likely of kind", 1, kind[0] / whole[0].max(1.0));
        let kind = around
            .and_then(|p| self.kinds_around.get(p.kind))
            .copied()
            .unwrap_or_default();
        row.put("likely of kind around", 0, kind[0] / kind[1].max(1.0));
        let mut place = Some(block.wrap);
        for level in 1..=LEVELS {
            place = place.and_then(|p| outline.parent(p));
            let sum = place
                .and_then(|p| outline.places.get(p))
                .map(|p| self.within(p))
                .unwrap_or_default();
            row.put("likely in container", level, sum[0] / sum[1].max(1.0));
            row.put("container of likely", level, sum[0] / whole[0].max(1.0));
        }
        let (up, down) = self.survey.climb(block.place, &self.to_best);
        row.put("steps up to likely", 0, count(up));
        row.put("steps down to likely", 0, count(down));
    }

    fn within(&self, place: &Place) -> [f32; 2] {
        let [start, end] = place.edges(&self.sums);
        [end[0] - start[0], end[1] - start[1]]
    }
}
