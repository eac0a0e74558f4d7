//! A small invented world of news sites, so that a newcomer sees the whole program at work in a
//! minute, offline.
//!
//! In: the files under `world/`, bundled into the program: twelve outlets, some four dozen articles
//! of our own writing about a dozen happenings over two days, and what a careful reader makes of
//! them. Out: the sources as a real `sources.toml`, and a web server on loopback that answers for
//! every outlet by its `Host` header, with all the trouble that real sites give: a broken feed, a
//! robots.txt that forbids, a server that is busy on the first day, copies, look-alikes, edits.
//!
//! Never: reads a clock, touches a network beyond loopback, says anything about a real person.
//! Institutions and firms that are the subject of the news keep their names; what is told of them
//! here is made up, and every page says so.
//!
//! ```
//! use tocsin_sample::{Day, World};
//! let world = World::load().unwrap();
//! assert!(world.pieces(Day::First).count() < world.pieces(Day::Second).count());
//! ```

mod answer;
mod day;
mod expected;
mod feed;
mod item;
mod markup;
mod page;
mod piece;
mod serve;
mod site;
mod world;

pub use crate::day::Day;
pub use crate::expected::Expectation;
pub use crate::piece::{Block, Piece};
pub use crate::serve::{Hit, Served};
pub use crate::world::World;
