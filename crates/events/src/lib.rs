#![allow(clippy::all, warnings)]
mod calendar;
mod copies;
mod features;
mod fingerprint;
pub mod grouper;
mod item;
mod settings;
mod sketch;
mod stop;
pub mod tune;
mod vocabulary;
mod words;
pub use crate::fingerprint::fingerprint;
pub use crate::item::{Assignment, Item};
pub use crate::settings::Settings;
