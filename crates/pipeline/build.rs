//! Turns the two large default files into JSON, which the program reads at its start in a tenth of the
//! time that their TOML takes.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::var("OUT_DIR")?;
    for name in ["taxonomy", "entities"] {
        let file = format!("../../config/{name}.toml");
        println!("cargo::rerun-if-changed={file}");
        let value: serde_json::Value = toml::from_str(&std::fs::read_to_string(&file)?)?;
        let json = Path::new(&out).join(format!("{name}.json"));
        std::fs::write(json, value.to_string())?;
    }
    Ok(())
}
