//! Bins of `histogram_numeric`, as `glowplug.functions.histograms.Bins` fills them; and words in title case.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::slice;

/// Java's generator, from its 48 bits of state on.
struct Drawn(u64);

impl Drawn {
    fn bits(&mut self, width: u32) -> u64 {
        self.0 = self.0.wrapping_mul(0x5_DEEC_E66D).wrapping_add(0xB) & ((1 << 48) - 1);
        self.0 >> (48 - width)
    }

    fn double(&mut self) -> f64 {
        ((self.bits(26) << 27) + self.bits(27)) as f64 * 2f64.powi(-53)
    }
}

struct Bins {
    bins: Vec<(f64, f64)>, // centres, ascending, and counts
    most: usize,
    drawn: Drawn,
}

impl Bins {
    fn add(&mut self, x: f64) {
        let (mut at, mut end) = (0, self.bins.len()); // by hand: what is not ordered, NaN, has its place by the steps
        while at < end {
            let middle = (at + end) / 2;
            if self.bins[middle].0 < x {
                at = middle + 1;
            } else {
                end = middle;
            }
        }
        match self.bins.get_mut(at) {
            Some(bin) if bin.0 == x => bin.1 += 1.0,
            _ => {
                self.bins.insert(at, (x, 1.0));
                if self.bins.len() > self.most {
                    self.merge_nearest();
                }
            }
        }
    }

    fn merge_nearest(&mut self) {
        let (mut i, mut ties, mut nearest) = (0, 1.0, self.bins[1].0 - self.bins[0].0);
        for j in 1..self.bins.len() - 1 {
            let gap = self.bins[j + 1].0 - self.bins[j].0;
            if gap < nearest {
                (i, ties, nearest) = (j, 1.0, gap);
            } else if gap == nearest {
                ties += 1.0;
                if self.drawn.double() <= 1.0 / ties {
                    i = j;
                }
            }
        }
        let ((x, m), (y, n)) = (self.bins[i], self.bins.remove(i + 1));
        self.bins[i] = (x * (m / (m + n)) + y / (m + n) * n, m + n);
    }
}

type Filled<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>, u64);

/// Centres, counts and the generator's state after `values` have been added.
#[pyfunction]
pub fn fill_bins<'py>(
    py: Python<'py>,
    centres: PyBuffer<f64>,
    counts: PyBuffer<f64>,
    most: usize,
    state: u64,
    values: PyBuffer<f64>,
) -> PyResult<Filled<'py>> {
    let (centres, counts, values) = (slice(&centres)?, slice(&counts)?, slice(&values)?);
    let bins = centres.iter().copied().zip(counts.iter().copied()).collect();
    let mut filled = Bins { bins, most: most.max(2), drawn: Drawn(state) };
    py.detach(|| values.iter().for_each(|&x| filled.add(x)));
    let (centres, counts): (Vec<f64>, Vec<f64>) = filled.bins.into_iter().unzip();
    let made = |v: &[f64]| PyBytes::new(py, bytemuck::cast_slice(v));
    Ok((made(&centres), made(&counts), filled.drawn.0))
}

/// Words in title case, as spaces and the `ends` of rows separate them; None where a letter is not of ASCII.
#[pyfunction]
pub fn titles<'py>(py: Python<'py>, data: PyBuffer<u8>, ends: PyBuffer<i32>) -> PyResult<Option<Bound<'py, PyBytes>>> {
    let (data, ends) = (slice(&data)?, slice(&ends)?);
    if !data.is_ascii() {
        return Ok(None);
    }
    let mut made = data.to_ascii_lowercase();
    for i in 0..made.len() {
        if i == 0 || made[i - 1] == b' ' {
            made[i].make_ascii_uppercase();
        }
    }
    for &end in ends {
        if let Some(first) = usize::try_from(end).ok().and_then(|i| made.get_mut(i)) {
            first.make_ascii_uppercase();
        }
    }
    Ok(Some(PyBytes::new(py, &made)))
}
