//! Lists the example organisation's documents, so that `demo` needs nothing but the binary.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let example = manifest.join("../../examples/tobira").canonicalize()?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", example.display());
    let mut files = Vec::new();
    find(&example, &mut files)?;
    files.sort();
    let mut table = String::from("/// The example's files: name and text.\n");
    table.push_str("const EXAMPLE: &[(&str, &str)] = &[\n");
    for file in &files {
        let name = file.strip_prefix(&example)?.to_string_lossy();
        writeln!(
            table,
            "    ({:?}, include_str!({file:?})),",
            format!("tobira/{name}")
        )?;
    }
    table.push_str("];\n");
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("example.rs"),
        table,
    )?;
    Ok(())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
