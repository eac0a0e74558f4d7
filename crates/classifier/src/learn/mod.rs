//! From labelled stories to a model.
//!
//! In: stories with their tags, and the rules that find concepts in them. Out: a [`Model`](crate::Model), and how it
//! fared on stories held out. Never: opens a file; draws a random number: the same input gives the
//! same bytes.
//!
//! `folds` keeps near-copies together, `solver` fits each output, `calibrate` turns sums into
//! probabilities and thresholds, `tune` corrects them by stories read with more care, `train` puts them
//! together. `embed` learns the directions in which stories differ, `supplement` what an encoder adds.

mod calibrate;
mod embed;
mod folds;
mod labelled;
pub(crate) mod solver;
mod supplement;
mod train;
mod tune;

pub use embed::embed;
pub use labelled::{Hand, Labelled};
pub use supplement::{Supplemented, supplement};
pub use train::{Parts, Plan, Trained, judge, train, update};
