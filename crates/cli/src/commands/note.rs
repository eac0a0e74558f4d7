//! `note`: an analyst's own words about an event.

use super::events;
use crate::Ended;
use crate::args::{Global, Note};
use crate::installation;
use crate::output::Output;
use anyhow::Result;
use tocsin_core::EventId;
use tocsin_pipeline::notes;

pub(super) fn note(global: &Global, args: &Note, out: &mut Output) -> Result<Ended> {
    let (store, vocabulary) = installation::store_and_vocabulary(global)?;
    let config = installation::config_for(global, store.as_ref())?;
    let actor = installation::actor();
    let rules = config.rules(&vocabulary, actor.at)?;
    let id = EventId::new(&args.event);
    let (event, number) = notes::write(store.as_ref(), &rules, &id, &args.words.join(" "), &actor)
        .map_err(events::complaint)?;
    if out.json {
        out.json_line(&event)?;
    } else {
        events::print(&event, out)?;
        out.flush()?;
        out.note(format!("number {number} in the log, by {}", actor.by));
    }
    Ok(Ended::Done)
}
