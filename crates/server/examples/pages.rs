//! Writes every sample page as a file, with the assets and the data of the charts, to look at:
//! `cargo run -p tomoni-server --example pages -- OUT_DIR`.
//!
//! A page lies at `LANGUAGE/THEME/NAME.html`; `pages.json` lists them.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use tomoni_server::ui::{Language, Theme, samples};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::args().nth(1).ok_or("usage: pages OUT_DIR")?;
    let out = Path::new(&out);
    fs::create_dir_all(out.join("assets"))?;
    for asset in tomoni_assets::ALL {
        fs::write(out.join("assets").join(asset.path), asset.bytes)?;
    }
    let mut names = Vec::new();
    for sample in samples::all() {
        names.push(serde_json::json!({ "name": sample.name, "path": sample.path }));
        for language in Language::ALL {
            for theme in [Theme::Light, Theme::Dark] {
                let folder = out.join(language.tag()).join(theme.name());
                fs::create_dir_all(&folder)?;
                let page = samples::draw(&sample, language, theme);
                fs::write(
                    folder.join(format!("{}.html", sample.name)),
                    page.into_string(),
                )?;
            }
        }
    }
    fs::write(out.join("pages.json"), serde_json::to_string(&names)?)?;
    for row in samples::rows() {
        let folder = out.join("api/v1/slos").join(&row.key.name);
        fs::create_dir_all(&folder)?;
        let series = serde_json::to_string(&samples::series(&row))?;
        fs::write(folder.join("series"), series)?;
    }
    Ok(())
}
