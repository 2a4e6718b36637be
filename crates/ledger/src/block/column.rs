//! A column of integers: groups of a line, the packed distances from it, and exceptions.
//!
//! A group of numbers `v[i]` is written as a `shift` (the low bits that are zero in all of them:
//! whole events have ten), a `base`, a `slope` in 1/256 and a `width`, so that
//!
//! ```text
//! v[i] = (base + (slope · i >> 8) + distance[i]) << shift,   distance[i] >= 0
//! ```
//!
//! The low `width` bits of each distance are packed, one after the other, lowest bit first. The few
//! distances that have more bits are exceptions: their place and their higher bits follow.

use crate::bytes::{Bytes, put_signed, put_varint};
use crate::fact::Events;

/// Numbers in a group. Longer groups bend more, shorter ones have more heads; two hours were the
/// smallest for the traffic of the bench.
const GROUP: usize = 120;
/// Fractions of 2⁸ in a slope.
const SLOPE_BITS: u32 = 8;

const WIDTH: u8 = 0x3f;
const SLOPED: u8 = 0x40;
const EXCEPTED: u8 = 0x80;
/// The widest that one look at eight bytes can read wherever it begins.
const WIDTH_MAX: u32 = 56;
const SHIFT_MAX: u32 = 62;
/// Bytes that are looked at behind the end.
const PADDING: usize = 8;

/// A copy with a few bytes behind it, for [`decode`].
pub(super) fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = Vec::with_capacity(bytes.len() + PADDING);
    padded.extend_from_slice(bytes);
    padded.extend([0; PADDING]);
    padded
}

/// Writes numbers in `0..=MINUTE_MAX`.
pub(super) fn encode(column: &[i64], out: &mut Vec<u8>) {
    let mut distances = [0_u64; GROUP];
    for group in column.chunks(GROUP) {
        encode_group(group, &mut distances[..group.len()], out);
    }
}

/// How the numbers of a group are written, and how many bits that takes.
struct Plan {
    base: i64,
    slope: i64,
    width: u32,
    exceptions: usize,
    cost: usize,
}

fn encode_group(group: &[i64], distances: &mut [u64], out: &mut Vec<u8>) {
    let bits = group.iter().fold(0, |bits, v| bits | v);
    let shift = if bits == 0 { 0 } else { bits.trailing_zeros() };
    let flat = plan(group, shift, 0, distances);
    let slope = slope(group, shift);
    let mut best = flat;
    if slope != 0 && best.width > 0 {
        let sloped = plan(group, shift, slope, distances);
        if sloped.cost < best.cost {
            best = sloped;
        } else {
            measure(group, shift, best.slope, distances);
        }
    }
    let flag = |is_set, flag| if is_set { flag } else { 0 };
    let sloped = flag(best.slope != 0, SLOPED);
    let excepted = flag(best.exceptions > 0, EXCEPTED);
    out.extend([best.width as u8 | sloped | excepted, shift as u8]);
    put_signed(best.base, out);
    if best.slope != 0 {
        put_signed(best.slope, out);
    }
    pack(distances, best.width, out);
    if best.exceptions > 0 {
        out.push(best.exceptions as u8);
        for (place, distance) in distances.iter().enumerate() {
            if distance >> best.width != 0 {
                out.push(place as u8);
                put_varint(distance >> best.width, out);
            }
        }
    }
}

/// How high the line is at a place, above its base.
const fn rise(slope: i64, place: usize) -> i64 {
    slope.wrapping_mul(place as i64) >> SLOPE_BITS
}

/// The slope of the line that fits best, in 1/256.
fn slope(group: &[i64], shift: u32) -> i64 {
    let n = group.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let (mut along, mut place) = (0.0, -middle);
    for v in group {
        along += place * (v >> shift) as f64;
        place += 1.0;
    }
    let spread = n * (n * n - 1.0) / 12.0;
    if spread > 0.0 {
        (along / spread * f64::from(1 << SLOPE_BITS)).round() as i64
    } else {
        0
    }
}

/// Writes the distances from the line with this slope, and gives its base.
fn measure(group: &[i64], shift: u32, slope: i64, distances: &mut [u64]) -> i64 {
    let mut base = i64::MAX;
    for (place, v) in group.iter().enumerate() {
        base = base.min((v >> shift) - rise(slope, place));
    }
    for (place, (v, distance)) in group.iter().zip(distances).enumerate() {
        *distance = ((v >> shift) - rise(slope, place) - base) as u64;
    }
    base
}

fn plan(group: &[i64], shift: u32, slope: i64, distances: &mut [u64]) -> Plan {
    let base = measure(group, shift, slope, distances);
    let mut having = [0_u8; 65];
    for distance in distances.iter() {
        having[(u64::BITS - distance.leading_zeros()) as usize] += 1;
    }
    let widest = (0..=u64::BITS).rev().find(|w| having[*w as usize] > 0);
    let widest = widest.unwrap_or_default();
    let head = if slope == 0 { 0 } else { 16 };
    let (mut best, mut exceptions) = (None, 0);
    for width in (0..=widest).rev() {
        let each = 8 + 8 * (widest - width).div_ceil(7) as usize;
        let packed = width as usize * group.len();
        let cost = head + packed + usize::from(exceptions > 0) * 8 + exceptions * each;
        if best.as_ref().is_none_or(|best: &Plan| cost < best.cost) {
            best = Some(Plan {
                base,
                slope,
                width,
                exceptions,
                cost,
            });
        }
        exceptions += usize::from(having[width as usize]);
    }
    best.unwrap_or(Plan {
        base,
        slope,
        width: widest,
        exceptions: 0,
        cost: 0,
    })
}

/// Writes the low `width` bits of each number, lowest bit first, filled up to a whole byte.
fn pack(numbers: &[u64], width: u32, out: &mut Vec<u8>) {
    debug_assert!(width <= WIDTH_MAX);
    let mask = (1_u64 << width) - 1;
    let (mut held, mut bits) = (0_u64, 0);
    for number in numbers {
        let number = number & mask;
        held |= number << bits;
        bits += width;
        if bits >= u64::BITS {
            out.extend(held.to_le_bytes());
            bits -= u64::BITS;
            // What did not fit; nothing when all of it did.
            held = number >> (width - bits);
        }
    }
    let left = bits.div_ceil(8) as usize;
    out.extend(held.to_le_bytes().iter().take(left));
}

/// Reads as many numbers as the column has place for, each in `0..=MINUTE_MAX`.
pub(super) fn decode(rest: &mut Bytes<'_>, column: &mut [i64]) -> Result<(), &'static str> {
    for group in column.chunks_mut(GROUP) {
        decode_group(rest, group)?;
    }
    let max = Events::MINUTE_MAX.parts() as u64;
    if column.iter().all(|v| *v as u64 <= max) {
        Ok(())
    } else {
        Err("a count is out of range")
    }
}

fn decode_group(rest: &mut Bytes<'_>, group: &mut [i64]) -> Result<(), &'static str> {
    let tag = rest.byte()?;
    let (width, shift) = (u32::from(tag & WIDTH), u32::from(rest.byte()?));
    if width > WIDTH_MAX || shift > SHIFT_MAX {
        return Err("a group's width is out of range");
    }
    let base = rest.signed()?;
    let slope = if tag & SLOPED == 0 { 0 } else { rest.signed()? };
    let packed = rest.take((width as usize * group.len()).div_ceil(8))?;
    unpack(packed, width, group);
    if tag & EXCEPTED != 0 {
        for _ in 0..rest.byte()? {
            let place = usize::from(rest.byte()?);
            let higher = rest.varint()? << width;
            *group.get_mut(place).ok_or("an exception is out of place")? |= higher as i64;
        }
    }
    for (place, v) in group.iter_mut().enumerate() {
        *v = v.wrapping_add(base.wrapping_add(rise(slope, place))) << shift;
    }
    Ok(())
}

/// Reads packed numbers. The bytes go on by [`PADDING`] behind what is packed.
fn unpack(packed: &[u8], width: u32, numbers: &mut [i64]) {
    let mask = (1_u64 << width) - 1;
    let mut bit = 0;
    for number in numbers {
        let word = packed.get(bit / 8..).and_then(|rest| rest.first_chunk());
        debug_assert!(word.is_some(), "the bytes are padded");
        let word = u64::from_le_bytes(word.copied().unwrap_or_default());
        *number = (word >> (bit % 8) & mask) as i64;
        bit += width as usize;
    }
}
