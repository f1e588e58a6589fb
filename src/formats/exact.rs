//! Numbers in JSON that come back to the last digit.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A number written as a text, since serde_json rounds the last digit of about one number in twelve that it reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact(pub f64);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:e}", self.0))
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Earlier versions wrote numbers.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Number(f64),
        }
        match Written::deserialize(deserializer)? {
            Written::Text(text) => text.parse().map(Self).map_err(Error::custom),
            Written::Number(number) => Ok(Self(number)),
        }
    }
}
