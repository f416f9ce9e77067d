//! Writes the bell once more, word by word, but for the scheduler of `shuttle`: what the model
//! explores is the bell that ships.

use std::path::Path;
use std::{env, fs, io};

const BELL: &str = "../../platform/bus/src/bell.rs";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={BELL}");
    let text = fs::read_to_string(BELL)?;
    let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
    let modelled = shipped
        .replace("use std::sync::", "use shuttle::sync::")
        .replace(", PoisonError}", "}; use std::sync::PoisonError");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("bell.rs"), modelled)
}
