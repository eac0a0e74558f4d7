//! The day that stands near a link.

use super::link::Link;
use crate::date::{self, Around, Moment};
use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Html, Node};
use tocsin_core::Timestamp;

/// Pieces of text in a link's box that are read.
const MAX_PIECES: usize = 40;
/// Longest piece, in bytes, that can be a date with a word or two beside it; dates inside sentences
/// are what the article tells of.
const LONGEST_PIECE: usize = 60;
/// Levels above a box whose elder neighbours may be headings with a date.
const LEVELS_ABOVE: usize = 3;
/// Elder neighbours that are looked at on each level.
const MAX_NEIGHBOURS: usize = 30;

/// Finds the days of one page's links.
pub(super) struct Days<'p> {
    page: &'p Html,
    around: Around,
}

impl<'p> Days<'p> {
    /// Of a page that was read at this time.
    pub(super) fn of(page: &'p Html, read_at: Option<Timestamp>) -> Self {
        let texts = page
            .root_element()
            .text()
            .filter(|text| text.len() <= LONGEST_PIECE);
        let around = Around::of(read_at, texts);
        Self { page, around }
    }

    /// The first of: a `<time datetime>` in the link's box, a short text in it that is a date, one that
    /// stands above it, a date in the address. A day without a time counts as noon UTC.
    pub(super) fn near(&self, link: &Link<'_>, around: NodeId) -> Option<Timestamp> {
        let area = self.page.tree.get(around).and_then(ElementRef::wrap)?;
        in_time_element(area)
            .or_else(|| self.in_text(area, &link.title))
            .or_else(|| self.above(area))
            .or_else(|| in_address(&link.url))
    }

    /// A date may be spread over elements ("05", "Oct", "2026"), and the whole of it says more than a part.
    fn in_text(&self, area: ElementRef<'_>, title: &str) -> Option<Timestamp> {
        let pieces: Vec<&str> = area
            .text()
            .map(str::trim)
            .filter(|piece| {
                !piece.is_empty() && piece.len() <= LONGEST_PIECE && !title.contains(piece)
            })
            .take(MAX_PIECES)
            .collect();
        let listed = |text: &str| date::listed(text, &self.around);
        let is_day = |moment: &Moment| !matches!(moment, Moment::Month(_));
        let alone = || pieces.iter().filter_map(|piece| listed(piece));
        let joined = |count: usize| {
            pieces
                .windows(count)
                .filter_map(|few| listed(&few.join(" ")))
        };
        let day = alone().chain(joined(2)).chain(joined(3)).find(is_day);
        // A month of two pieces may be what is left of a day that does not exist.
        day.or_else(|| alone().next())?.at_noon()
    }

    /// Lists by days: a `dt` before its `dd`, a heading before its list.
    fn above(&self, area: ElementRef<'_>) -> Option<Timestamp> {
        let levels = std::iter::once(*area)
            .chain(area.ancestors())
            .take(LEVELS_ABOVE);
        levels.into_iter().find_map(|level| self.before(level))
    }

    fn before(&self, level: NodeRef<'_, Node>) -> Option<Timestamp> {
        let elder = level
            .prev_siblings()
            .filter_map(ElementRef::wrap)
            .take(MAX_NEIGHBOURS);
        let mut headings = elder.filter(|element| !is_like(*element, level));
        let heading = headings.next()?;
        let text = heading.text().collect::<Vec<_>>().join(" ");
        let text = text.trim();
        let is_short = !text.is_empty() && text.len() <= LONGEST_PIECE;
        match is_short.then(|| date::listed(text, &self.around))? {
            Some(Moment::Month(_)) | None => None,
            Some(moment) => moment.at_noon(),
        }
    }
}

/// Whether a neighbour is another member of the same list, which has a date of its own or none.
fn is_like(neighbour: ElementRef<'_>, of: NodeRef<'_, Node>) -> bool {
    let name = of.value().as_element().map(|element| element.name());
    name == Some(neighbour.value().name())
}

fn in_time_element(area: ElementRef<'_>) -> Option<Timestamp> {
    let elements = area.descendants().filter_map(ElementRef::wrap);
    let mut times = elements.filter(|element| element.value().name() == "time");
    times.find_map(|time| date::parse(time.attr("datetime")?)?.at_noon())
}

/// `/2026/10/05/…`, `t20261005_1.html`.
fn in_address(url: &str) -> Option<Timestamp> {
    let (_, path) = url.split_once("://")?.1.split_once('/')?;
    Moment::Day(date::whole_day(path.split('?').next()?)?).at_noon()
}
