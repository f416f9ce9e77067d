//! What is asked of the shipped program while it is recorded: a few orders in each of its shops, each
//! taken some way along its life; and what must then hold of every answer.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::program::{Answer, Program};

/// The program's own shops: each has another life.
const SHOPS: [&str; 5] = ["cafe", "kiosk", "market", "appliance", "pizza"];

const STAFF: &str = "staff:kim";

/// So often, every twenty milliseconds, it is looked whether something has come to where it must.
pub const LOOKS_MAX: u32 = 500;

/// How long between two looks.
pub const LOOK_EVERY: Duration = Duration::from_millis(20);

/// An order that somebody places; its number says everything about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish(pub u64);

/// What an answer has promised: a field of a resource is one of some words, from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// The resource.
    pub path: String,
    /// The field.
    pub field: String,
    /// The words.
    pub words: Vec<String>,
}

impl Promised {
    fn new(path: String, field: &str, words: &[&str]) -> Self {
        Self { path, field: field.to_owned(), words: words.iter().map(|word| (*word).to_owned()).collect() }
    }

    /// Whether the program says so.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn is_kept(&self, program: &Program) -> Result<bool> {
        let found = program.get(&self.path)?;
        Ok(found.status == 200 && found.field(&self.field).is_some_and(|word| self.words.contains(&word)))
    }

    fn comes_true(&self, program: &Program) -> Result<()> {
        for _ in 0..LOOKS_MAX {
            if self.is_kept(program)? {
                return Ok(());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        bail!("{self} does not come true: {:?}", program.get(&self.path)?)
    }
}

/// `PATH FIELD WORD|WORD`
impl fmt::Display for Promised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.path, self.field, self.words.join("|"))
    }
}

impl FromStr for Promised {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split(' ').collect();
        let [path, field, words] = parts[..] else { bail!("expected PATH FIELD WORD|WORD, not {text}") };
        Ok(Self::new(path.to_owned(), field, &words.split('|').collect::<Vec<_>>()))
    }
}

impl Wish {
    fn shop(self) -> &'static str {
        SHOPS[(self.0 % SHOPS.len() as u64) as usize]
    }

    /// Every other order of a shop goes another way.
    const fn turns(self) -> bool {
        (self.0 / SHOPS.len() as u64).is_multiple_of(2)
    }

    fn customer(self) -> String {
        format!("customer:{}", self.name())
    }

    fn name(self) -> String {
        format!("p{}", self.0)
    }

    fn body(self) -> String {
        let quantity = 1 + self.0 % 3;
        let (item, more) = match self.shop() {
            "kiosk" => ("americano", ""),
            "market" => ("10", r#","address":"서울 1""#),
            "appliance" => ("2", r#","address":"서울 1","phone":"010-0000-0000""#),
            "pizza" => ("pepperoniPizza", r#","address":"서울 1""#),
            _ => ("1", ""),
        };
        format!(r#"{{"lines":[{{"item":"{item}","quantity":{quantity}}}]{more}}}"#)
    }

    fn below(self, path: &str) -> String {
        format!("/v1/shops/{}/{path}", self.shop())
    }

    /// Where the order of an id is read.
    #[must_use]
    pub fn path(self, id: &str) -> String {
        self.below(&format!("orders/{id}"))
    }

    /// What must be there before it is placed: who pays from a deposit has paid in.
    ///
    /// # Errors
    /// When it is not answered as it must be.
    pub fn prepare(self, program: &Program) -> Result<Option<Promised>> {
        if self.shop() != "market" {
            return Ok(None);
        }
        let path = self.below(&format!("deposits/{}", self.name()));
        let body = r#"{"amount":{"amount":100000,"currency":"KRW"}}"#;
        let key = format!("{}-pays-in", self.name());
        expect(&program.post(STAFF, &format!("{path}/top-ups"), &key, body)?, &[201])?;
        Ok(Some(Promised::new(path, "account", &[&self.name()])))
    }

    /// Places it.
    ///
    /// # Errors
    /// When no answer comes.
    pub fn place(self, program: &Program) -> Result<Answer> {
        program.post(&self.customer(), &self.below("orders"), &format!("key-{}", self.0), &self.body())
    }

    /// Takes it some way along; tells of each promise when its answer has come.
    ///
    /// # Errors
    /// When the program does not do what its shop's life says.
    pub fn go_on(
        self,
        program: &Program,
        id: &str,
        mut tell: impl FnMut(&Promised) -> Result<()>,
    ) -> Result<()> {
        let mut way = Way { wish: self, program, id, tell: &mut tell };
        match (self.shop(), self.turns()) {
            ("cafe", true) => way.cancel(),
            ("market", true) => {
                way.waits_for("orders", &["delivery-started"])?;
                way.cancel()
            }
            ("appliance", turns) => {
                way.approves()?;
                way.waits_for("tickets", &["open"])?;
                if turns {
                    way.staff_take("accept", &["accepted", "started", "finished", "handed-over"])
                } else {
                    way.cancel()
                }
            }
            ("pizza", turns) => {
                way.waits_for("tickets", &["accepted"])?;
                way.staff_take("start", &["started", "finished", "handed-over"])?;
                way.waits_for("deliveries", &["requested"])?;
                way.courier_takes("start", &["started", "completed", "released"])?;
                if turns { way.courier_takes("complete", &["completed"]) } else { way.cancel() }
            }
            _ => Ok(()),
        }
    }
}

/// An order on its way.
struct Way<'a> {
    wish: Wish,
    program: &'a Program,
    id: &'a str,
    tell: &'a mut dyn FnMut(&Promised) -> Result<()>,
}

impl Way<'_> {
    fn waits_for(&self, list: &str, words: &[&str]) -> Result<()> {
        let path = self.wish.below(&format!("{list}/{}", self.id));
        Promised::new(path, "state", words).comes_true(self.program)
    }

    /// A cancel that is answered 200 is done; one that is answered 202 may still be denied.
    fn cancel(&mut self) -> Result<()> {
        let (customer, path) = (self.wish.customer(), format!("{}/cancel", self.wish.path(self.id)));
        let body = r#"{"reason":"changed my mind"}"#;
        let answer = self.program.post(&customer, &path, &format!("cancel-{}", self.wish.0), body)?;
        expect(&answer, &[200, 202, 409])?;
        if answer.status != 200 {
            return Ok(());
        }
        (self.tell)(&Promised::new(self.wish.path(self.id), "state", &["cancelled", "refunded"]))
    }

    /// The customer approves the payment, as soon as payment has heard of the order.
    fn approves(&mut self) -> Result<()> {
        let (customer, path) = (self.wish.customer(), self.wish.path(self.id));
        Promised::new(format!("{path}/payment"), "state", &["waiting-for-approval"])
            .comes_true(self.program)?;
        let key = format!("approve-{}", self.wish.0);
        let answer = self.program.post(&customer, &format!("{path}/payment/approve"), &key, "{}")?;
        expect(&answer, &[200, 202])
    }

    fn staff_take(&mut self, step: &str, words: &[&str]) -> Result<()> {
        self.take("tickets", step, words)
    }

    fn courier_takes(&mut self, step: &str, words: &[&str]) -> Result<()> {
        self.take("deliveries", step, words)
    }

    fn take(&mut self, list: &str, step: &str, words: &[&str]) -> Result<()> {
        let path = self.wish.below(&format!("{list}/{}", self.id));
        let key = format!("{step}-{}", self.wish.0);
        expect(&self.program.post(STAFF, &format!("{path}/{step}"), &key, "{}")?, &[200])?;
        (self.tell)(&Promised::new(path, "state", words))
    }
}

fn expect(answer: &Answer, statuses: &[u16]) -> Result<()> {
    statuses.contains(&answer.status).then_some(()).with_context(|| format!("answered {answer:?}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn a_promise_is_read_as_it_is_written() {
        let promised =
            Promised::new("/v1/shops/cafe/orders/7".to_owned(), "state", &["cancelled", "refunded"]);
        assert_eq!(promised.to_string().parse::<Promised>().unwrap(), promised);
        assert!("/v1/shops state".parse::<Promised>().is_err());
    }

    #[test]
    fn ten_orders_in_turn_are_of_every_shop_and_go_both_ways() {
        for shop in SHOPS {
            let turns = (0..10).map(Wish).filter(|wish| wish.shop() == shop).map(Wish::turns);
            assert_eq!(turns.collect::<Vec<_>>(), [true, false], "{shop}");
        }
    }
}
