//! A page as a list of blocks of text, each with its place among the elements.
//!
//! In: a parsed page. Out: an [`Outline`], made in one walk: every run of text between two block
//! boundaries, and every element that is open around one. Never: judges; that is the work of
//! [`crate::features`] and [`crate::judge`].

use crate::groups::{self, Groups};
use crate::tag::Tag;
use ego_tree::NodeId;
use ego_tree::iter::Edge;
use rustc_hash::{FxHashMap, FxHasher};
use scraper::node::Element;
use scraper::{Html, Node};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use tocsin_core::text::one_line;

/// Bytes from which on a block without many links is a paragraph.
const PARAGRAPH: usize = 80;

/// Elements above a block that share in it, and what is left of the share at each step.
const DENSITY_STEPS: usize = 4;
const DENSITY_DECAY: f32 = 0.6;

/// Blocks and elements of a page, both in the order of the page.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    pub(crate) places: Vec<Place>,
    pub(crate) blocks: Vec<Block>,
    /// Hashes of the words in the elements' names, element after element.
    pub(crate) names: Vec<u32>,
    /// Kinds of elements; see [`Place::kind`].
    pub(crate) kinds: usize,
}

/// An element.
#[derive(Debug)]
pub(crate) struct Place {
    /// Its node in the page.
    pub(crate) node: NodeId,
    pub(crate) parent: Option<usize>,
    pub(crate) tag: Tag,
    /// What its names speak of.
    pub(crate) groups: Groups,
    /// Its words in [`Outline::names`].
    pub(crate) names: Range<usize>,
    /// The same number for elements of the same tag and class under such parents.
    pub(crate) kind: usize,
    /// Said to be unseen by the element itself.
    pub(crate) hidden: bool,
    /// The blocks inside.
    pub(crate) blocks: Range<usize>,
    /// Which child of its parent it is, and how many it has itself; texts do not count.
    pub(crate) order: usize,
    pub(crate) children: usize,
}

/// A run of text between two block boundaries.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// On one line.
    pub(crate) text: String,
    /// The deepest element that holds all of it.
    pub(crate) place: usize,
    /// The deepest such element that is no part of a line.
    pub(crate) wrap: usize,
    /// Bytes, white space apart, of the whole, of its links, of what is in bold or italics.
    pub(crate) bytes: usize,
    pub(crate) linked: usize,
    pub(crate) stressed: usize,
    /// Links, line breaks in it.
    pub(crate) links: usize,
    pub(crate) breaks: usize,
    /// Pictures before it in the page.
    pub(crate) pictures: usize,
}

/// Bytes of a link that may be the title of another page.
pub(crate) const TITLE_LINK: usize = 15;

impl Block {
    /// Whether hardly anything of it is no link.
    pub(crate) fn is_all_link(&self) -> bool {
        self.linked * 10 > self.bytes * 9
    }
}

impl Place {
    /// Of sums of all blocks before each, and of all, those at the start and at the end of the element.
    pub(crate) fn edges<T: Copy + Default>(&self, sums: &[T]) -> [T; 2] {
        let end = sums.get(self.blocks.end).or(sums.last());
        let end = end.copied().unwrap_or_default();
        [sums.get(self.blocks.start).copied().unwrap_or(end), end]
    }
}

impl Outline {
    /// Walks the page once.
    pub(crate) fn of(page: &Html) -> Self {
        let mut walk = Walk::default();
        // About half of all nodes are elements, the others their texts.
        let elements = page.tree.values().len() / 2;
        walk.outline.places.reserve(elements);
        walk.is_open.reserve(elements);
        for edge in page.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(element) => walk.open(node.id(), element),
                    Node::Text(text) => walk.text(text),
                    _ => {}
                },
                Edge::Close(node) => {
                    if node.value().is_element() {
                        walk.close();
                    }
                }
            }
        }
        walk.end_block();
        walk.outline.kinds = walk.kinds.len();
        walk.outline
    }

    /// Bytes of text, about three to a character of Chinese or Japanese.
    pub(crate) fn letters(&self) -> usize {
        self.blocks.iter().map(|b| b.bytes).sum()
    }

    /// Bytes of those blocks that count, before each block and in all; for [`Place::edges`].
    pub(crate) fn sums(&self, counts: impl Iterator<Item = bool>) -> Vec<usize> {
        let mut sum = 0;
        let after = self.blocks.iter().zip(counts).map(|(block, counts)| {
            sum += if counts { block.bytes } else { 0 };
            sum
        });
        std::iter::once(0).chain(after).collect()
    }

    /// For each element whether most of the page's paragraphs are inside.
    pub(crate) fn holds_most(&self) -> Vec<bool> {
        let is_paragraph = |b: &Block| b.bytes > PARAGRAPH && b.linked * 3 < b.bytes;
        let sums = self.sums(self.blocks.iter().map(is_paragraph));
        let whole = sums.last().copied().unwrap_or_default();
        let inside = |place: &Place| {
            let [start, end] = place.edges(&sums);
            end - start
        };
        self.places.iter().map(|p| inside(p) * 2 > whole).collect()
    }

    /// The element in which most of something is, of which each block has so much; what is deeper inside counts less, as
    /// readability has it.
    pub(crate) fn densest(&self, shares: impl Iterator<Item = f32>) -> Option<usize> {
        let mut sums = vec![0.0_f32; self.places.len()];
        for (block, mut share) in self.blocks.iter().zip(shares) {
            let mut at = self.parent(block.wrap);
            for _ in 0..DENSITY_STEPS {
                let Some(place) = at else { break };
                if let Some(sum) = sums.get_mut(place) {
                    *sum += share;
                }
                share *= DENSITY_DECAY;
                at = self.parent(place);
            }
        }
        let best = sums
            .iter()
            .enumerate()
            .rev()
            .max_by(|a, b| a.1.total_cmp(b.1))?;
        (*best.1 > 0.0).then_some(best.0)
    }

    /// An element and what it is in, from the inside.
    pub(crate) fn upwards(&self, place: usize) -> impl Iterator<Item = &Place> {
        let first = self.places.get(place);
        std::iter::successors(first, |place| self.places.get(place.parent?))
    }

    /// The element around an element.
    pub(crate) fn parent(&self, place: usize) -> Option<usize> {
        self.places.get(place)?.parent
    }
}

/// The walk's state.
#[derive(Debug, Default)]
struct Walk {
    outline: Outline,
    /// Elements that are open, outermost first.
    open: Vec<usize>,
    /// For each element whether it is open.
    is_open: Vec<bool>,
    /// Open elements whose text nobody sees, that are links, that are bold.
    unseen: usize,
    linking: usize,
    stressing: usize,
    pictures: usize,
    kinds: FxHashMap<u64, usize>,
    run: Run,
}

/// The block under way.
#[derive(Debug, Default)]
struct Run {
    /// White space and all.
    text: String,
    /// The deepest element around all words so far; `None` before the first.
    place: Option<usize>,
    block: Block,
    /// Breaks since the last word.
    pending_breaks: usize,
}

impl Walk {
    fn open(&mut self, node: NodeId, element: &Element) {
        let tag = Tag::of(element.name());
        if !tag.is_inline() {
            self.end_block();
        }
        match tag {
            Tag::Br => self.line_break(),
            Tag::Picture => self.pictures += 1,
            Tag::A if self.unseen == 0 => self.run.block.links += 1,
            _ => {}
        }
        self.count(tag, 1);
        self.push(node, element, tag);
    }

    fn close(&mut self) {
        let Some(at) = self.open.pop() else {
            return;
        };
        let tag = self.outline.places.get(at).map_or(Tag::Block, |p| p.tag);
        if !tag.is_inline() {
            self.end_block();
        }
        self.count(tag, -1);
        if let Some(is_open) = self.is_open.get_mut(at) {
            *is_open = false;
        }
        // The block under way belongs to an inline element that closes, too.
        let end = self.outline.blocks.len() + usize::from(self.run.place.is_some());
        if let Some(place) = self.outline.places.get_mut(at) {
            place.blocks.end = end;
        }
    }

    fn count(&mut self, tag: Tag, by: isize) {
        let counter = match tag {
            Tag::Unseen => &mut self.unseen,
            Tag::A => &mut self.linking,
            Tag::Stress => &mut self.stressing,
            _ => return,
        };
        *counter = counter.saturating_add_signed(by);
    }

    fn push(&mut self, node: NodeId, element: &Element, tag: Tag) {
        let parent = self.open.last().copied();
        let mut order = 0;
        let mut above = 0;
        if let Some(parent) = parent.and_then(|p| self.outline.places.get_mut(p)) {
            (order, above) = (parent.children, parent.kind);
            parent.children += 1;
        }
        let first = self.outline.names.len();
        let Attributes {
            groups,
            class,
            hidden,
        } = self.read(element);
        let kind = self.kind(above, tag, class);
        let at = self.outline.blocks.len();
        self.open.push(self.outline.places.len());
        self.is_open.push(true);
        self.outline.places.push(Place {
            node,
            parent,
            tag,
            groups,
            names: first..self.outline.names.len(),
            kind,
            hidden,
            blocks: at..at,
            order,
            children: 0,
        });
    }

    fn read<'a>(&mut self, element: &'a Element) -> Attributes<'a> {
        let mut read = Attributes::default();
        for (name, value) in element.attrs() {
            match name {
                "class" => read.class = Some(value),
                "hidden" => read.hidden = true,
                "aria-hidden" => read.hidden |= value == "true",
                "style" => read.hidden |= value.split(';').any(hides),
                _ => {}
            }
            if groups::is_name(name) {
                read.groups.read(value, &mut self.outline.names);
            }
        }
        read
    }

    fn kind(&mut self, above: usize, tag: Tag, class: Option<&str>) -> usize {
        let mut key = FxHasher::default();
        (above, tag, class).hash(&mut key);
        let next = self.kinds.len();
        *self.kinds.entry(key.finish()).or_insert(next)
    }

    fn text(&mut self, text: &str) {
        if self.unseen > 0 {
            return;
        }
        self.run.text.push_str(text);
        let bytes = text.bytes().filter(|b| !b.is_ascii_whitespace()).count();
        if bytes == 0 {
            return;
        }
        let mut place = self.run.place.or(self.open.last().copied());
        while let Some(p) = place
            && !self.is_open.get(p).copied().unwrap_or(true)
        {
            place = self.outline.parent(p);
        }
        self.run.place = place;
        self.run.pending_breaks = 0;
        let block = &mut self.run.block;
        block.bytes += bytes;
        block.linked += if self.linking > 0 { bytes } else { 0 };
        block.stressed += if self.stressing > 0 { bytes } else { 0 };
    }

    /// Two breaks in a row end a paragraph.
    fn line_break(&mut self) {
        self.run.pending_breaks += 1;
        if self.run.pending_breaks > 1 {
            self.end_block();
        } else {
            self.run.block.breaks += 1;
            self.run.text.push(' ');
        }
    }

    fn end_block(&mut self) {
        let Some(place) = self.run.place.take() else {
            self.run.text.clear();
            self.run.block = Block::default();
            return;
        };
        let run = std::mem::take(&mut self.run);
        let text = one_line(&run.text);
        self.run.text = run.text;
        self.run.text.clear();
        if !text.is_empty() {
            self.outline.blocks.push(Block {
                text,
                place,
                wrap: self.wrap(place),
                pictures: self.pictures,
                ..run.block
            });
        }
    }

    fn wrap(&self, place: usize) -> usize {
        let mut at = place;
        while let Some(p) = self.outline.places.get(at)
            && p.tag.is_inline()
            && let Some(parent) = p.parent
        {
            at = parent;
        }
        at
    }
}

/// What the attributes of an element say.
#[derive(Debug, Default)]
struct Attributes<'a> {
    groups: Groups,
    class: Option<&'a str>,
    hidden: bool,
}

/// Whether a rule of a style hides its element.
fn hides(rule: &str) -> bool {
    rule.split_once(':').is_some_and(|(name, value)| {
        matches!(
            (name.trim(), value.trim()),
            ("display", "none") | ("visibility", "hidden")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(html: &str) -> Outline {
        Outline::of(&Html::parse_document(html))
    }

    fn texts(html: &str) -> Vec<String> {
        outline(html).blocks.into_iter().map(|b| b.text).collect()
    }

    #[test]
    fn text_is_cut_where_a_reader_sees_a_new_line() {
        assert_eq!(
            texts(
                "<p>One <b>rule</b>\n of <a href=x>two</a></p>loose<div>a<br>b<br> <br>c</div><ul><li>d<li>e</ul>"
            ),
            ["One rule of two", "loose", "a b", "c", "d", "e"]
        );
        assert_eq!(texts("<table><tr><td>a<td>b</table>"), ["a", "b"]);
    }

    #[test]
    fn what_nobody_sees_is_no_text() {
        let html = "<title>t</title><p>a<script>b</script><style>c</style><noscript>d</noscript></p>\
            <svg><text>e</text></svg><select><option>f</select><template>g</template><iframe>h</iframe>";
        assert_eq!(texts(html), ["a"]);
    }

    #[test]
    fn links_and_stress_are_measured() {
        let outline = outline("<p>12345 <a href=x>678</a> <b>90</b><br></p>");
        let block = outline.blocks.first().unwrap();
        assert_eq!(
            (block.bytes, block.linked, block.stressed, block.links),
            (10, 3, 2, 1)
        );
    }

    #[test]
    fn a_block_stands_in_the_deepest_element_around_all_of_it() {
        let outline = outline(
            "<main><p><span>a</span> <span>b</span></p><p><span><i>c</i></span></p></main>",
        );
        let tags: Vec<[Tag; 2]> = (outline.blocks.iter())
            .map(|b| [b.place, b.wrap].map(|p| outline.places.get(p).unwrap().tag))
            .collect();
        assert_eq!(tags, [[Tag::P, Tag::P], [Tag::Stress, Tag::P]]);
        let main = outline.places.iter().find(|p| p.tag == Tag::Main).unwrap();
        assert_eq!(main.blocks, 0..2);
    }

    #[test]
    fn elements_of_one_template_are_of_one_kind() {
        let outline =
            outline("<div><p class=x>a</p><p class=x>b</p><p>c</p></div><p class=x>d</p>");
        let kind = |at: usize| {
            outline
                .places
                .get(outline.blocks.get(at).unwrap().wrap)
                .unwrap()
                .kind
        };
        assert!(kind(0) == kind(1) && kind(0) != kind(2) && kind(0) != kind(3));
    }

    #[test]
    fn elements_say_that_they_are_hidden() {
        for hides in [
            "hidden",
            "aria-hidden=true",
            "style='color: red; display : none'",
        ] {
            let outline = outline(&format!("<div {hides}>a</div>"));
            assert!(outline.places.iter().any(|p| p.hidden), "{hides}");
        }
    }
}
