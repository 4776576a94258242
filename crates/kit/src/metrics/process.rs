//! What the process itself takes: memory, processor time, and the memory it may take. Read when somebody asks, from three small
//! files of the kernel's.

use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use metrics::{counter, describe_counter, describe_gauge, gauge};

/// The kernel's clock ticks a second, as it tells them: the same on every architecture that we build for.
const TICKS: u64 = 100;
const CGROUPS: &str = "/sys/fs/cgroup";

/// What does not change.
pub(super) fn install() {
    describe_gauge!("build_info", "1; the release is its label");
    describe_gauge!("process_start_time_seconds", "When the process started");
    describe_gauge!("process_resident_memory_bytes", "Memory in use");
    describe_gauge!(
        "process_memory_limit_bytes",
        "Memory that the process may take before the kernel ends it; absent without a limit"
    );
    describe_counter!("process_cpu_seconds_total", "Processor time taken");
    gauge!("build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    if let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) {
        gauge!("process_start_time_seconds").set(now.as_secs_f64());
    }
}

/// What does.
pub(super) fn sample() {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    if let Some(bytes) = resident(&read("/proc/self/status")) {
        gauge!("process_resident_memory_bytes").set(float(bytes));
    }
    if let Some(seconds) = processor_time(&read("/proc/self/stat")) {
        counter!("process_cpu_seconds_total").absolute(seconds);
    }
    let limit = cgroup(&read("/proc/self/cgroup"))
        .and_then(|cgroup| limit(Path::new(CGROUPS), &cgroup, read_limit));
    if let Some(bytes) = limit {
        gauge!("process_memory_limit_bytes").set(float(bytes));
    }
}

#[expect(clippy::cast_precision_loss, reason = "memory is less than 2^53 bytes")]
fn float(bytes: u64) -> f64 {
    bytes as f64
}

fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Whole seconds, in user space and in the kernel.
fn processor_time(stat: &str) -> Option<u64> {
    // The program's name comes in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}

/// Where the process stands in the second hierarchy of control groups.
fn cgroup(text: &str) -> Option<PathBuf> {
    let path = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(PathBuf::from(path))
}

/// The lowest limit of a control group and of those that it lies in.
fn limit(root: &Path, cgroup: &Path, read: impl Fn(&Path) -> Option<u64>) -> Option<u64> {
    cgroup
        .ancestors()
        .filter_map(|cgroup| read(&root.join(cgroup).join("memory.max")))
        .min()
}

fn read_limit(file: &Path) -> Option<u64> {
    // "max" is none.
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_kernel_writes() {
        assert_eq!(
            resident("Name:\tbooking\nVmRSS:\t   20480 kB\nRssAnon:\t 1 kB\n"),
            Some(20 << 20)
        );
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1000 0 0 0 250 150 0 0 20 0 4 0 100 1 1";
        assert_eq!(processor_time(stat), Some(4));
        assert_eq!((resident(""), processor_time("")), (None, None));
        assert!(resident(&std::fs::read_to_string("/proc/self/status").unwrap()) > Some(0));
        assert!(processor_time(&std::fs::read_to_string("/proc/self/stat").unwrap()).is_some());
    }

    #[test]
    fn the_lowest_limit_counts() {
        let inside = cgroup("1:memory:/other\n0::/pods/one/container\n").unwrap();
        assert_eq!(inside, Path::new("pods/one/container"));
        let limits = |file: &Path| match file.to_str()? {
            "/c/pods/one/container/memory.max" => Some(300),
            "/c/pods/memory.max" => Some(200),
            _ => None,
        };
        assert_eq!(limit(Path::new("/c"), &inside, limits), Some(200));
        assert_eq!(limit(Path::new("/c"), Path::new(""), limits), None);
        assert_eq!(cgroup("0::/\n"), Some(PathBuf::new()));
    }
}
