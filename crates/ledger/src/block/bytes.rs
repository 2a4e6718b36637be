//! Reading and writing bytes, and numbers as few bytes.

const SHORT: &str = "a part of it is missing";
const LONG: &str = "a number does not end";

/// Bytes that are read from the front. Behind their end the buffer goes on, so that eight bytes can
/// be looked at wherever one can be read.
pub(super) struct Bytes<'a> {
    buffer: &'a [u8],
    len: usize,
}

impl<'a> Bytes<'a> {
    /// The first `len` bytes of the buffer.
    pub(super) fn new(buffer: &'a [u8], len: usize) -> Self {
        debug_assert!(len <= buffer.len());
        let len = len.min(buffer.len());
        Self { buffer, len }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The next `n` bytes and all that lies in the buffer behind them.
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], &'static str> {
        if n > self.len {
            return Err(SHORT);
        }
        let taken = self.buffer;
        self.buffer = &self.buffer[n..];
        self.len -= n;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, &'static str> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// Seven bits a byte, the lowest first; all bytes but the last have the highest bit set.
    pub(super) fn varint(&mut self) -> Result<u64, &'static str> {
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

    pub(super) fn signed(&mut self) -> Result<i64, &'static str> {
        self.varint()
            .map(|bits| (bits >> 1) as i64 ^ -((bits & 1) as i64))
    }
}

pub(super) fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Signed numbers are folded first: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
pub(super) fn put_signed(value: i64, out: &mut Vec<u8>) {
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
            assert_eq!(Bytes::new(&out, out.len()).signed(), Ok(value));
            assert_eq!(Bytes::new(&out, out.len() - 1).signed(), Err(SHORT));
        }
        assert_eq!(Bytes::new(&[0x80; 11], 11).varint(), Err(LONG));
    }
}
