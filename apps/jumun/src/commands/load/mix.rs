use std::str::FromStr;

/// How an order is meant to fare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stands.
    Stands,
    /// Its payment is declined.
    Declined,
    /// It wants more than there is.
    Short,
    /// It is cancelled as soon as it is acknowledged.
    Cancelled,
}

/// Percent of orders per fate; the rest is to stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mix {
    declined: u32,
    short: u32,
    cancelled: u32,
}

impl Mix {
    /// The fate that a number from 0 to 99 draws.
    pub(crate) const fn fate(self, drawn: u32) -> Fate {
        if drawn < self.declined {
            Fate::Declined
        } else if drawn < self.declined + self.short {
            Fate::Short
        } else if drawn < self.declined + self.short + self.cancelled {
            Fate::Cancelled
        } else {
            Fate::Stands
        }
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut mix = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let read =
                part.split_once('=').and_then(|(fate, percent)| Some((fate, percent.parse::<u32>().ok()?)));
            let share = match read {
                Some(("declined", percent)) => (&mut mix.declined, percent),
                Some(("short", percent)) => (&mut mix.short, percent),
                Some(("cancelled", percent)) => (&mut mix.cancelled, percent),
                _ => return Err(format!("{part}: expected declined, short or cancelled, as in declined=10")),
            };
            *share.0 = share.1;
        }
        if mix.declined.saturating_add(mix.short).saturating_add(mix.cancelled) > 100 {
            return Err("the parts are more than 100 percent".to_owned());
        }
        Ok(mix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_gets_its_share() {
        let mix: Mix = "declined=10,short=5,cancelled=20".parse().unwrap_or_default();
        let count = |fate| (0..100).filter(|drawn| mix.fate(*drawn) == fate).count();
        let fates = [Fate::Declined, Fate::Short, Fate::Cancelled, Fate::Stands];
        assert_eq!(fates.map(count), [10, 5, 20, 65]);
    }

    #[test]
    fn an_unknown_part_and_more_than_everything_are_refused() {
        assert!("refused=3".parse::<Mix>().is_err());
        assert!("declined".parse::<Mix>().is_err());
        assert!("declined=60,short=60".parse::<Mix>().is_err());
        assert_eq!("".parse::<Mix>(), Ok(Mix::default()));
    }
}
