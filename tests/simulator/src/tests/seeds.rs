use crate::run;

/// So many seeds are run with every commit.
const SEEDS: u64 = 2000;

#[test]
fn the_first_seeds_hold() {
    let summary = run::seeds(1, SEEDS, |_, _| {});
    println!("{SEEDS} seeds in {:.1} s", summary.took.as_secs_f64());
    let failed: Vec<_> = summary
        .failed
        .iter()
        .map(|report| (report.seed, report.violations.first()))
        .collect();
    assert!(
        failed.is_empty(),
        "replay with `cargo rig simulate --seed N`: {failed:#?}"
    );
}

#[test]
fn the_same_seed_gives_the_same_schedule() {
    for seed in [1, 2, 3, 4, 5, 77, 1234] {
        let (first, second) = (run::seed(seed, true), run::seed(seed, true));
        assert_eq!(first.schedule, second.schedule);
        assert_eq!(first.violations, second.violations);
    }
}
