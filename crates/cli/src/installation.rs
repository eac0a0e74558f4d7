//! Where this installation keeps its things, and how a command gets at them.

use crate::Usage;
use crate::args::Global;
use anyhow::{Context, Result};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tocsin_alerts::unsubscribe::{Links, new_key};
use tocsin_alerts::{DeliveryConfig, Outlets};
use tocsin_core::text::one_line;
use tocsin_core::{Source, Timestamp};
use tocsin_crawler::Fetcher;
use tocsin_pipeline::{Actor, Config, Settings, Vocab, debts};
use tocsin_sample::World;
use tocsin_store::{SledStore, Store, StoreError};

/// The store's mark that it holds the sample world, with the number of passes that ended.
pub(crate) const SAMPLE_PASSES: &str = "sample-passes";

/// The config directory: `--config`, else the user's.
pub(crate) fn config_dir(global: &Global) -> Result<PathBuf> {
    match &global.config {
        Some(dir) => Ok(dir.clone()),
        None => Ok(user_dir("XDG_CONFIG_HOME", ".config", "--config")?.join("tocsin")),
    }
}

/// The data directory: `--data`, else the user's, under this name.
pub(crate) fn data_dir(global: &Global, name: &str) -> Result<PathBuf> {
    match &global.data {
        Some(dir) => Ok(dir.clone()),
        None => Ok(user_dir("XDG_DATA_HOME", ".local/share", "--data")?.join(name)),
    }
}

fn user_dir(variable: &str, below_home: &str, option: &str) -> Result<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    set(variable)
        .or_else(|| Some(set("HOME")?.join(below_home)))
        .with_context(|| format!("no home directory is known: say where with {option} DIR"))
}

/// The config of this installation.
///
/// # Errors
/// Where `--config` names a directory that is not there.
pub(crate) fn config(global: &Global) -> Result<Config> {
    let dir = config_dir(global)?;
    if dir.is_dir() {
        return Ok(Config::new(Some(dir)));
    }
    if global.config.is_some() {
        let dir = dir.display();
        return Err(Usage(format!(
            "there is no config directory {dir}\n  hint: `tocsin init --config {dir}` writes one"
        ))
        .into());
    }
    // The tags that the user describes go there all the same.
    Ok(Config::new(None).with_described_of(&dir))
}

/// The store of this installation, for a command that only reads: it has to be there.
///
/// # Errors
/// Where there is none, or it cannot be opened.
pub(crate) fn store(global: &Global) -> Result<Arc<dyn Store>> {
    if let Some(store) = store_if_there(global)? {
        return Ok(store);
    }
    Err(Usage(format!(
        "there is no store in {}\n  hint: `tocsin run` makes one; --data DIR names another place",
        data_dir(global, "tocsin")?.display()
    ))
    .into())
}

/// The store, where there is one.
///
/// # Errors
/// Where it cannot be opened.
pub(crate) fn store_if_there(global: &Global) -> Result<Option<Arc<dyn Store>>> {
    let dir = data_dir(global, "tocsin")?;
    match dir.join("store").exists() {
        true => Ok(Some(Arc::new(SledStore::open(&dir)?))),
        false => Ok(None),
    }
}

/// Asks with a fetcher as the guest that this installation is: pauses that hosts asked for before hold, and new ones
/// are kept. Where another command has the store, those of before are not known.
///
/// # Errors
/// Those of the store, that it is in use aside.
pub(crate) fn as_known_guest<T>(
    global: &Global,
    fetcher: &Fetcher,
    ask: impl FnOnce() -> T,
) -> Result<T> {
    if let Some(store) = store_if_free(global)? {
        debts::take_over(fetcher, store.as_ref())?;
    }
    let answer = ask();
    if let Some(store) = store_if_free(global)? {
        debts::add(fetcher, store.as_ref())?;
    }
    Ok(answer)
}

fn store_if_free(global: &Global) -> Result<Option<Arc<dyn Store>>> {
    store_if_there(global).or_else(|error| match error.downcast_ref() {
        Some(StoreError::Locked { .. }) => Ok(None),
        _ => Err(error),
    })
}

/// The store and the names that a query may use over it.
///
/// # Errors
/// As [`store`] and [`config`].
pub(crate) fn store_and_vocabulary(global: &Global) -> Result<(Arc<dyn Store>, Vocab)> {
    let store = store(global)?;
    let config = config_for(global, store.as_ref())?;
    Ok((store, vocabulary(&config)?))
}

/// The config that belongs to a store: that of the sample world where it holds that.
///
/// # Errors
/// As [`config`].
pub(crate) fn config_for(global: &Global, store: &dyn Store) -> Result<Config> {
    match store.meta(SAMPLE_PASSES)? {
        Some(_) => sample_config(global, &World::load()?),
        None => config(global),
    }
}

/// The defaults, with the sample world's sources and the tags that the user described.
///
/// # Errors
/// Where no config directory is known.
pub(crate) fn sample_config(global: &Global, world: &World) -> Result<Config> {
    let config = Config::new(None).with_described_of(&config_dir(global)?);
    Ok(config.with_file("sources.toml", world.sources_toml().to_owned()))
}

/// The names that a query may use.
///
/// # Errors
/// A config file that cannot be used.
pub(crate) fn vocabulary(config: &Config) -> Result<Vocab> {
    let sources: Vec<Source> = config.sources()?;
    Ok(Vocab {
        classifier: Arc::new(config.classifier()?),
        sources: Arc::new(sources),
    })
}

/// Who is at work: `TOCSIN_USER`, else the name that the system knows.
pub(crate) fn actor() -> Actor {
    let names = ["TOCSIN_USER", "USER", "LOGNAME", "USERNAME"];
    let by = names
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .map(|name| one_line(&name))
        .find(|name| !name.is_empty());
    Actor {
        by: by.unwrap_or_else(|| "somebody".to_owned()),
        at: Timestamp::now(),
    }
}

/// How alerts go out. A key for the addresses by which readers unsubscribe is made where there is none yet.
///
/// # Errors
/// Where the config cannot be used, or the key cannot be read or written.
pub(crate) fn outlets(settings: &Settings, dir: &Path) -> Result<Outlets> {
    let config = DeliveryConfig {
        mail: settings.mail.clone(),
        webhook: settings.webhook.clone(),
        links: match &settings.server.public_url {
            Some(url) => Some(links(url, dir)?),
            None => None,
        },
    };
    Ok(Outlets::new(&config, dir).map_err(|wrong| Usage(wrong.to_string()))?)
}

/// The addresses by which readers unsubscribe.
///
/// # Errors
/// As [`outlets`].
pub(crate) fn links(public_url: &str, dir: &Path) -> Result<Links> {
    let wrong = |why| Usage(format!("[server] public_url in tocsin.toml: {why}"));
    Ok(Links::new(public_url, &key(dir)?).map_err(wrong)?)
}

/// The key of this installation, which never leaves its data directory.
fn key(dir: &Path) -> Result<Vec<u8>> {
    let path = dir.join("unsubscribe.key");
    let cannot = |what: &str| format!("{} cannot be {what}", path.display());
    match std::fs::read(&path) {
        Ok(key) if key.len() >= 32 => return Ok(key),
        Ok(_) => anyhow::bail!("{} is cut short; remove it", path.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| cannot("read")),
    }
    let new = new_key().map_err(anyhow::Error::msg)?;
    std::fs::create_dir_all(dir).with_context(|| cannot("written"))?;
    place_secret(&path, &new).with_context(|| cannot("written"))?;
    // Another process may have been first.
    std::fs::read(&path).with_context(|| cannot("read"))
}

/// A file that only its owner reads, there whole or not at all; one that is there already stays.
fn place_secret(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let half = path.with_extension(format!("part{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let placed = match std::fs::hard_link(&half, path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        placed => placed,
    };
    std::fs::remove_file(&half)?;
    placed
}

/// Writes a file of the config directory, all at once: a full disk leaves the old one. Who may read it, and
/// where a link leads, stays.
///
/// # Errors
/// Where it cannot be written.
pub(crate) fn write_config(path: &Path, text: &str) -> Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).with_context(cannot)?;
    }
    let place = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = place.with_extension("toml.new");
    std::fs::write(&beside, text).with_context(cannot)?;
    if let Ok(known) = std::fs::metadata(&place) {
        std::fs::set_permissions(&beside, known.permissions()).with_context(cannot)?;
    }
    std::fs::rename(&beside, &place).with_context(cannot)
}

/// The one runtime of the program.
///
/// # Errors
/// Where the system gives no threads.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start worker threads")
}
