//! The machine of a measurement: figures without it say nothing.

use serde::Serialize;

/// What the figures of one run depend on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Machine {
    /// Model of the first CPU, as the kernel names it.
    pub cpu: String,
    /// CPUs this process may use.
    pub cores: usize,
    /// Mean number of busy processes in the last minute, before anything was measured.
    pub load: f64,
    /// Kernel release.
    pub kernel: String,
}

impl Machine {
    /// Looks around. What the kernel does not tell is empty or zero.
    #[must_use]
    pub fn this() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        Self {
            cpu: model(&read("/proc/cpuinfo")),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            load: load(&read("/proc/loadavg")),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        }
    }

    /// In one line.
    #[must_use]
    pub fn line(&self) -> String {
        format!(
            "{}, {} cores, load {:.1}, Linux {}",
            self.cpu, self.cores, self.load, self.kernel
        )
    }
}

fn model(cpuinfo: &str) -> String {
    let named = |line: &str| {
        Some(
            line.strip_prefix("model name")?
                .split_once(':')?
                .1
                .trim()
                .to_owned(),
        )
    };
    cpuinfo
        .lines()
        .find_map(named)
        .unwrap_or_else(|| "an unnamed CPU".to_owned())
}

fn load(loadavg: &str) -> f64 {
    loadavg
        .split_whitespace()
        .next()
        .and_then(|minute| minute.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_model_name_counts() {
        let cpuinfo = "processor\t: 0\nmodel name\t: Fast CPU @ 2 GHz\nprocessor\t: 1\nmodel name\t: Slow\n";
        assert_eq!(model(cpuinfo), "Fast CPU @ 2 GHz");
    }

    #[test]
    fn a_kernel_that_tells_nothing_is_no_error() {
        assert_eq!(model(""), "an unnamed CPU");
        assert!(load("").abs() < f64::EPSILON);
    }

    #[test]
    fn the_load_is_that_of_the_last_minute() {
        assert!((load("1.25 2.50 3.00 2/345 6789\n") - 1.25).abs() < 1e-9);
    }
}
