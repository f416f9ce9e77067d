use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A set of events that a context publishes; written with [`events!`](crate::events).
pub trait Published: Sized + Clone + fmt::Debug + Send + Sync + 'static {
    /// The stored name with its version, such as `order-paid.v1`.
    fn event_type(&self) -> &'static str;

    /// The stored form.
    fn encode(&self) -> Encoded;

    /// Reads the stored form, lifting old versions to the present one.
    ///
    /// # Errors
    /// [`DecodeError`] when the type is unknown or the bytes do not fit it.
    fn decode(event_type: &str, data: &[u8], personal: Option<&[u8]>) -> Result<Self, DecodeError>;
}

/// The payload of one version of one event.
pub trait Payload: Serialize + DeserializeOwned {
    /// Its personal part, as JSON; by default it has none.
    fn personal(&self) -> Option<Vec<u8>> {
        None
    }

    /// Puts the personal part back.
    ///
    /// # Errors
    /// When the bytes do not fit.
    fn restore_personal(&mut self, _bytes: &[u8]) -> Result<(), serde_json::Error> {
        Ok(())
    }
}

/// What is stored of an event's payload.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// JSON that may be shown to whoever may read the order.
    pub data: Vec<u8>,
    /// JSON with what belongs to a person.
    pub personal: Option<Vec<u8>>,
}

/// A stored event that the present program cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// No such event type here.
    UnknownType(String),
    /// The bytes do not fit the type.
    Malformed {
        /// The event type.
        event_type: String,
        /// What did not fit; never the payload itself.
        cause: String,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType(name) => write!(f, "unknown event type {name}"),
            Self::Malformed { event_type, cause } => write!(f, "malformed {event_type}: {cause}"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Declares the events that a context publishes.
///
/// Each line names a variant, its payload and its stored name. `with personal` says that the
/// payload has a field `personal: Personal<..>` marked `#[serde(skip)]` which is stored apart.
/// Old versions are lifted by `upcast`:
///
/// ```
/// # use serde::{Serialize, Deserialize};
/// use kernel::{Payload, Published};
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
/// pub struct LampLitV1 { pub watts: u32 }
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
/// pub struct LampLitV2 { pub milliwatts: u64 }
/// impl From<LampLitV1> for LampLitV2 {
///     fn from(old: LampLitV1) -> Self { Self { milliwatts: u64::from(old.watts) * 1000 } }
/// }
/// kernel::events! {
///     /// What a lamp publishes.
///     pub enum LampEvent {
///         /// It shines.
///         Lit(LampLitV2) = "lamp-lit.v2",
///     }
///     upcast { "lamp-lit.v1": LampLitV1 => Lit }
/// }
/// let lifted = LampEvent::decode("lamp-lit.v1", br#"{"watts":5}"#, None).unwrap();
/// assert_eq!(lifted, LampEvent::Lit(LampLitV2 { milliwatts: 5000 }));
/// ```
#[macro_export]
macro_rules! events {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident($payload:ty) = $type_name:literal $(with $personal:ident)? ),* $(,)?
        }
        $( upcast { $( $old_name:literal : $old_payload:ty => $new_variant:ident ),* $(,)? } )?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $( $(#[$variant_meta])* $variant($payload), )*
        }

        $( $crate::events!(@payload $payload $(, $personal)?); )*

        impl $name {
            /// Every stored name that this program writes.
            pub const TYPES: &'static [&'static str] = &[$($type_name),*];
        }

        impl $crate::Published for $name {
            fn event_type(&self) -> &'static str {
                match self { $( Self::$variant(_) => $type_name, )* }
            }

            fn encode(&self) -> $crate::Encoded {
                match self {
                    $( Self::$variant(payload) => $crate::Encoded {
                        data: $crate::macro_support::serde_json::to_vec(payload).unwrap_or_default(),
                        personal: $crate::Payload::personal(payload),
                    }, )*
                }
            }

            fn decode(event_type: &str, data: &[u8], personal: Option<&[u8]>) -> Result<Self, $crate::DecodeError> {
                let malformed = |cause: $crate::macro_support::serde_json::Error| $crate::DecodeError::Malformed {
                    event_type: event_type.to_owned(),
                    cause: cause.to_string(),
                };
                match event_type {
                    $( $type_name => {
                        let payload: $payload =
                            $crate::macro_support::serde_json::from_slice(data).map_err(malformed)?;
                        let payload = $crate::events!(@restore payload, personal, malformed $(, $personal)?);
                        Ok(Self::$variant(payload))
                    } )*
                    $($( $old_name => {
                        let old: $old_payload =
                            $crate::macro_support::serde_json::from_slice(data).map_err(malformed)?;
                        Ok(Self::$new_variant(old.into()))
                    } )*)?
                    _ => Err($crate::DecodeError::UnknownType(event_type.to_owned())),
                }
            }
        }
    };
    (@payload $payload:ty) => { impl $crate::Payload for $payload {} };
    (@payload $payload:ty, personal) => {
        impl $crate::Payload for $payload {
            fn personal(&self) -> Option<Vec<u8>> {
                self.personal.to_bytes()
            }
            fn restore_personal(&mut self, bytes: &[u8]) -> Result<(), $crate::macro_support::serde_json::Error> {
                self.personal = $crate::Personal::from_bytes(bytes)?;
                Ok(())
            }
        }
    };
    (@restore $payload:ident, $bytes:ident, $malformed:ident) => {{
        let _ = $bytes;
        $payload
    }};
    (@restore $payload:ident, $bytes:ident, $malformed:ident, personal) => {{
        let mut payload = $payload;
        if let Some(bytes) = $bytes {
            $crate::Payload::restore_personal(&mut payload, bytes).map_err($malformed)?;
        }
        payload
    }};
}
