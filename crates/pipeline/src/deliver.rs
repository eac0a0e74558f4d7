//! Step three: mails leave the outbox, each marked as sent in the moment it was taken.

use crate::pass::{Pass, Progress, Stage};
use crate::report::PassReport;
use crate::subscribers;
use std::collections::HashSet;
use tocsin_alerts::subscription::Stopped;
use tocsin_alerts::{DeliveryError, Outlets, Target, retry_at, stopped_note};
use tocsin_core::{Outgoing, Timestamp};
use tocsin_store::{Change, Store, StoreError};

/// Mails read from the store at a time.
const BATCH: usize = 100;

/// A mail that was rejected so often, over some hours, stops its address.
const REJECTIONS: u32 = 5;

/// Delivers what waits and is due. A failure defers that mail; where the server itself fails, those that
/// go the same way stay for the next pass.
///
/// # Errors
/// Where the store fails.
pub async fn empty_outbox(
    pass: &Pass,
    report: &mut PassReport,
    progress: &dyn Progress,
) -> Result<(), StoreError> {
    let Some(outlets) = &pass.outlets else {
        report.mails_waiting = pass.store.counts()?.waiting_mails;
        return Ok(());
    };
    progress.stage(Stage::Deliver, pass.store.counts()?.waiting_mails);
    let mut round = Round {
        store: pass.store.as_ref(),
        outlets,
        now: pass.clock.now(),
        report,
        down: HashSet::new(),
        notes: Vec::new(),
    };
    let mut after: Option<String> = None;
    loop {
        let mails = pass.store.outbox(after.as_deref(), BATCH)?;
        if mails.is_empty() {
            return round.notes().await;
        }
        for mail in mails {
            round.now = pass.clock.now();
            let message_id = mail.alert.message_id.clone();
            // A mail that was withdrawn is no place to go on from.
            if round.one(mail).await? {
                after = Some(message_id);
            }
        }
    }
}

/// One way through the outbox.
struct Round<'a> {
    store: &'a dyn Store,
    outlets: &'a Outlets,
    now: Timestamp,
    report: &'a mut PassReport,
    /// The servers that did not answer as they should.
    down: HashSet<String>,
    /// Mails to the operator that came up on the way, and may have their place behind us.
    notes: Vec<Outgoing>,
}

impl Round<'_> {
    /// Deals with one mail; false where it is in the outbox no more, nor among the sent ones.
    async fn one(&mut self, mail: Outgoing) -> Result<bool, StoreError> {
        let id = &mail.alert.message_id;
        self.notes.retain(|note| note.alert.message_id != *id);
        let to = mail.alert.to.parse::<Target>().ok();
        if let Some(to) = &to {
            if subscribers::unsubscribed(self.store, &mail.alert.rule, to)?.is_some() {
                let message_id = mail.alert.message_id;
                self.store.commit(&[Change::Withdraw { message_id }])?;
                return Ok(false);
            }
            if let Some(stopped) = subscribers::stopped(self.store, to)? {
                let why = format!(
                    "{}: {}; see `tocsin subscribers list`",
                    to.shown(),
                    stopped.why
                );
                self.waits(Some(why));
                return Ok(true);
            }
        }
        let is_down = to
            .as_ref()
            .is_some_and(|to| self.down.contains(&server(to)));
        if is_down || !is_due(mail.next_try, self.now) {
            let why = mail.last_error.filter(|_| !is_down);
            self.waits(why);
            return Ok(true);
        }
        match self.outlets.deliver(&mail, self.now).await {
            Ok(()) => self.sent(mail)?,
            Err(error) => self.failed(mail, to.as_ref(), &error)?,
        }
        Ok(true)
    }

    async fn notes(mut self) -> Result<(), StoreError> {
        while let Some(note) = self.notes.pop() {
            self.one(note).await?;
        }
        Ok(())
    }

    fn waits(&mut self, why: Option<String>) {
        self.report.mails_waiting += 1;
        if why.is_some() {
            self.report.mail_problem = why;
        }
    }

    fn sent(&mut self, mail: Outgoing) -> Result<(), StoreError> {
        self.report.mails_sent += 1;
        self.store.commit(&[Change::Delivered {
            message_id: mail.alert.message_id,
            at: self.now,
        }])
    }

    fn failed(
        &mut self,
        mut mail: Outgoing,
        to: Option<&Target>,
        error: &DeliveryError,
    ) -> Result<(), StoreError> {
        let shown = to.map_or_else(|| "no target".to_owned(), Target::shown);
        tracing::warn!(rule = %mail.alert.rule, to = %shown, %error, "mail deferred");
        mail.attempts += 1;
        mail.next_try = Some(retry_at(mail.attempts, self.now));
        mail.last_error = Some(error.to_string());
        self.waits(mail.last_error.clone());
        let is_worn_out = mail.attempts >= REJECTIONS;
        let mut changes = vec![Change::Deferred(mail)];
        match (error, to) {
            (DeliveryError::Refused { .. }, Some(to)) => changes.extend(self.stop(to, error)?),
            (DeliveryError::Rejected { .. }, Some(to)) if is_worn_out => {
                changes.extend(self.stop(to, error)?);
            }
            (DeliveryError::Unreachable { .. }, Some(to)) => drop(self.down.insert(server(to))),
            _ => {}
        }
        self.store.commit(&changes)
    }

    /// Nothing more is sent there, and the operator is told.
    fn stop(&mut self, to: &Target, error: &DeliveryError) -> Result<Vec<Change>, StoreError> {
        let stopped = Stopped {
            since: self.now,
            why: error.to_string(),
        };
        let mut changes = subscribers::stop(self.store, to, &stopped)?;
        let operator = self.outlets.operator().filter(|operator| *operator != to);
        let note = operator.map(|operator| stopped_note(to, operator, &stopped));
        self.notes.extend(note.clone());
        changes.extend(note.map(Change::Enqueue));
        Ok(changes)
    }
}

/// Whether the time for another try has come. One that is farther off than any pause was set by a clock
/// that has been put right since.
fn is_due(next_try: Option<Timestamp>, now: Timestamp) -> bool {
    next_try.is_none_or(|next| next <= now || next > retry_at(u32::MAX, now))
}

/// What a target has in common with others that fail with it.
fn server(to: &Target) -> String {
    match to {
        Target::Mail(_) => "mail".to_owned(),
        other => other.shown(),
    }
}
