//! Keyset paging: `?limit=&cursor=` → `{"items": […], "next_cursor": …}`.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, de, de::DeserializeOwned};

use crate::problem::Problem;

/// The longest cursor accepted, in characters.
const MAX_CURSOR: usize = 1_000;

fn default_limit() -> u32 {
    20
}

/// How many items to give and where to go on.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Most items to answer
    #[serde(default = "default_limit", deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: u32,
    /// `next_cursor` of the page before; absent for the first
    #[param(max_length = 1000, nullable = false)]
    pub cursor: Option<String>,
}

impl Default for PageQuery {
    fn default() -> Self {
        Self {
            limit: default_limit(),
            cursor: None,
        }
    }
}

impl PageQuery {
    /// What the cursor says, `None` on the first page; 422 for a cursor that was not made by [`encode_cursor`].
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Problem> {
        self.cursor.as_deref().map(decode_cursor).transpose()
    }

    /// How many rows to ask for: one more than fits, which tells whether there is a next page.
    pub fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

/// `limit` as text or number, so that it also works in a flattened struct.
fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.parse() {
        Ok(limit @ 1..=100) => Ok(limit),
        _ => Err(de::Error::custom("must be a whole number from 1 to 100")),
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; null on the last
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of rows found with [`PageQuery::rows`]; `key` is what the next page begins after.
    pub fn new<K: Serialize>(mut items: Vec<T>, query: &PageQuery, key: impl Fn(&T) -> K) -> Self {
        let limit = query.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| more);
        Self {
            next_cursor: last.map(|item| encode_cursor(&key(item))),
            items,
        }
    }

    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

/// An opaque cursor. `key` must be plain data: numbers, text, tuples and structs of them.
pub fn encode_cursor<T: Serialize>(key: &T) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// The key in a cursor; 422 for anything else.
pub fn decode_cursor<T: DeserializeOwned>(cursor: &str) -> Result<T, Problem> {
    let decoded = || {
        let json = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let text = std::str::from_utf8(&json).ok()?;
        if text.contains("\\u0000") {
            return None;
        }
        serde_json::from_str(text).ok()
    };
    (cursor.len() <= MAX_CURSOR)
        .then(decoded)
        .flatten()
        .ok_or_else(|| Problem::invalid("?cursor", "is not a cursor of this list"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_whether_more_follows() {
        let query = PageQuery {
            limit: 2,
            cursor: None,
        };
        let page = Page::new(vec![1, 2, 3], &query, |n| *n);
        assert_eq!(page.items, [1, 2]);
        let query = PageQuery {
            limit: 2,
            cursor: page.next_cursor,
        };
        assert_eq!(query.after::<i32>().unwrap(), Some(2));
        let page = Page::new(vec![3], &query, |n| *n);
        assert_eq!((page.items, page.next_cursor), (vec![3], None));
    }

    #[test]
    fn refuses_foreign_cursors() {
        for cursor in ["", "!", "bm9uc2Vuc2U", &"a".repeat(2_000)] {
            assert_eq!(
                decode_cursor::<(i64, String)>(cursor).unwrap_err().status(),
                422,
                "{cursor}"
            );
        }
    }
}
