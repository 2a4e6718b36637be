//! Memory of processes, from `/proc` (Linux only).

use std::fs;
use std::io;

/// Memory that is resident, in megabytes of a million bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Memory {
    /// Now.
    pub now: f64,
    /// At most since the start.
    pub peak: f64,
}

impl Memory {
    /// That of a process.
    ///
    /// # Errors
    ///
    /// When there is no such process, or no `/proc`.
    pub fn of_process(pid: u32) -> io::Result<Self> {
        fs::read_to_string(format!("/proc/{pid}/status")).map(|status| Self::read(&status))
    }

    fn read(status: &str) -> Self {
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok());
            kib.unwrap_or_default() * 1_024.0 / 1e6
        };
        Self {
            now: of("VmRSS:"),
            peak: of("VmHWM:"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_megabytes() {
        let memory = Memory::read("Name:\ttomoni\nVmHWM:\t  200000 kB\nVmRSS:\t  100000 kB\n");
        assert_eq!((memory.now, memory.peak), (102.4, 204.8));
    }
}
