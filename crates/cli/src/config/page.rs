//! docs/configuration.md, made of the flags.

use std::fmt::Write as _;

use clap::Arg;

use super::{FILE, command, is_list, is_switch, serve, settings, variable};

const PAGE: &str = "docs/configuration.md";

const HEAD: &str = "\
# Configuration of `tomoni serve`

Made from the flags; a test holds it to them.

Every setting is a flag, an environment variable and a key of a TOML file, which `--config FILE` names.
A flag goes before a variable, a variable before the file, the file before the default. A key that does
not exist, or a value that is none, is an error with its line. Paths in the file are meant from the
file's folder. A setting that may be repeated is a list in the file, and one value as a variable. A
setting without a value is `true` or `false` in the file and as a variable.

```toml
specs = [\"/etc/tomoni/slos\"]
data = \"/var/lib/tomoni\"
prometheus = \"http://prometheus:9090\"
public-url = \"https://slo.example.com\"
retention-days = 730
```
";

/// The page as the code would have it.
fn page() -> String {
    let command = command();
    let serve = serve(&command).unwrap();
    let mut headings: Vec<Option<&str>> = Vec::new();
    for (_, arg) in settings(serve) {
        let heading = arg.get_help_heading();
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    let mut page = HEAD.to_owned();
    for heading in headings {
        write!(
            page,
            "\n## {}\n\n",
            heading.unwrap_or("What is served, and where it is kept")
        )
        .unwrap();
        page += "| flag | variable | key | default | |\n|---|---|---|---|---|\n";
        let within = settings(serve).filter(|(_, arg)| arg.get_help_heading() == heading);
        within.for_each(|(name, arg)| page += &row(name, arg));
    }
    page
}

fn row(name: &str, arg: &Arg) -> String {
    let value = match arg.get_value_names() {
        Some([value, ..]) if !is_switch(arg) => format!(" {value}"),
        _ => String::new(),
    };
    let key = match name {
        FILE => String::new(),
        _ if is_list(arg) => format!("`{name}` (list)"),
        _ => format!("`{name}`"),
    };
    let defaults = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy());
    let default = defaults
        .filter(|value| !value.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let default = match default.as_str() {
        "" => String::new(),
        default => format!("`{default}`"),
    };
    let values = arg.get_possible_values();
    let values = values.iter().map(clap::builder::PossibleValue::get_name);
    let values = values.collect::<Vec<_>>().join("`, `");
    let values = match values.as_str() {
        _ if is_switch(arg) => String::new(),
        "" => String::new(),
        values => format!(": `{values}`"),
    };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let variable = variable(arg).unwrap_or_default();
    let row =
        format!("| `--{name}{value}` | `{variable}` | {key} | {default} | {help}{values} |\n");
    row.replace("|  |", "| |").replace("|  |", "| |")
}

#[test]
fn the_page_of_settings_is_what_the_code_says() {
    tomoni_testkit::hold(PAGE, &page());
}
