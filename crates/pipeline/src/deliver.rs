//! Step three: mails leave the outbox, each marked as sent in the moment it was taken.

use crate::pass::{Pass, Progress, Stage};
use crate::report::PassReport;
use tocsin_core::Outgoing;
use tocsin_store::{Change, StoreError};

/// Mails read from the store at a time.
const BATCH: usize = 100;

/// Delivers what waits and is due. A failure defers that mail alone.
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
    let mut after: Option<String> = None;
    loop {
        let mails = pass.store.outbox(after.as_deref(), BATCH)?;
        let Some(last) = mails.last() else {
            return Ok(());
        };
        after = Some(last.alert.message_id.clone());
        for mail in mails {
            deliver_one(pass, outlets, mail, report).await?;
        }
    }
}

async fn deliver_one(
    pass: &Pass,
    outlets: &tocsin_alerts::Outlets,
    mut mail: Outgoing,
    report: &mut PassReport,
) -> Result<(), StoreError> {
    let now = pass.clock.now();
    if mail.next_try.is_some_and(|next| next > now) {
        report.mails_waiting += 1;
        report.mail_problem = mail.last_error;
        return Ok(());
    }
    match outlets.deliver(&mail).await {
        Ok(()) => {
            report.mails_sent += 1;
            let message_id = mail.alert.message_id;
            pass.store.commit(&[Change::Delivered {
                message_id,
                at: now,
            }])
        }
        Err(error) => {
            tracing::warn!(rule = %mail.alert.rule, to = %mail.alert.to, %error, "mail deferred");
            mail.attempts += 1;
            mail.next_try = Some(tocsin_alerts::retry_at(mail.attempts, now));
            mail.last_error = Some(error.to_string());
            report.mails_waiting += 1;
            report.mail_problem.clone_from(&mail.last_error);
            pass.store.commit(&[Change::Deferred(mail)])
        }
    }
}
