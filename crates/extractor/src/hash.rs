//! Hashes of words, the same on every machine, for they are in the model.

/// FNV-1a of 32 bits (Fowler, Noll and Vo), which remembers the value before an `s`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fnv {
    value: u32,
    before: Option<u32>,
    length: usize,
}

impl Default for Fnv {
    fn default() -> Self {
        Self {
            value: 0x811c_9dc5,
            before: None,
            length: 0,
        }
    }
}

impl Fnv {
    pub(crate) fn push(&mut self, byte: u8) {
        self.before = (byte == b's' && self.length > 1).then_some(self.value);
        self.value = (self.value ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        self.length += 1;
    }

    pub(crate) fn push_char(&mut self, c: char) {
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            self.push(byte);
        }
    }

    /// Bytes so far.
    pub(crate) fn length(self) -> usize {
        self.length
    }

    /// The hash; `None` of nothing.
    pub(crate) fn finish(self) -> Option<u32> {
        (self.length > 0).then_some(self.value)
    }

    /// The hash without an `s` at the end.
    pub(crate) fn singular(self) -> u32 {
        self.before.unwrap_or(self.value)
    }
}
