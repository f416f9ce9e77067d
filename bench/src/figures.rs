//! Every figure there is: what it says, and what is wanted of it. To add one: a row here, and the
//! part of `measure/` that records it under the same name.

/// Which side is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    More,
    Less,
}

/// A figure and its bounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) better: Better,
    pub(crate) floor: f64,
    pub(crate) goal: f64,
    pub(crate) moonshot: f64,
}

/// How a value stands to its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reached {
    Nothing,
    Floor,
    Goal,
    Moonshot,
}

impl Reached {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "**below the floor**",
            Self::Floor => "floor",
            Self::Goal => "goal",
            Self::Moonshot => "moonshot",
        }
    }
}

impl Figure {
    /// How a value stands.
    pub(crate) fn reached(&self, value: f64) -> Reached {
        let holds = |bound: f64| match self.better {
            Better::More => value >= bound,
            Better::Less => value <= bound,
        };
        match () {
            () if holds(self.moonshot) => Reached::Moonshot,
            () if holds(self.goal) => Reached::Goal,
            () if holds(self.floor) => Reached::Floor,
            () => Reached::Nothing,
        }
    }
}

const fn more(name: &'static str, what: &'static str, unit: &'static str, bounds: [f64; 3]) -> Figure {
    let [floor, goal, moonshot] = bounds;
    Figure { name, what, unit, better: Better::More, floor, goal, moonshot }
}

const fn less(name: &'static str, what: &'static str, unit: &'static str, bounds: [f64; 3]) -> Figure {
    let [floor, goal, moonshot] = bounds;
    Figure { name, what, unit, better: Better::Less, floor, goal, moonshot }
}

/// The figures, in the order of the table. What belongs to one number of the design pages begins
/// with it: `R15 idle` is asked for as `R15`.
pub(crate) const FIGURES: &[Figure] = &[
    more("R1", "accepted orders/s, over echo, 255 connections", "of Y1", [0.10, 0.25, 0.40]),
    more("R1 tokens", "the same, each with a token that is checked", "of Y1", [0.10, 0.25, 0.40]),
    more("R2", "accepted orders/s, over echo, 16 connections", "of Y1", [0.04, 0.08, 0.12]),
    less("R3", "answer p50 at 1 connection, over sync p50", "x Y3", [10.0, 6.0, 4.0]),
    more("R4", "accepted orders/s at 255, over raw SQLite (512 a batch)", "of Y2", [0.08, 0.15, 0.30]),
    more("R4 slow disk", "the same, every sync of both takes 3.4 ms longer", "of Y2", [0.08, 0.15, 0.30]),
    more("R12 order", "GET of an order, over echo, 64 connections", "of Y1", [0.4, 0.7, 0.9]),
    more("R12 story", "GET of a story, over echo, 64 connections", "of Y1", [0.4, 0.7, 0.9]),
    more("R12 list", "GET of the latest 20 orders, over echo, 64 connections", "of Y1", [0.4, 0.7, 0.9]),
    more("R12 order tokens", "GET of one's order, with a token", "of Y1", [0.4, 0.7, 0.9]),
    more("R12 story tokens", "GET of one's story, with a token", "of Y1", [0.4, 0.7, 0.9]),
    more("R12 list tokens", "GET of one's latest 20 orders, with a token", "of Y1", [0.4, 0.7, 0.9]),
    more(
        "R13 rate",
        "orders/s worked off while orders come in at a fifth of capacity, over that fifth",
        "ratio",
        [2.0, 5.0, 20.0],
    ),
    more("R13 flat", "orders/s worked off of many, over of few", "ratio", [0.7, 0.9, 0.97]),
    more("R14 rate", "completed orders/s with many orders, over with few", "ratio", [0.7, 0.9, 0.97]),
    less("R14 p99", "answer p99 with many orders, over with few", "ratio", [2.0, 1.3, 1.1]),
    less("R15 idle", "memory, nothing happened yet", "MB", [80.0, 30.0, 15.0]),
    less("R15 busy", "memory under 255 connections", "MB", [300.0, 150.0, 80.0]),
    less("R15 after", "memory after all orders of this run", "MB", [400.0, 200.0, 100.0]),
    less("R16 empty", "ready: nothing there", "s", [1.0, 0.05, 0.01]),
    less("R16 orders", "ready: all orders of this run there", "s", [5.0, 0.3, 0.05]),
    less("R16 kill", "ready: killed with 64 MB of logs", "s", [5.0, 0.5, 0.1]),
    less("R17", "the program, stripped", "MB", [60.0, 25.0, 12.0]),
    less("R18", "bytes on disk per completed order", "bytes", [8192.0, 4096.0, 2048.0]),
    less("R19", "bytes written per byte of event data, 255 connections", "x", [30.0, 12.0, 6.0]),
    less("R20", "processor time per completed order, 255 connections", "us", [200.0, 90.0, 50.0]),
    less("R21", "synced batches per completed order, 255 connections", "syncs", [0.5, 0.12, 0.06]),
    less("R22 p50", "asked until shown as completed, 16 connections, p50", "ms", [20.0, 8.0, 4.0]),
    less("R22 p99", "asked until shown as completed, 16 connections, p99", "ms", [100.0, 40.0, 20.0]),
    less("R22 p50 tokens", "the same with a token, p50", "ms", [20.0, 8.0, 4.0]),
    less("R22 p99 tokens", "the same with a token, p99", "ms", [100.0, 40.0, 20.0]),
    less("R23", "answer p50 at a quarter of the peak, constant rate", "ms", [5.0, 1.5, 0.8]),
    less("R23 tokens", "the same with a token", "ms", [5.0, 1.5, 0.8]),
    more("R27", "events/s of a rebuild of the stories", "events/s", [30e3, 100e3, 300e3]),
    less("R28", "processor time when idle", "% of a core", [2.0, 0.3, 0.05]),
    less("R31 clean", "clean release build", "min", [10.0, 4.0, 2.0]),
    less("R31 check", "incremental check", "s", [30.0, 10.0, 5.0]),
    less("R31 gate", "the test command, cold", "min", [15.0, 8.0, 5.0]),
];

/// What the door does when payment is slow and too many come: measured by `bench siege`.
pub(crate) const SIEGE_FIGURES: &[Figure] = &[
    less("W7 answer", "orders answered, payment at its worst, p99", "ms", [500.0, 350.0, 320.0]),
    less("W7 opens", "payment takes 300 ms, until orders are refused at once", "s", [2.0, 1.0, 0.5]),
    less("W7 closes", "payment is back, until no order is refused any more", "s", [10.0, 2.0, 1.0]),
    more("W7 others", "other routes answered in half a second, the worst phase", "%", [90.0, 95.0, 99.0]),
    more(
        "R25 rate",
        "orders/s accepted within a second at 3x overload, over peak",
        "ratio",
        [0.7, 0.9, 0.97],
    ),
    less("R25 back", "overload is over, until all are accepted in time", "s", [30.0, 10.0, 2.0]),
    more("R26", "orders/s while payment takes 610 ms, over clients per 0.61 s", "ratio", [0.8, 0.95, 0.99]),
    less(
        "S21",
        "answer p99 beside 1,000 slow clients, over alone, a quarter of the peak",
        "ratio",
        [2.0, 1.5, 1.1],
    ),
    more("R30", "siege transactions/s, over echo", "of Y1", [0.4, 0.7, 0.85]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_go_from_the_floor_to_the_moonshot() {
        for figure in FIGURES.iter().chain(SIEGE_FIGURES) {
            let (low, high) = match figure.better {
                Better::More => (figure.floor, figure.moonshot),
                Better::Less => (figure.moonshot, figure.floor),
            };
            assert!(low < figure.goal && figure.goal < high, "{}", figure.name);
        }
    }

    #[test]
    fn a_value_reaches_the_best_bound_that_it_holds() {
        let figure = less("", "", "", [20.0, 8.0, 4.0]);
        let reached: Vec<Reached> = [21.0, 20.0, 8.0, 1.0].map(|value| figure.reached(value)).to_vec();
        assert_eq!(reached, [Reached::Nothing, Reached::Floor, Reached::Goal, Reached::Moonshot]);
    }
}
