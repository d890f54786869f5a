//! Hashes of columns: what `glowplug.functions.hashing`, `samples` and `hashes` ask for, bit for bit what they compute.

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use xxhash_rust::xxh64::xxh64;

use crate::slice;

type Made<'py> = PyResult<Bound<'py, PyBytes>>;

fn same_length(lengths: &[usize]) -> PyResult<()> {
    if lengths.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err(PyValueError::new_err("columns of different lengths"));
    }
    Ok(())
}

/// A row's bytes; none where it is said to be outside of the data.
fn text(data: &[u8], begin: i64, length: i64) -> &[u8] {
    let range = usize::try_from(begin).ok().zip(usize::try_from(length).ok());
    range.and_then(|(b, n)| data.get(b..b.checked_add(n)?)).unwrap_or_default()
}

/// A number's hash from the seed of its row.
fn of_numbers<'py, T, S>(py: Python<'py>, values: PyBuffer<T>, seeds: PyBuffer<S>, hash: fn(T, S) -> S) -> Made<'py>
where
    T: pyo3::buffer::Element + Sync,
    S: pyo3::buffer::Element + Sync + Send + bytemuck::NoUninit,
{
    let (values, seeds) = (slice(&values)?, slice(&seeds)?);
    same_length(&[values.len(), seeds.len()])?;
    let found: Vec<S> = py.detach(|| values.iter().zip(seeds).map(|(&v, &s)| hash(v, s)).collect());
    Ok(PyBytes::new(py, bytemuck::cast_slice(&found)))
}

/// A text's hash from the seed of its row.
fn of_texts<'py, S>(
    py: Python<'py>,
    data: PyBuffer<u8>,
    begins: PyBuffer<i64>,
    lengths: PyBuffer<i64>,
    seeds: PyBuffer<S>,
    hash: fn(&[u8], S) -> S,
) -> Made<'py>
where
    S: pyo3::buffer::Element + Sync + Send + bytemuck::NoUninit,
{
    let (data, begins, lengths, seeds) = (slice(&data)?, slice(&begins)?, slice(&lengths)?, slice(&seeds)?);
    same_length(&[begins.len(), lengths.len(), seeds.len()])?;
    let found: Vec<S> = py.detach(|| {
        let places = begins.iter().zip(lengths);
        places.zip(seeds).map(|((&b, &n), &s)| hash(text(data, b, n), s)).collect()
    });
    Ok(PyBytes::new(py, bytemuck::cast_slice(&found)))
}

#[pyfunction]
pub fn xxhash64_ints<'py>(py: Python<'py>, values: PyBuffer<i32>, seeds: PyBuffer<u64>) -> Made<'py> {
    of_numbers(py, values, seeds, |v, s| xxh64(&v.to_le_bytes(), s))
}

#[pyfunction]
pub fn xxhash64_longs<'py>(py: Python<'py>, values: PyBuffer<i64>, seeds: PyBuffer<u64>) -> Made<'py> {
    of_numbers(py, values, seeds, |v, s| xxh64(&v.to_le_bytes(), s))
}

#[pyfunction]
pub fn xxhash64_texts<'py>(
    py: Python<'py>,
    data: PyBuffer<u8>,
    begins: PyBuffer<i64>,
    lengths: PyBuffer<i64>,
    seeds: PyBuffer<u64>,
) -> Made<'py> {
    of_texts(py, data, begins, lengths, seeds, xxh64)
}

// --- Murmur3 of 32 bits, as Spark takes the last bytes ------------------------------------------------------

fn mixed(h: u32, k: u32) -> u32 {
    let k = k.wrapping_mul(0xCC9E_2D51).rotate_left(15).wrapping_mul(0x1B87_3593);
    (h ^ k).rotate_left(13).wrapping_mul(5).wrapping_add(0xE654_6B64)
}

fn avalanche(h: u32) -> u32 {
    let h = (h ^ (h >> 16)).wrapping_mul(0x85EB_CA6B);
    let h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35);
    h ^ (h >> 16)
}

#[pyfunction]
pub fn murmur3_ints<'py>(py: Python<'py>, values: PyBuffer<i32>, seeds: PyBuffer<u32>) -> Made<'py> {
    of_numbers(py, values, seeds, |v, s| avalanche(mixed(s, v as u32) ^ 4))
}

#[pyfunction]
pub fn murmur3_longs<'py>(py: Python<'py>, values: PyBuffer<i64>, seeds: PyBuffer<u32>) -> Made<'py> {
    of_numbers(py, values, seeds, |v, s| avalanche(mixed(mixed(s, v as u32), (v >> 32) as u32) ^ 8))
}

#[pyfunction]
pub fn murmur3_texts<'py>(
    py: Python<'py>,
    data: PyBuffer<u8>,
    begins: PyBuffer<i64>,
    lengths: PyBuffer<i64>,
    seeds: PyBuffer<u32>,
) -> Made<'py> {
    of_texts(py, data, begins, lengths, seeds, |bytes, seed| {
        let (words, rest) = bytes.as_chunks::<4>();
        let h = words.iter().fold(seed, |h, &word| mixed(h, u32::from_le_bytes(word)));
        let h = rest.iter().fold(h, |h, &byte| mixed(h, byte as i8 as u32));
        avalanche(h ^ bytes.len() as u32)
    })
}

// --- Murmur3 of 128 bits, of sketches -----------------------------------------------------------------------

const C1: u64 = 0x87C3_7B91_1142_53D5;
const C2: u64 = 0x4CF5_AD43_2745_937F;

fn first(k: u64) -> u64 {
    k.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2)
}

fn second(k: u64) -> u64 {
    k.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1)
}

fn last(x: u64) -> u64 {
    let x = (x ^ (x >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    let x = (x ^ (x >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    x ^ (x >> 33)
}

fn murmur128(bytes: &[u8], seed: u64) -> (u64, u64) {
    let halves = |block: &[u8; 16]| {
        let number = u128::from_le_bytes(*block);
        (number as u64, (number >> 64) as u64)
    };
    let (mut h1, mut h2) = (seed, seed);
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let (k1, k2) = halves(block);
        h1 = (h1 ^ first(k1)).rotate_left(27).wrapping_add(h2).wrapping_mul(5).wrapping_add(0x52DC_E729);
        h2 = (h2 ^ second(k2)).rotate_left(31).wrapping_add(h1).wrapping_mul(5).wrapping_add(0x3849_5AB5);
    }
    let mut padded = [0; 16]; // zeros change nothing
    padded[..rest.len()].copy_from_slice(rest);
    let (k1, k2) = halves(&padded);
    (h1, h2) = (h1 ^ first(k1) ^ bytes.len() as u64, h2 ^ second(k2) ^ bytes.len() as u64);
    h1 = h1.wrapping_add(h2);
    (h1, h2) = (last(h1), last(h2.wrapping_add(h1)));
    h1 = h1.wrapping_add(h2);
    (h1, h2.wrapping_add(h1))
}

/// The two halves of each row's hash; zeros of no bytes.
#[pyfunction]
pub fn murmur128_texts<'py>(
    py: Python<'py>,
    data: PyBuffer<u8>,
    begins: PyBuffer<i64>,
    lengths: PyBuffer<i64>,
    seed: u64,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let (data, begins, lengths) = (slice(&data)?, slice(&begins)?, slice(&lengths)?);
    same_length(&[begins.len(), lengths.len()])?;
    let hash = |(&b, &n)| match text(data, b, n) {
        [] => (0, 0),
        bytes => murmur128(bytes, seed),
    };
    let (one, two): (Vec<u64>, Vec<u64>) = py.detach(|| begins.iter().zip(lengths).map(hash).unzip());
    Ok((PyBytes::new(py, bytemuck::cast_slice(&one)), PyBytes::new(py, bytemuck::cast_slice(&two))))
}

// --- checksums, registers -----------------------------------------------------------------------------------

/// CRC-32 of the rows between `ends`, as 64-bit numbers.
#[pyfunction]
pub fn crc32<'py>(py: Python<'py>, data: PyBuffer<u8>, ends: PyBuffer<i32>) -> Made<'py> {
    let (data, ends) = (slice(&data)?, slice(&ends)?);
    let sum = |pair: &[i32]| i64::from(crc32fast::hash(text(data, pair[0].into(), (pair[1] - pair[0]).into())));
    let found: Vec<i64> = py.detach(|| ends.windows(2).map(sum).collect());
    Ok(PyBytes::new(py, bytemuck::cast_slice(&found)))
}

/// Of each hash the register of HyperLogLog++ that its first bits choose, times 64, and the rank of the others.
#[pyfunction]
pub fn register_codes<'py>(py: Python<'py>, hashes: PyBuffer<u64>, bits: u32) -> Made<'py> {
    let hashes = slice(&hashes)?;
    if !(1..=25).contains(&bits) {
        return Err(PyValueError::new_err("bits of a register's number"));
    }
    let code = |&h: &u64| ((h >> (64 - bits)) * 64) as i32 + 1 + ((h << bits) | 1 << (bits - 1)).leading_zeros() as i32;
    let found: Vec<i32> = py.detach(|| hashes.iter().map(code).collect());
    Ok(PyBytes::new(py, bytemuck::cast_slice(&found)))
}
