//! Numbers as few bytes: what blocks and the store's rows are written in. docs/STORAGE.md tells how.

const SHORT: &str = "a part of it is missing";
const LONG: &str = "a number does not end";

/// Bytes that are read from the front. An error says what cannot be.
///
/// ```
/// use tomoni_ledger::bytes::{Bytes, put_signed, put_varint};
/// let mut out = Vec::new();
/// put_varint(300, &mut out);
/// put_signed(-1, &mut out);
/// assert_eq!(out, [0xac, 0x02, 0x01]);
/// let mut bytes = Bytes::new(&out);
/// assert_eq!((bytes.varint(), bytes.signed()), (Ok(300), Ok(-1)));
/// assert!(bytes.is_empty() && bytes.byte().is_err());
/// ```
pub struct Bytes<'a> {
    buffer: &'a [u8],
    len: usize,
}

impl<'a> Bytes<'a> {
    /// All of these bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self {
            buffer: bytes,
            len: bytes.len(),
        }
    }

    /// The first `len` bytes of a buffer. It goes on behind them, so that eight bytes can be looked
    /// at wherever one can be read.
    pub(crate) fn padded(buffer: &'a [u8], len: usize) -> Self {
        debug_assert!(len <= buffer.len());
        let len = len.min(buffer.len());
        Self { buffer, len }
    }

    /// How many bytes are left.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether all have been read.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The next `n` bytes and all that lies in the buffer behind them.
    pub(crate) fn take(&mut self, n: usize) -> Result<&'a [u8], &'static str> {
        if n > self.len {
            return Err(SHORT);
        }
        let taken = self.buffer;
        self.buffer = &self.buffer[n..];
        self.len -= n;
        Ok(taken)
    }

    /// The next byte.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn byte(&mut self) -> Result<u8, &'static str> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// The next number as [`put_varint`] wrote it.
    ///
    /// # Errors
    ///
    /// When it does not end.
    pub fn varint(&mut self) -> Result<u64, &'static str> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(LONG)
    }

    /// The next number as [`put_signed`] wrote it.
    ///
    /// # Errors
    ///
    /// When it does not end.
    pub fn signed(&mut self) -> Result<i64, &'static str> {
        self.varint()
            .map(|bits| (bits >> 1) as i64 ^ -((bits & 1) as i64))
    }
}

/// Writes a number: seven bits a byte, the lowest first; all bytes but the last have the highest
/// bit set.
pub fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes a signed number, folded first: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
pub fn put_signed(value: i64, out: &mut Vec<u8>) {
    put_varint((value << 1 ^ value >> 63) as u64, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_their_bytes() {
        for value in [0, 1, -1, 63, -64, 64, 1 << 40, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            put_signed(value, &mut out);
            assert_eq!(out.len() == 1, (-64..64).contains(&value));
            assert_eq!(Bytes::new(&out).signed(), Ok(value));
            assert_eq!(Bytes::new(&out[..out.len() - 1]).signed(), Err(SHORT));
        }
        assert_eq!(Bytes::new(&[0x80; 11]).varint(), Err(LONG));
    }
}
