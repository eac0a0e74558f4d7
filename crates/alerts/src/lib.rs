//! The way out: which rule fires on what, the mail that tells it, and its delivery.
//!
//! In: the rules of `alerts.toml`, the events that a pass touched with their stories, what was told
//! before. Out: [`tocsin_core::Outgoing`] mails as data for the outbox, and marks to remember; and, apart from
//! that, the delivery of one such mail to a server, a folder or standard output.
//!
//! Never: reads or writes the store (the pipeline does, in the event's own transaction), decides
//! what an event is, reads a clock. The same rule, event and reader always give the same
//! `Message-ID`, so a repeat can be recognised on both sides.

mod compose;
mod deliver;
mod digest;
mod fire;
mod mime;
mod past;
mod rules;
mod schedule;
pub mod subscription;
pub mod unsubscribe;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod odd_mails;

pub use compose::{Ailing, health_note, stopped_note, test_mail};
pub use deliver::{DeliveryConfig, DeliveryError, MailConfig, Outlets, WebhookConfig, retry_at};
pub use digest::Known;
pub use fire::{Fired, Happening};
pub use rules::{Rule, Rules, Target, When};
pub use schedule::{QuietHours, Schedule};
