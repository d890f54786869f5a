//! JSON objects as columns, hashes, bins: what `glowplug.functions` asks for where this is installed, without Python's lock.

mod bins;
mod column;
mod hashes;
mod objects;
mod times;

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use column::{Column, Kind};
use objects::Reader;

type PyBuffers<'py> = Vec<Option<Bound<'py, PyBytes>>>;

fn slice<T: pyo3::buffer::Element>(buffer: &PyBuffer<T>) -> PyResult<&[T]> {
    if !buffer.is_c_contiguous() {
        return Err(PyValueError::new_err("a buffer with gaps"));
    }
    if buffer.item_count() == 0 {
        return Ok(&[]);
    }
    // SAFETY: contiguous, alive as long as `buffer`, and Arrow and bytes do not change what they have given away
    Ok(unsafe { std::slice::from_raw_parts(buffer.buf_ptr() as *const T, buffer.item_count()) })
}

/// The JSON objects in `data`, one from each of `starts` on with the length in `lengths`, as Arrow buffers of `fields`
/// (pairs of a name and a kind).
///
/// Returns which rows were read (a bitmap; None = all), and for each field its validity and its buffers, in Arrow's order.
#[pyfunction]
fn read_objects<'py>(
    py: Python<'py>,
    data: PyBuffer<u8>,
    starts: PyBuffer<i64>,
    lengths: PyBuffer<i64>,
    fields: Vec<(String, String)>,
) -> PyResult<(Option<Bound<'py, PyBytes>>, Vec<PyBuffers<'py>>)> {
    let (bytes, starts, lengths) = (slice(&data)?, slice(&starts)?, slice(&lengths)?);
    if starts.len() != lengths.len() {
        return Err(PyValueError::new_err("as many lengths as starts"));
    }
    let columns = fields
        .into_iter()
        .map(|(name, kind)| Ok((name, Column::new(Kind::named(&kind).ok_or_else(|| PyValueError::new_err(kind))?))))
        .collect::<PyResult<Vec<_>>>()?;
    let mut reader = Reader::new(columns);
    py.detach(|| {
        reader.reserve(starts.len());
        let whole = std::str::from_utf8(bytes); // at once is faster than text by text
        for (&start, &length) in starts.iter().zip(lengths) {
            let range = usize::try_from(start).ok().zip(usize::try_from(length).ok());
            let range = range.and_then(|(s, n)| Some(s..s.checked_add(n)?)).unwrap_or_default();
            reader.read(match whole {
                Ok(whole) => whole.get(range),
                Err(_) => bytes.get(range).and_then(|text| std::str::from_utf8(text).ok()),
            });
        }
    });
    let made = |b: Option<Vec<u8>>| b.map(|b| PyBytes::new(py, &b));
    let (read, columns) = reader.finish();
    Ok((made(read), columns.into_iter().map(|c| c.into_iter().map(made).collect()).collect()))
}

/// Where lines that end with a line feed start in `data`, their lengths without it, and how many bytes they are.
#[pyfunction]
fn lines<'py>(py: Python<'py>, data: PyBuffer<u8>) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>, usize)> {
    let bytes = slice(&data)?;
    let (starts, lengths, used) = py.detach(|| {
        let (mut starts, mut lengths, mut used) = (Vec::new(), Vec::new(), 0);
        for end in memchr::memchr_iter(b'\n', bytes) {
            starts.extend_from_slice(&(used as i64).to_le_bytes());
            lengths.extend_from_slice(&((end - used) as i64).to_le_bytes());
            used = end + 1;
        }
        (starts, lengths, used)
    });
    Ok((PyBytes::new(py, &starts), PyBytes::new(py, &lengths), used))
}

#[pymodule]
fn glowplug_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(read_objects, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::xxhash64_ints, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::xxhash64_longs, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::xxhash64_texts, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::murmur3_ints, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::murmur3_longs, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::murmur3_texts, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::murmur128_texts, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::crc32, module)?)?;
    module.add_function(wrap_pyfunction!(hashes::register_codes, module)?)?;
    module.add_function(wrap_pyfunction!(bins::fill_bins, module)?)?;
    module.add_function(wrap_pyfunction!(bins::titles, module)?)?;
    module.add_function(wrap_pyfunction!(lines, module)?)
}
