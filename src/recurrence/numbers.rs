//! A set of positions counted from the start or from the end, for rule parts such as BYMONTHDAY=1,-1. It knows no calendar.

/// Positions from 1 to 366 and from -1 (the last) to -366.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numbers {
    forward: Bits,
    backward: Bits,
    /// Asked for each day that is tried.
    has_any: bool,
}

type Bits = [u64; 6];

impl Numbers {
    /// The set of these; those out of range are left out.
    pub(super) fn new(numbers: &[i16]) -> Self {
        numbers.iter().fold(Self::default(), |mut set, number| {
            set.insert(*number);
            set
        })
    }

    pub(super) fn insert(&mut self, number: i16) {
        let bits = if number < 0 { &mut self.backward } else { &mut self.forward };
        let position = u32::from(number.unsigned_abs());
        if let Some(word) = bits.get_mut(position as usize / 64) {
            *word |= 1 << (position % 64);
            self.has_any = true;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.has_any
    }

    /// Whether the position (from 1) is meant when there are `length` of them.
    pub(super) fn contains(&self, position: u32, length: u32) -> bool {
        has(&self.forward, position) || has(&self.backward, (length + 1).saturating_sub(position))
    }

    /// Whether the position is meant or the set is empty.
    pub(super) fn allows(&self, position: u32, length: u32) -> bool {
        self.is_empty() || self.contains(position, length)
    }
}

fn has(bits: &Bits, position: u32) -> bool {
    position > 0 && bits.get(position as usize / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_both_ends() {
        let numbers = Numbers::new(&[1, 64, 366, -1, -31]);
        let members: Vec<u32> = (0..=366).filter(|position| numbers.contains(*position, 366)).collect();
        assert_eq!(members, [1, 64, 336, 366]);
        assert!(numbers.contains(31, 31) && !numbers.contains(31, 30) && numbers.contains(1, 31));
        assert!(!Numbers::default().contains(1, 1) && Numbers::default().allows(1, 1));
    }
}
