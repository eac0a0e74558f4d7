//! `serve`: the page on which readers unsubscribe.

use crate::args::{Global, Serve};
use crate::output::{GOOD, Output};
use crate::{Ended, Usage, installation};
use anyhow::{Context, Result};
use std::net::SocketAddr;
use tocsin_alerts::unsubscribe::Wishes;
use tocsin_server::Site;

pub(super) fn serve(global: &Global, args: &Serve, out: &mut Output) -> Result<Ended> {
    let config = installation::config(global)?;
    let settings = config.settings()?.server;
    let Some(public_url) = settings.public_url else {
        return Err(Usage(
            "readers could not reach this page: no `public_url` under [server] in tocsin.toml\n  \
             hint: set it to the address of the proxy in front, such as \"https://news.example.org\""
                .to_owned(),
        )
        .into());
    };
    let listen = match args.listen {
        Some(listen) => listen,
        None => settings.listen.parse().map_err(|e| {
            Usage(format!(
                "[server] listen in tocsin.toml: `{}`: {e}",
                settings.listen
            ))
        })?,
    };
    only_here(listen)?;
    let dir = installation::data_dir(global, "tocsin")?;
    config.readers()?;
    let site = Site {
        readers: Box::new(move || config.readers()),
        links: installation::links(&public_url, &dir)?,
        wishes: Wishes::of(&dir),
    };
    installation::runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("cannot listen on {listen}"))?;
        let address = listener.local_addr()?;
        out.note(format!(
            "{GOOD}listening{GOOD:#} on http://{address}, for {public_url}"
        ));
        tocsin_server::serve(listener, site, ended())
            .await
            .context("the listener failed")
    })?;
    Ok(Ended::Done)
}

/// Beyond this machine it is the proxy's to listen, which speaks TLS.
fn only_here(listen: SocketAddr) -> Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(Usage(format!(
        "{listen} is not of this machine\n  hint: listen on 127.0.0.1 and put a proxy with TLS in front (docs/alerts.md)"
    ))
    .into())
}

/// Until the operator or the system ends it.
pub(super) async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without a way to be told, it runs until it is killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
