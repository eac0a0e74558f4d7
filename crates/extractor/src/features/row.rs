//! The numbers of one block.

use super::{AROUND, FAR, Kind, LEVELS, Sink, Survey, count, log, number, part, tag_of};
use crate::groups::SUBJECTS;
use crate::look::Look;
use crate::outline::Block;

impl Survey<'_> {
    pub(super) fn row(&self, at: usize, block: &Block, row: &mut impl Sink) {
        let look = self.looks.get(at).copied().unwrap_or_default();
        self.words(at, block, &look, row);
        self.elements(block, row);
        self.position(at, block, row);
        self.containers(block, row);
        self.kind(at, block, row);
        self.head(at, row);
        self.neighbours(at, row);
    }

    fn words(&self, at: usize, block: &Block, look: &Look, row: &mut impl Sink) {
        row.put("size", 0, log(look.size));
        row.put("words", 0, log(look.words));
        row.put("letters a word", 0, look.size / look.words.max(1.0));
        row.put("linked", 0, part(block.linked, block.bytes));
        row.put("stressed", 0, part(block.stressed, block.bytes));
        row.put("capitals", 0, look.capitals);
        row.put("digits", 0, look.digits);
        row.put("stops", 0, look.stops / look.words.max(1.0));
        row.put("commas", 0, look.commas / look.words.max(1.0));
        row.put("end", 0, f32::from(look.end as u8));
        row.put("signs", 0, look.signs);
        row.put("furniture", 0, f32::from(look.line as u8));
        row.put(
            "copies",
            0,
            self.copies
                .get(block.text.as_str())
                .copied()
                .unwrap_or_default(),
        );
        row.put("in title", 0, self.title.overlap(&block.text));
        row.put("in description", 0, self.description.overlap(&block.text));
        let holds = self.said.description.len() > 30 && block.text.contains(self.said.description);
        row.put("holds description", 0, number(holds));
        row.put("in body", 0, self.in_body(&block.text));
        let before = at.checked_sub(1).and_then(|n| self.outline.blocks.get(n));
        row.put(
            "pictures since",
            0,
            before.map_or(0.0, |b| count(block.pictures.saturating_sub(b.pictures))),
        );
    }

    fn elements(&self, block: &Block, row: &mut impl Sink) {
        let mut at = Some(block.wrap);
        row.put("tag", 0, tag_of(self.outline.places.get(block.place)));
        for level in 1..=3 {
            row.put(
                "tag",
                level,
                tag_of(at.and_then(|p| self.outline.places.get(p))),
            );
            at = at.and_then(|p| self.outline.parent(p));
        }
        let mut tags = [FAR + 1; AROUND.len()];
        let mut subjects = [FAR + 1; SUBJECTS.len()];
        let (mut hidden, mut depth) = (FAR + 1, 0);
        for (steps, place) in self.outline.upwards(block.place).enumerate() {
            depth = steps;
            if steps > FAR {
                continue;
            }
            for (tag, nearest) in AROUND.iter().zip(&mut tags) {
                if *tag == place.tag {
                    *nearest = steps.min(*nearest);
                }
            }
            for subject in place.groups.subjects() {
                if let Some(nearest) = subjects.get_mut(subject) {
                    *nearest = steps.min(*nearest);
                }
            }
            if place.hidden {
                hidden = steps.min(hidden);
            }
        }
        row.put("depth", 0, count(depth));
        row.put("hidden", 0, count(hidden));
        for (which, steps) in tags.into_iter().enumerate() {
            row.put("element", which, count(steps));
        }
        for (which, steps) in subjects.into_iter().enumerate() {
            row.put("subject", which, count(steps));
        }
    }

    fn position(&self, at: usize, block: &Block, row: &mut impl Sink) {
        let whole = self.whole();
        let before = self.sums.get(at).copied().unwrap_or_default();
        row.put("before", 0, count(at) / whole.blocks);
        row.put("before", 1, count(at));
        row.put("before", 2, before.size / whole.size.max(1.0));
        row.put("before", 3, before.prose / whole.prose.max(1.0));
        row.put("before", 4, before.proses);
        row.put("before", 5, count(block.pictures));
        row.put(
            "before",
            6,
            self.endings.get(at).copied().unwrap_or_default(),
        );
        let links = self.links.get(at).copied().unwrap_or_default();
        row.put(
            "before",
            7,
            links / self.links.last().copied().unwrap_or_default().max(1.0),
        );
        row.put("after", 0, whole.blocks - count(at));
        row.put("after", 1, whole.proses - before.proses);
        row.put("after", 2, self.until_prose(at));
        row.put("from heading", 0, count(at) - count(self.heading));
        row.put("page", 0, log(whole.size));
        row.put("page", 1, whole.linked / whole.size.max(1.0));
        row.put("page", 2, log(whole.prose));
        row.put("page", 3, whole.proses);
        row.put("page", 4, log(whole.blocks));
        row.put("page", 5, self.articles);
        row.put("page", 6, whole.hits / whole.proses.max(1.0));
    }

    fn containers(&self, block: &Block, row: &mut impl Sink) {
        let whole = self.whole();
        let mut at = Some(block.wrap);
        for level in 1..=LEVELS {
            at = at.and_then(|p| self.outline.parent(p));
            let place = at.and_then(|p| self.outline.places.get(p));
            let sum = place.map(|p| self.within(p)).unwrap_or_default();
            row.put("container size", level, log(sum.size));
            row.put("container linked", level, sum.linked / sum.size.max(1.0));
            row.put("container prose", level, sum.prose / sum.size.max(1.0));
            row.put("container of page", level, sum.prose / whole.prose.max(1.0));
            row.put("container proses", level, sum.proses);
            row.put("container blocks", level, sum.blocks);
            row.put("container hits", level, sum.hits / whole.hits.max(1.0));
            row.put(
                "container hits per prose",
                level,
                sum.hits / sum.proses.max(1.0),
            );
            let unit = at
                .and_then(|p| self.units.get(p))
                .copied()
                .unwrap_or_default();
            row.put("unit order", level, unit.0);
            row.put("unit siblings", level, unit.1);
        }
        for (which, path) in [&self.to_best, &self.to_heading].into_iter().enumerate() {
            let (up, down) = self.climb(block.place, path);
            row.put("steps up", which, count(up));
            row.put("steps down", which, count(down));
        }
    }

    fn kind(&self, at: usize, block: &Block, row: &mut impl Sink) {
        let whole = self.whole();
        let wrap = self.outline.places.get(block.wrap);
        let around = wrap.and_then(|w| self.outline.places.get(w.parent?));
        let grand = around.and_then(|w| self.outline.places.get(w.parent?));
        let kind = wrap
            .and_then(|w| self.kinds.get(w.kind))
            .copied()
            .unwrap_or_default();
        let Kind { sum, first, last } = kind;
        row.put("kind", 0, sum.blocks);
        row.put("kind", 1, log(sum.size / sum.blocks.max(1.0)));
        row.put("kind", 2, sum.linked / sum.size.max(1.0));
        row.put("kind", 3, sum.prose / sum.size.max(1.0));
        row.put("kind", 4, sum.prose / whole.prose.max(1.0));
        row.put("kind", 5, sum.blocks / count(last + 1 - first));
        row.put("kind", 6, sum.ends / sum.blocks.max(1.0));
        row.put("kind", 7, count(at.saturating_sub(first)));
        row.put("kind", 8, count(last.saturating_sub(at)));
        let sum = around
            .and_then(|p| self.kinds_around.get(p.kind))
            .copied()
            .unwrap_or_default();
        row.put("kind around", 0, sum.blocks);
        row.put("kind around", 1, log(sum.size / sum.blocks.max(1.0)));
        row.put("kind around", 2, sum.linked / sum.size.max(1.0));
        row.put("kind around", 3, sum.prose / sum.size.max(1.0));
        for (level, place) in [wrap, around, grand].into_iter().enumerate() {
            let places = place.and_then(|p| self.places.get(p.kind));
            row.put("places of kind", level, places.copied().unwrap_or_default());
        }
        row.put("order", 0, wrap.map_or(0.0, |w| count(w.order)));
        row.put("siblings", 0, around.map_or(0.0, |p| count(p.children)));
    }

    fn head(&self, at: usize, row: &mut impl Sink) {
        let head = self.heads.get(at).copied().flatten();
        let block = head.and_then(|h| self.outline.blocks.get(h));
        let look = head
            .and_then(|h| self.looks.get(h))
            .copied()
            .unwrap_or_default();
        row.put("head", 0, head.map_or(99.0, |h| count(at - h)));
        row.put("head", 1, f32::from(look.line as u8));
        row.put("head", 2, log(look.size));
        row.put(
            "head",
            3,
            tag_of(block.and_then(|b| self.outline.places.get(b.wrap))),
        );
        let next = self
            .heads
            .iter()
            .skip(at + 1)
            .take(20)
            .position(|h| *h != head);
        row.put("head", 4, next.map_or(20.0, count));
    }

    fn neighbours(&self, at: usize, row: &mut impl Sink) {
        for (which, by) in [-2, -1, 1, 2].into_iter().enumerate() {
            let near = at.checked_add_signed(by);
            let block = near.and_then(|n| self.outline.blocks.get(n));
            let look = near
                .and_then(|n| self.looks.get(n))
                .copied()
                .unwrap_or_default();
            row.put("near size", which, log(look.size));
            row.put(
                "near linked",
                which,
                block.map_or(-1.0, |b| part(b.linked, b.bytes)),
            );
            if by.abs() == 1 {
                row.put("near end", which, f32::from(look.end as u8));
                row.put(
                    "near tag",
                    which,
                    tag_of(block.and_then(|b| self.outline.places.get(b.wrap))),
                );
            }
        }
    }
}
