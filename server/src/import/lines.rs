//! Which line of a text something stands in, as editors count them: CR and LF together end one, and so does each alone.

/// Counts the lines of a text, from its beginning on.
pub(super) struct LineCount<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> LineCount<'t> {
    /// Stands at the beginning, in line 1.
    pub(super) fn of(text: &'t [u8]) -> LineCount<'t> {
        LineCount { text, at: 0, line: 1 }
    }

    /// The line of the first thing at a byte or behind it, with ends of lines passed over. Bytes come in their order.
    pub(super) fn at_byte(&mut self, byte: usize) -> u64 {
        while let Some(&next) = self.text.get(self.at) {
            let is_end = matches!(next, b'\r' | b'\n');
            if self.at >= byte && !is_end {
                break;
            }
            let goes_on = next == b'\r' && self.text.get(self.at + 1) == Some(&b'\n');
            self.line += u64::from(is_end && !goes_on);
            self.at += 1;
        }
        self.line
    }
}
