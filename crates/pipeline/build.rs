//! Puts the two large default files into the form in which the program uses them, so that its start does
//! not wait for that.

use std::error::Error;
use std::path::Path;
use tocsin_classifier::{Gazetteer, Taxonomy};

fn main() -> Result<(), Box<dyn Error>> {
    let taxonomy = Taxonomy::parse("taxonomy.toml", &text("taxonomy")?)?;
    let entities = Gazetteer::parse("entities.toml", &text("entities")?)?;
    let out = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&out).join("taxonomy"), taxonomy.to_ready()?)?;
    std::fs::write(Path::new(&out).join("entities"), entities.to_ready()?)?;
    Ok(())
}

fn text(name: &str) -> Result<String, Box<dyn Error>> {
    let file = format!("../../config/{name}.toml");
    println!("cargo::rerun-if-changed={file}");
    Ok(std::fs::read_to_string(&file)?)
}
