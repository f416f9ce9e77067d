use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::time::Duration;

use anyhow::{Result, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::time::Instant;

use super::corner::{Corner, both, text};
use super::counter::{Counter, Reply};

/// How long a step of a story may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// A pause between scenes, where a person reads along.
const BREATH: Duration = Duration::from_millis(900);
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// Tells what happens, line by line.
pub(super) struct Teller {
    scene: u32,
    is_watched: bool,
    /// The steps that are told, by order, role and number: a step may be heard of late.
    told: BTreeSet<(String, String, u64)>,
}

impl Teller {
    pub(super) fn new() -> Self {
        Self { scene: 0, is_watched: std::io::stdout().is_terminal(), told: BTreeSet::new() }
    }

    pub(super) fn heading(&mut self, ko: &str, en: &str) {
        println!("{} - {en}\n", self.strong(ko));
    }

    /// Begins the next scene.
    pub(super) async fn scene(&mut self, ko: &str, en: &str) {
        if self.is_watched {
            tokio::time::sleep(BREATH).await;
        }
        self.scene += 1;
        println!("\n{}", self.strong(&format!("{}. {ko} · {en}", self.scene)));
    }

    /// Says what somebody does, or what it means.
    pub(super) fn says(&self, line: &str) {
        println!("   {line}");
    }

    /// Says what was answered.
    pub(super) fn answered(&self, reply: &Reply) {
        let body = &reply.body;
        let what = match body["title"].as_str() {
            Some(title) => match body["detail"].as_str() {
                Some(detail) => format!("{title}: {detail}"),
                None => title.to_owned(),
            },
            None => format!("order {}, {}", body["number"], total(body)),
        };
        println!("   → {} {what}", reply.status);
    }

    /// Tells the story of an order as it happens, until a field of it says so.
    pub(super) async fn follow(
        &mut self,
        counter: &Counter,
        corner: &Corner,
        order: &Value,
        field: &str,
        value: &str,
    ) -> Result<()> {
        let id = text(&order["id"]);
        let path = corner.path(&format!("/orders/{id}/story"));
        let began = Instant::now();
        loop {
            let story = counter.get(&path).await?.body;
            for entry in story["timeline"].as_array().into_iter().flatten() {
                let step = entry["step"].as_u64().unwrap_or_default();
                if self.told.insert((id.clone(), text(&entry["role"]), step)) {
                    println!("     {}", line(entry));
                }
            }
            if story[field] == value {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!("the {field} of order {} did not become {value}", order["number"]);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Ends the tour.
    pub(super) fn farewell(&self, took: Duration) {
        println!("\n{}", self.strong(&format!("끝 · The end, after {:.1} s. Try next:", took.as_secs_f64())));
        for (command, what) in NEXT {
            println!("   {command:<42} {what}");
        }
    }

    fn strong(&self, text: &str) -> String {
        if self.is_watched { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

const NEXT: &[(&str, &str)] = &[
    ("jumun serve", "opens the shops on http://127.0.0.1:8088, and /docs to try the API"),
    ("jumun shops show SHOP", "the rules and the menu of a shop; `jumun shops list` names them"),
    ("jumun serve my-shop.toml", "a shop of your own: docs/shop-files.md"),
    ("jumun verify", "checks every invariant, of a running system too"),
    ("jumun backup FOLDER", "a copy of a running system; `jumun restore` lays it out again"),
];

/// One step of a story.
fn line(entry: &Value) -> String {
    let at = entry["at"].as_i64().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let at = at.map(|at| at.to_zoned(TimeZone::system()).strftime("%H:%M:%S%.3f").to_string());
    format!("{}  {:<14} {}", at.unwrap_or_default(), text(&entry["actor"]), both(&entry["text"]))
}

fn total(order: &Value) -> String {
    format!("{} {}", order["total"]["amount"], text(&order["total"]["currency"]))
}
