//! The day that stands near a link.

use super::link::Link;
use crate::date::{self, Moment};
use ego_tree::NodeId;
use scraper::{ElementRef, Html};
use tocsin_core::Timestamp;

/// Pieces of text in a link's box that are read.
const MAX_PIECES: usize = 40;
/// Longest piece, in bytes, that can be a date with a word or two beside it; dates inside sentences
/// are what the article tells of.
const LONGEST_PIECE: usize = 60;

/// The first of: a `<time datetime>` in the box, a short text in it that is a date, a date in the
/// address. A day without a time counts as noon UTC.
pub(super) fn of(link: &Link<'_>, around: NodeId, page: &Html) -> Option<Timestamp> {
    let area = page.tree.get(around).and_then(ElementRef::wrap)?;
    in_time_element(area)
        .or_else(|| in_text(area, &link.title))
        .or_else(|| in_address(&link.url))
}

fn in_time_element(area: ElementRef<'_>) -> Option<Timestamp> {
    let elements = area.descendants().filter_map(ElementRef::wrap);
    let mut times = elements.filter(|element| element.value().name() == "time");
    times.find_map(|time| moment(time.attr("datetime")?))
}

/// A date may be spread over elements ("05", "Oct 2026"), so pairs of pieces are read as well.
fn in_text(area: ElementRef<'_>, title: &str) -> Option<Timestamp> {
    let pieces: Vec<&str> = area
        .text()
        .map(str::trim)
        .filter(|piece| !piece.is_empty() && piece.len() <= LONGEST_PIECE && !title.contains(piece))
        .take(MAX_PIECES)
        .collect();
    let alone = pieces.iter().find_map(|piece| moment(piece));
    let pair = || pieces.windows(2).find_map(|pair| moment(&pair.join(" ")));
    alone
        .or_else(pair)
        .or_else(|| pieces.windows(3).find_map(|three| moment(&three.join(" "))))
}

/// `/2026/10/05/…`, `t20261005_1.html`.
fn in_address(url: &str) -> Option<Timestamp> {
    let (_, path) = url.split_once("://")?.1.split_once('/')?;
    Moment::Day(date::whole_day(path.split('?').next()?)?).at_noon()
}

fn moment(text: &str) -> Option<Timestamp> {
    date::parse(text).and_then(Moment::at_noon)
}
