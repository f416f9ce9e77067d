use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, utoipa::ToSchema)]
#[schema(value_type = String, example = "KRW")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The won.
    pub const KRW: Self = Self(*b"KRW");

    /// Reads a code such as `KRW`.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`] when ISO 4217 has no such code.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        match (iso_currency::Currency::from_code(code), code.as_bytes()) {
            (Some(_), &[a, b, c]) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::UnknownCurrency),
        }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many digits of minor unit it has: 0 for the won, 2 for the euro.
    #[must_use]
    pub fn exponent(&self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(|currency| currency.exponent())
            .map_or(0, u32::from)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(code: D) -> Result<Self, D::Error> {
        struct Code;
        impl Visitor<'_> for Code {
            type Value = Currency;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, code: &str) -> Result<Currency, E> {
                Currency::parse(code).map_err(E::custom)
            }
        }
        code.deserialize_str(Code)
    }
}

/// An amount in whole minor units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: won, cents.
    pub amount: i64,
    /// The currency.
    pub currency: Currency,
}

/// Sums that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    /// Two currencies in one sum.
    CurrencyMismatch,
    /// More than 2^63 minor units.
    Overflow,
    /// No ISO 4217 code.
    UnknownCurrency,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CurrencyMismatch => "amounts of two currencies cannot be added",
            Self::Overflow => "the amount is too large",
            Self::UnknownCurrency => "expected an ISO 4217 currency code such as KRW",
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// So many minor units.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// The sum.
    ///
    /// # Errors
    /// When the currencies differ or the sum overflows.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// The difference.
    ///
    /// # Errors
    /// When the currencies differ or the difference overflows.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let amount = self.amount.checked_sub(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    /// So many times the amount.
    ///
    /// # Errors
    /// When the product overflows.
    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(i64::from(quantity)).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount, ..self })
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::CurrencyMismatch) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let scale = 10i64.pow(exponent);
        if exponent == 0 {
            return write!(f, "{} {:?}", self.amount, self.currency);
        }
        let (sign, rest) = (if self.amount < 0 { "-" } else { "" }, self.amount.unsigned_abs());
        let scale = scale.unsigned_abs();
        write!(
            f,
            "{sign}{}.{:0width$} {:?}",
            rest / scale,
            rest % scale,
            self.currency,
            width = exponent as usize
        )
    }
}
