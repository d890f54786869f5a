//! Objects as rows. A text that is not plainly an object of these fields is left to others, who know all of the rules.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::column::{Bits, Buffers, Column};

/// What Jackson refuses (StreamReadConstraints): names, numbers and nesting beyond these.
const LONGEST: usize = 50_000;
const LONGEST_NUMBER: usize = 1000;
const DEEPEST: usize = 999;

pub struct Reader {
    columns: Vec<(String, Column)>,
    read: Bits,
}

impl Reader {
    pub fn new(columns: Vec<(String, Column)>) -> Reader {
        Reader { columns, read: Bits::default() }
    }

    pub fn reserve(&mut self, rows: usize) {
        self.columns.iter_mut().for_each(|(_, c)| c.reserve(rows));
    }

    /// The next row: of no text where there is none, or it is no UTF-8.
    pub fn read(&mut self, text: Option<&str>) {
        let rows = self.read.len;
        let plain = text.is_some_and(|t| allowed(t.as_bytes()) && self.object(t));
        for (_, column) in &mut self.columns {
            if !plain && column.len() > rows {
                column.pop();
            }
            if column.len() == rows {
                column.null();
            }
        }
        self.read.push(plain);
    }

    fn object(&mut self, text: &str) -> bool {
        let row = self.read.len;
        let mut source = serde_json::Deserializer::from_str(text);
        source.deserialize_map(Members { columns: &mut self.columns, row }).is_ok() && source.end().is_ok()
    }

    /// Which rows were read, and the buffers of each column.
    pub fn finish(self) -> (Option<Vec<u8>>, Vec<Buffers>) {
        (self.read.finish(), self.columns.into_iter().map(|(_, c)| c.finish()).collect())
    }
}

fn allowed(text: &[u8]) -> bool {
    let in_number = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
    let opening = |b: &&u8| matches!(b, b'[' | b'{');
    text.len() < DEEPEST
        || text.len() <= LONGEST
            && text.split(|b| !in_number(b)).all(|run| run.len() < LONGEST_NUMBER)
            && text.iter().filter(opening).count() < DEEPEST
}

/// A row: each member that a column is named after, once.
struct Members<'a> {
    columns: &'a mut [(String, Column)],
    row: usize,
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut next = 0; // members mostly come in one order
        while let Some(name) = members.next_key::<&str>()? {
            let count = self.columns.len();
            match (next..count).chain(0..next).find(|&i| same(&self.columns[i].0, name)) {
                None => drop(members.next_value::<IgnoredAny>()?),
                Some(i) => {
                    let column = &mut self.columns[i].1;
                    if column.len() > self.row {
                        return Err(A::Error::custom("a name that comes twice"));
                    }
                    members.next_value_seed(Member(column))?;
                    next = i + 1;
                }
            }
        }
        Ok(())
    }
}

/// Names are short: a loop takes less time than a call.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(x, y)| x == y)
}

struct Member<'a>(&'a mut Column);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

fn fits<E: Error>(done: bool) -> Result<(), E> {
    if done { Ok(()) } else { Err(E::custom("a value of another type")) }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "a value of {:?}", self.0.kind)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        fits(self.0.null())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        fits(self.0.boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        fits(self.0.long(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        fits(match i64::try_from(value) {
            Ok(small) => self.0.long(small),
            Err(_) => self.0.double(value as f64),
        })
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        fits(self.0.double(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        fits(self.0.text(value))
    }
}
