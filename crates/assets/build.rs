//! Puts the style sheet together, has esbuild bundle the scripts where it is installed, and writes
//! the table that `lib.rs` includes. Nothing is downloaded here.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use sha2::{Digest as _, Sha256};

/// The style sheet's parts, in the order in which they cascade.
const STYLE_PARTS: &[&str] = &[
    "tokens.css",
    "base.css",
    "layout.css",
    "parts.css",
    "pages.css",
    "chart.css",
    "print.css",
];

/// What stands in a script's place when esbuild is not installed.
const NO_SCRIPT: &[u8] = b"// built without esbuild: run `cargo xtask web`, then build again\n";

/// How the dark colours begin.
const DARK: &str = "[data-theme=\"dark\"] {";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let web = manifest.join("../../web").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    watch(&web);

    let mut table = String::new();
    let style = style(&web.join("css"))?;
    entry(
        &out,
        &mut table,
        "STYLE",
        "style",
        "css",
        "text/css; charset=utf-8",
        &style,
    )?;
    for (constant, stem) in [("APP", "app"), ("CHARTS", "charts")] {
        let script = script(&web, &out, stem)?;
        let kind = "text/javascript; charset=utf-8";
        entry(&out, &mut table, constant, stem, "js", kind, &script)?;
    }
    let icon = fs::read(web.join("icon.svg"))?;
    entry(
        &out,
        &mut table,
        "ICON",
        "icon",
        "svg",
        "image/svg+xml",
        &icon,
    )?;
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

fn is_bundler_there(web: &Path) -> bool {
    bundler(web).exists()
}

fn bundler(web: &Path) -> PathBuf {
    web.join("node_modules/esbuild/bin/esbuild")
}

fn watch(web: &Path) {
    println!("cargo::rerun-if-changed=build.rs");
    if is_bundler_there(web) {
        for part in ["css", "src", "icon.svg", "node_modules/.package-lock.json"] {
            println!("cargo::rerun-if-changed={}", web.join(part).display());
        }
    } else {
        println!("cargo::rerun-if-changed={}", web.display());
        println!(
            "cargo::warning=the pages are built without their scripts: `cargo xtask web` installs \
             what bundles them"
        );
    }
}

/// All parts in one, without comments and indentation.
fn style(folder: &Path) -> Outcome<Vec<u8>> {
    let mut all = String::new();
    for part in STYLE_PARTS {
        all.push_str(&fs::read_to_string(folder.join(part))?);
    }
    all = with_dark_by_system(&all)?;
    let mut plain = String::with_capacity(all.len());
    let mut rest = all.as_str();
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let lines = plain.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.collect::<Vec<_>>().join("\n").into_bytes())
}

/// The dark colours are written once, for those who chose them; here those who leave the choice to
/// their system get the same ones.
fn with_dark_by_system(style: &str) -> Outcome<String> {
    let (before, after) = style
        .split_once(DARK)
        .ok_or("web/css/tokens.css has no dark colours")?;
    let (colours, after) = after
        .split_once('}')
        .ok_or("web/css/tokens.css: the dark colours do not end")?;
    Ok(format!(
        "{before}{DARK}{colours}}}\n@media (prefers-color-scheme: dark) {{\n\
         [data-theme=\"system\"] {{{colours}}}\n}}\n{after}"
    ))
}

fn script(web: &Path, out: &Path, stem: &str) -> Outcome<Vec<u8>> {
    if !is_bundler_there(web) {
        return Ok(NO_SCRIPT.to_vec());
    }
    let bundle = out.join(format!("{stem}.js"));
    let output = Command::new(bundler(web))
        .current_dir(web)
        .arg(format!("src/{stem}.ts"))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
        .args(["--log-level=warning", "--legal-comments=inline"])
        .arg(format!("--outfile={}", bundle.display()))
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("esbuild could not bundle web/src/{stem}.ts:\n{said}").into());
    }
    Ok(fs::read(bundle)?)
}

/// Writes one asset's three files and its line of the table.
fn entry(
    out: &Path,
    table: &mut String,
    constant: &str,
    stem: &str,
    extension: &str,
    content_type: &str,
    bytes: &[u8],
) -> Outcome<()> {
    let mut hash = String::new();
    for byte in Sha256::digest(bytes).iter().take(6) {
        write!(hash, "{byte:02x}")?;
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes)?;
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &settings)?;

    let file = |kind: &str| out.join(format!("{stem}.{kind}"));
    fs::write(file("raw"), bytes)?;
    fs::write(file("gz"), gzip.finish()?)?;
    fs::write(file("br"), packed)?;
    writeln!(
        table,
        "/// `{stem}.{extension}`.\n\
         pub const {constant}: Asset = Asset {{ path: \"{stem}-{hash}.{extension}\", \
         content_type: {content_type:?}, bytes: include_bytes!({:?}), \
         brotli: include_bytes!({:?}), gzip: include_bytes!({:?}) }};",
        file("raw"),
        file("br"),
        file("gz"),
    )?;
    Ok(())
}
