//! CPU and memory of every process of the platform, from /proc.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;

use crate::number::as_f64;

/// The kernel's unit of CPU time in /proc: 1/100 s on every architecture that Linux runs on today.
const TICK: Duration = Duration::from_millis(10);
const SAMPLE_EVERY: Duration = Duration::from_millis(500);
/// The load generator itself.
pub(crate) const GENERATOR: &str = "generator";
/// The platform's processes, by the name of their runit service.
const PARTS: [&str; 14] = [
    "booking",
    "booking2",
    "sampled",
    "traced",
    "unheard",
    "collector",
    "postgres",
    "redis",
    "rabbitmq",
    "worker",
    "auth",
    "catalog",
    "payment",
    "sandbox",
];

/// Memory in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Resident; for a tree of processes the sum, where what they share counts more than once.
    pub rss: u64,
    /// Its own: anonymous pages.
    pub own: u64,
}

/// Memory by part.
pub(crate) type Memories = BTreeMap<&'static str, Memory>;

/// One look at all processes.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    at: Instant,
    cpu: BTreeMap<&'static str, Duration>,
    pub memory: Memories,
}

/// What happened between two looks.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    pub elapsed: Duration,
    /// CPU time by part.
    pub cpu: BTreeMap<&'static str, Duration>,
    pub peak: Memories,
}

impl Usage {
    /// CPU time of everything but the generator, in seconds.
    pub(crate) fn system_seconds(&self) -> f64 {
        self.cpu
            .iter()
            .filter(|(part, _)| **part != GENERATOR)
            .map(|(_, cpu)| cpu.as_secs_f64())
            .sum()
    }

    /// The part of all CPU time that the generator took.
    pub(crate) fn generator_share(&self) -> f64 {
        let own = self.cpu.get(GENERATOR).map_or(0.0, Duration::as_secs_f64);
        own / (own + self.system_seconds()).max(f64::EPSILON)
    }

    /// Cores busy by part.
    pub(crate) fn cores(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let elapsed = self.elapsed.as_secs_f64();
        self.cpu
            .iter()
            .map(move |(part, cpu)| (*part, cpu.as_secs_f64() / elapsed))
    }

    /// Cores busy by part, the busiest first; what did next to nothing is left out.
    pub(crate) fn words(&self) -> String {
        let mut cores: Vec<_> = self.cores().filter(|(_, cores)| *cores >= 0.02).collect();
        cores.sort_by(|a, b| b.1.total_cmp(&a.1));
        cores
            .iter()
            .map(|(part, cores)| format!("{part} {cores:.2}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    pub(crate) fn peak_of(&self, part: &str) -> Memory {
        self.peak.get(part).copied().unwrap_or_default()
    }
}

/// Finds the platform's processes.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    services: Rc<PathBuf>,
}

impl Meter {
    pub(crate) fn new(services: &Path) -> Self {
        Self {
            services: Rc::new(services.to_owned()),
        }
    }

    pub(crate) fn sample(&self) -> Sample {
        let table = Table::read();
        let mut sample = Sample {
            at: Instant::now(),
            cpu: BTreeMap::new(),
            memory: BTreeMap::new(),
        };
        let parts = PARTS
            .into_iter()
            .filter_map(|part| Some((part, self.pid(part)?)))
            .chain([(GENERATOR, std::process::id())]);
        for (part, pid) in parts {
            // The generator's children are tools such as pgbench: those are load, too.
            let tree = table.tree(pid);
            sample.cpu.insert(part, table.cpu(&tree));
            sample.memory.insert(part, memory(&tree));
        }
        sample
    }

    fn pid(&self, part: &str) -> Option<u32> {
        let file = self.services.join(part).join("supervise/pid");
        fs::read_to_string(file).ok()?.trim().parse().ok()
    }

    /// Watches while something runs.
    pub(crate) fn watch(&self) -> Watch {
        let before = self.sample();
        let meter = self.clone();
        let peak = Rc::new(RefCell::new(before.memory.clone()));
        let kept = peak.clone();
        // Looked at by the generator's own thread: what that costs counts as its CPU.
        let task = tokio::task::spawn_local(async move {
            loop {
                tokio::time::sleep(SAMPLE_EVERY).await;
                raise(&mut kept.borrow_mut(), &meter.sample().memory);
            }
        });
        Watch {
            meter: self.clone(),
            before,
            peak,
            task,
        }
    }

    /// Waits until the platform has done what was left to do, at most `longest`. Whether it has.
    pub(crate) async fn settle(&self, longest: Duration) -> bool {
        let end = Instant::now() + longest;
        loop {
            let before = self.sample();
            tokio::time::sleep(SAMPLE_EVERY).await;
            let usage = between(&before, &self.sample(), BTreeMap::new());
            if usage.system_seconds() / usage.elapsed.as_secs_f64() < 0.12 {
                return true;
            }
            if Instant::now() >= end {
                return false;
            }
        }
    }
}

/// A watch over all processes.
#[derive(Debug)]
pub(crate) struct Watch {
    meter: Meter,
    before: Sample,
    peak: Rc<RefCell<Memories>>,
    task: JoinHandle<()>,
}

impl Watch {
    pub(crate) fn end(self) -> Usage {
        self.task.abort();
        let after = self.meter.sample();
        let mut peak = self.peak.borrow().clone();
        raise(&mut peak, &after.memory);
        between(&self.before, &after, peak)
    }
}

fn between(before: &Sample, after: &Sample, peak: Memories) -> Usage {
    let cpu = after
        .cpu
        .iter()
        .map(|(part, cpu)| {
            let earlier = before.cpu.get(part).copied().unwrap_or_default();
            (*part, cpu.saturating_sub(earlier))
        })
        .collect();
    Usage {
        elapsed: after.at - before.at,
        cpu,
        peak,
    }
}

/// Raises each to what it is now, where that is more.
pub(crate) fn raise(peak: &mut Memories, memory: &Memories) {
    for (part, now) in memory {
        let highest = peak.entry(part).or_default();
        highest.rss = highest.rss.max(now.rss);
        highest.own = highest.own.max(now.own);
    }
}

/// All processes of the machine: parents and CPU time.
struct Table(BTreeMap<u32, Process>);

struct Process {
    parent: u32,
    ticks: u64,
    /// Of children that have ended and were waited for.
    ended_ticks: u64,
}

impl Table {
    fn read() -> Self {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        Self(
            processes
                .filter_map(|entry| {
                    let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
                    let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
                    Some((pid, parse_stat(&stat)?))
                })
                .collect(),
        )
    }

    /// A process and everything that it started.
    fn tree(&self, root: u32) -> Vec<u32> {
        let mut tree = vec![root];
        let mut next = 0;
        while next < tree.len() {
            let parent = tree[next];
            tree.extend(
                self.0
                    .iter()
                    .filter(|(_, process)| process.parent == parent)
                    .map(|(pid, _)| *pid),
            );
            next += 1;
        }
        tree
    }

    fn cpu(&self, tree: &[u32]) -> Duration {
        let ticks: u64 = tree
            .iter()
            .filter_map(|pid| self.0.get(pid))
            .map(|process| process.ticks + process.ended_ticks)
            .sum();
        TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
    }
}

/// The fields of /proc/PID/stat after the name, which may hold anything.
fn parse_stat(stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Process {
        parent: fields.get(1)?.parse().ok()?,
        ticks: number(11)? + number(12)?,
        ended_ticks: number(13)? + number(14)?,
    })
}

fn memory(tree: &[u32]) -> Memory {
    let mut sum = Memory::default();
    for pid in tree {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        sum.rss += kilobytes(&status, "VmRSS:") * 1024;
        sum.own += kilobytes(&status, "RssAnon:") * 1024;
    }
    sum
}

fn kilobytes(status: &str, name: &str) -> u64 {
    status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse().ok())
        .unwrap_or(0)
}

/// Bytes as megabytes.
pub(crate) fn megabytes(bytes: u64) -> f64 {
    as_f64(bytes) / 1_048_576.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_kernel_writes() {
        let stat = "7 (a (b) c) S 3 7 7 0 -1 4194560 1 2 3 4 50 6 70 8 20 0 1 0 5 6 7";
        let process = parse_stat(stat).unwrap();
        assert_eq!(
            (process.parent, process.ticks, process.ended_ticks),
            (3, 56, 78)
        );
        let status = "Name:\tx\nVmRSS:\t    2048 kB\nRssAnon:\t 1024 kB\n";
        assert_eq!(kilobytes(status, "VmRSS:"), 2048);
        assert_eq!(kilobytes(status, "RssAnon:"), 1024);
        assert_eq!(kilobytes(status, "VmSwap:"), 0);
    }

    #[test]
    fn sees_this_process() {
        let table = Table::read();
        assert!(table.tree(std::process::id()).contains(&std::process::id()));
        assert!(memory(&[std::process::id()]).rss > 0);
    }
}
