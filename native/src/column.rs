//! One column in Arrow's layout, made value by value.

use crate::times;

/// Arrow's, in Arrow's order; no validity where nothing is missing.
pub type Buffers = Vec<Option<Vec<u8>>>;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Boolean,
    Byte,
    Short,
    Int,
    Long,
    Double,
    Text,
    Date,
    /// With a time zone: `zoned` ones must say it, others are at UTC where they do not.
    Timestamp {
        zoned: bool,
    },
    Local,
}

impl Kind {
    pub fn named(name: &str) -> Option<Kind> {
        Some(match name {
            "boolean" => Kind::Boolean,
            "byte" => Kind::Byte,
            "short" => Kind::Short,
            "int" => Kind::Int,
            "long" => Kind::Long,
            "double" => Kind::Double,
            "text" => Kind::Text,
            "date" => Kind::Date,
            "zoned" => Kind::Timestamp { zoned: true },
            "utc" => Kind::Timestamp { zoned: false },
            "local" => Kind::Local,
            _ => return None,
        })
    }

    fn width(self) -> usize {
        match self {
            Kind::Boolean | Kind::Text => 0,
            Kind::Byte => 1,
            Kind::Short => 2,
            Kind::Int | Kind::Date => 4,
            Kind::Long | Kind::Double | Kind::Timestamp { .. } | Kind::Local => 8,
        }
    }
}

/// One bit a row, of which none is stored before the first that is not set.
#[derive(Default)]
pub struct Bits {
    bytes: Vec<u8>,
    pub len: usize,
}

impl Bits {
    #[inline]
    pub fn push(&mut self, bit: bool) {
        if !bit || !self.bytes.is_empty() {
            self.store(bit);
        }
        self.len += 1;
    }

    #[cold]
    fn store(&mut self, bit: bool) {
        self.bytes.resize(self.len / 8 + 1, 0xff);
        let mask = 1 << (self.len % 8);
        if bit { self.bytes[self.len / 8] |= mask } else { self.bytes[self.len / 8] &= !mask }
    }

    fn pop(&mut self) {
        self.len -= 1;
    }

    /// None where all are set.
    pub fn finish(self) -> Option<Vec<u8>> {
        (!self.bytes.is_empty()).then_some(self.bytes)
    }
}

pub struct Column {
    pub kind: Kind,
    valid: Bits,
    values: Vec<u8>,
    flags: Bits,
    ends: Vec<i32>,
}

impl Column {
    pub fn new(kind: Kind) -> Column {
        Column { kind, valid: Bits::default(), values: Vec::new(), flags: Bits::default(), ends: vec![0] }
    }

    pub fn reserve(&mut self, rows: usize) {
        self.values.reserve(rows * self.kind.width().max(1));
        if self.kind == Kind::Text {
            self.ends.reserve(rows);
        }
    }

    pub fn len(&self) -> usize {
        self.valid.len
    }

    pub fn null(&mut self) -> bool {
        self.valid.push(false);
        match self.kind {
            Kind::Boolean => self.flags.push(false),
            Kind::Text => self.ends.push(self.values.len() as i32),
            _ => self.values.resize(self.values.len() + self.kind.width(), 0),
        }
        true
    }

    fn put(&mut self, bytes: &[u8]) -> bool {
        self.valid.push(true);
        self.values.extend_from_slice(bytes);
        true
    }

    /// Each of these is false, and adds nothing, if the column cannot have the value.
    pub fn boolean(&mut self, value: bool) -> bool {
        let fits = self.kind == Kind::Boolean;
        if fits {
            self.valid.push(true);
            self.flags.push(value);
        }
        fits
    }

    pub fn long(&mut self, value: i64) -> bool {
        match self.kind {
            Kind::Byte => i8::try_from(value).is_ok_and(|v| self.put(&v.to_le_bytes())),
            Kind::Short => i16::try_from(value).is_ok_and(|v| self.put(&v.to_le_bytes())),
            Kind::Int => i32::try_from(value).is_ok_and(|v| self.put(&v.to_le_bytes())),
            Kind::Long => self.put(&value.to_le_bytes()),
            Kind::Double => self.put(&(value as f64).to_le_bytes()),
            _ => false,
        }
    }

    /// Not -0.0, which may have been the integer -0, to Spark 0.0.
    pub fn double(&mut self, value: f64) -> bool {
        let plain = value.is_finite() && (value != 0.0 || value.is_sign_positive());
        self.kind == Kind::Double && plain && self.put(&value.to_le_bytes())
    }

    pub fn text(&mut self, value: &str) -> bool {
        match self.kind {
            Kind::Text => {
                let Ok(end) = i32::try_from(self.values.len() + value.len()) else { return false };
                self.ends.push(end);
                self.put(value.as_bytes())
            }
            Kind::Date => times::date(value.as_bytes()).is_some_and(|v| self.put(&v.to_le_bytes())),
            Kind::Timestamp { zoned } => {
                times::timestamp(value.as_bytes(), !zoned, true).is_some_and(|v| self.put(&v.to_le_bytes()))
            }
            Kind::Local => times::timestamp(value.as_bytes(), true, false).is_some_and(|v| self.put(&v.to_le_bytes())),
            _ => false,
        }
    }

    /// Without the last value.
    pub fn pop(&mut self) {
        self.valid.pop();
        match self.kind {
            Kind::Boolean => self.flags.pop(),
            Kind::Text => {
                self.ends.pop();
                self.values.truncate(self.ends[self.ends.len() - 1] as usize);
            }
            _ => self.values.truncate(self.values.len() - self.kind.width()),
        }
    }

    pub fn finish(self) -> Buffers {
        let valid = self.valid.finish();
        match self.kind {
            Kind::Boolean => {
                let rows = self.flags.len;
                vec![valid, Some(self.flags.finish().unwrap_or_else(|| vec![0xff; rows.div_ceil(8)]))]
            }
            Kind::Text => vec![valid, Some(bytemuck::cast_slice(&self.ends).to_vec()), Some(self.values)],
            _ => vec![valid, Some(self.values)],
        }
    }
}
