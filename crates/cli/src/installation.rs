//! Where this installation keeps its things, and how a command gets at them.

use crate::Usage;
use crate::args::Global;
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::sync::Arc;
use tocsin_core::Source;
use tocsin_pipeline::{Config, Vocab};
use tocsin_sample::World;
use tocsin_store::{SledStore, Store};

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
