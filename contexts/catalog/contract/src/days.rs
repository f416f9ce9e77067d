use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::Timestamp;

use crate::ShopLife;

impl ShopLife {
    /// The shop's day at a moment: it begins at the midnight of its time zone.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Date {
        jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default().to_zoned(self.zone()).date()
    }

    /// From when to when a day of the shop is: its first moment, and the first one of the next day.
    #[must_use]
    pub fn bounds_of(&self, day: Date) -> (Timestamp, Timestamp) {
        (self.midnight(day), self.midnight(day.tomorrow().unwrap_or(day)))
    }

    /// A moment as the shop's own clock shows it: date, time, offset.
    #[must_use]
    pub fn local_time(&self, at: Timestamp) -> String {
        let at = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
        at.to_zoned(self.zone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
    }

    fn midnight(&self, day: Date) -> Timestamp {
        let first = day.to_zoned(self.zone()).map(|first| first.timestamp().as_millisecond());
        Timestamp::from_millis(first.unwrap_or_default())
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}
