//! What was measured, shown and written down.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Shows a result and writes it to `bench/results/NAME.md`, under the machine's size.
///
/// # Errors
///
/// When the file cannot be written.
#[expect(clippy::print_stdout, reason = "the result is what was asked for")]
pub fn publish(name: &str, title: &str, text: &str) -> io::Result<()> {
    let text = format!("# {title}\n\n{}\n\n{text}", machine());
    println!("{text}");
    write(&format!("{name}.md"), &text)
}

/// Writes a picture to `bench/results/NAME.svg`.
///
/// # Errors
///
/// When the file cannot be written.
pub fn publish_picture(name: &str, svg: &str) -> io::Result<()> {
    write(&format!("{name}.svg"), svg)
}

fn write(file: &str, text: &str) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(file), text)
}

/// The machine's cores and memory, and how busy it was; nothing else about it.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let gib = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(0.0, |kb| kb / f64::from(1 << 20));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(2).unwrap_or("unknown");
    format!(
        "Measured with {cores} cores and {gib:.0} GiB of memory; load average of the last quarter of \
         an hour: {load}."
    )
}

/// Least, median and greatest of times that are in order.
pub fn spread(times: &[Duration]) -> String {
    let ms = |time: Option<&Duration>| time.map_or(0.0, |t| t.as_secs_f64() * 1_000.0);
    format!(
        "{:.0} | {:.0} | {:.0}",
        ms(times.first()),
        ms(times.get(times.len() / 2)),
        ms(times.last())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_least_median_greatest() {
        let times = [1, 2, 3, 4, 90].map(Duration::from_millis);
        assert_eq!(spread(&times), "1 | 3 | 90");
        assert_eq!(spread(&[]), "0 | 0 | 0");
    }
}
