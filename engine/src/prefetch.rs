//! Prefetching: asking memory for something that will be read soon, while something else is done. What lies
//! all over a large roster costs a trip to memory each, which takes longer than pricing a place.

/// Asks for `what`, as far as it lies in one piece, at most [`MOST`] bytes of it; where it does not begin with a
/// line, its last line may be left out. Changes nothing, and does nothing on processors for which there is no
/// stable way to ask.
#[inline]
pub fn prefetch<T: ?Sized>(what: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = std::ptr::from_ref(what).cast::<i8>();
        for byte in (0..size_of_val(what).min(MOST)).step_by(LINE) {
            // SAFETY: a prefetch is a hint, which never faults and touches no value; the address lies inside
            // `what`.
            #[allow(unsafe_code)]
            unsafe {
                _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(byte));
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = what;
}

/// A processor has room for only so many lines on their way.
const MOST: usize = 1024;

/// Bytes of a cache line.
const LINE: usize = 64;
