//! What a seed makes of the surroundings: how slow, how faulty, how deadly.

use loopback::dice::Dice;

/// Chances are in ten thousand, for each operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    /// A store operation takes up to so many milliseconds on each side of its effect.
    pub(crate) store_ms: u64,
    /// A call of the vendor does.
    pub(crate) vendor_ms: u64,
    /// A store operation fails before it took effect.
    pub(crate) store_fails_before: u64,
    /// It fails although it took effect.
    pub(crate) store_fails_after: u64,
    /// A call of the vendor fails before it took effect.
    pub(crate) vendor_fails_before: u64,
    /// It took effect, and its answer is lost.
    pub(crate) vendor_fails_after: u64,
    /// A reading does not find what is there yet.
    pub(crate) not_ready: u64,
    /// An operation takes seconds.
    pub(crate) stalls: u64,
    /// A process dies at a point.
    pub(crate) kills: u64,
    /// It dies at a point where something has just become true that others do not know yet.
    pub(crate) kills_at_edges: u64,
    /// So many deaths are enough.
    pub(crate) deaths_left: u64,
    /// An answer does not reach the client.
    pub(crate) answers_lost: u64,
    /// The client leaves before the answer is there.
    pub(crate) clients_leave: u64,
}

impl Weather {
    /// Nothing fails and nobody dies.
    pub(crate) fn calm() -> Self {
        Self {
            store_ms: 2,
            vendor_ms: 20,
            ..Self::default()
        }
    }

    /// How long a process may need to find out by the store how things stand, where its request may be sent again once.
    pub(crate) fn asks_ms(&self) -> u64 {
        const OPERATIONS: u64 = 12;
        const STALLED_MS: u64 = 15_000;
        let tries = if self.kills > 0 { 2 } else { 1 };
        let stalled = if self.stalls > 0 { STALLED_MS } else { 0 };
        2 * OPERATIONS * tries * self.store_ms + stalled
    }

    pub(crate) fn of(dice: &Dice) -> Self {
        let store = dice.one((0, 0), &[(0, 0), (30, 30), (100, 30), (30, 200)]);
        let vendor = dice.one((0, 0), &[(0, 0), (500, 500), (300, 2500), (2000, 0)]);
        let (kills, edges, deaths) =
            dice.one((0, 0, 0), &[(0, 0, 0), (20, 200, 1), (40, 600, 2), (80, 300, 4)]);
        Self {
            store_ms: dice.one(2, &[6, 20, 60, 400]),
            vendor_ms: dice.one(50, &[300, 1200, 3000]),
            store_fails_before: store.0,
            store_fails_after: store.1,
            vendor_fails_before: vendor.0,
            vendor_fails_after: vendor.1,
            not_ready: dice.one(0, &[500, 3000]),
            stalls: dice.one(0, &[0, 20, 60]),
            kills,
            kills_at_edges: edges,
            deaths_left: deaths,
            answers_lost: dice.one(0, &[0, 100, 600]),
            clients_leave: dice.one(0, &[0, 100, 500]),
        }
    }
}
