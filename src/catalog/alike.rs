//! Finds names that look like one another, as two spellings of one name do. It does not know whose names they are.

/// What is compared of a name: its folded form without punctuation, small words, what is in parentheses, and a `chicago` at
/// either end.
pub(super) fn skeleton(folded: &str) -> String {
    let plain = without_parentheses(folded);
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !is_small(word)).collect();
    let words = match words.as_slice() {
        [rest @ .., "chicago"] | ["chicago", rest @ ..] if rest.len() > 1 => rest,
        all => all,
    };
    words.join(" ")
}

fn without_parentheses(name: &str) -> String {
    let mut depth = 0usize;
    let outside = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    name.chars().filter(outside).collect()
}

fn is_small(word: &str) -> bool {
    matches!(word, "" | "the" | "a" | "an" | "of" | "for" | "and" | "in" | "s" | "inc")
}

/// How many neighbors each name is compared with in either order.
const NEIGHBORS: usize = 4;

/// The pairs of skeletons that look alike, as indexes (the smaller one first), each once. Names that look alike stand near one
/// another in the order of their letters read from the front, or read from the back, so that only neighbors are compared.
pub(super) fn pairs(skeletons: &[&str]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut order: Vec<usize> = (0..skeletons.len()).collect();
    let get = |index: usize| skeletons.get(index).copied().unwrap_or_default();
    order.sort_unstable_by_key(|index| get(*index));
    compare_neighbors(&order, get, &mut pairs);
    order.sort_unstable_by(|one, other| get(*one).bytes().rev().cmp(get(*other).bytes().rev()));
    compare_neighbors(&order, get, &mut pairs);
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn compare_neighbors<'a>(order: &[usize], get: impl Fn(usize) -> &'a str, pairs: &mut Vec<(usize, usize)>) {
    for (position, one) in order.iter().enumerate() {
        for other in order.iter().skip(position + 1).take(NEIGHBORS) {
            if look_alike(get(*one), get(*other)) {
                pairs.push((*one.min(other), *one.max(other)));
            }
        }
    }
}

/// Whether two skeletons are one but for a slip of the pen: the same, or a letter or two of a long word apart. Numbers and short
/// words (DSA, Lee) are no slips.
fn look_alike(one: &str, other: &str) -> bool {
    if one.is_empty() || other.is_empty() || one.len().abs_diff(other.len()) > 2 {
        return false;
    }
    if one == other {
        return true;
    }
    let same = |(a, b): &(char, char)| a == b;
    let front: usize = one.chars().zip(other.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let rests =
        one.get(front..).unwrap_or_default().chars().rev().zip(other.get(front..).unwrap_or_default().chars().rev());
    let back: usize = rests.take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let (one, other) = (Difference::of(one, front, back), Difference::of(other, front, back));
    let allowed = match one.words.len().min(other.words.len()) {
        0..5 => return false,
        5..12 => 1,
        _ => 2,
    };
    let small = one.letters.len().max(other.letters.len()) <= 8;
    let numbers = [one.words, other.words].iter().any(|words| words.bytes().any(|b| b.is_ascii_digit()));
    small && !numbers && strsim::osa_distance(one.letters, other.letters) <= allowed
}

/// Where a name differs from another.
struct Difference<'a> {
    /// What is between the common beginning and the common end.
    letters: &'a str,
    /// The whole words that this is in.
    words: &'a str,
}

impl<'a> Difference<'a> {
    /// `front` and `back` are the lengths of what is common, in bytes.
    fn of(name: &'a str, front: usize, back: usize) -> Self {
        let end = name.len() - back;
        let first = name.get(..front).and_then(|before| before.rfind(' ')).map_or(0, |space| space + 1);
        let last = name.get(end..).and_then(|after| after.find(' ')).map_or(name.len(), |space| end + space);
        Self { letters: name.get(front..end).unwrap_or_default(), words: name.get(first..last).unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::folded;

    fn check(one: &str, other: &str, alike: bool) {
        let (one, other) = (skeleton(&folded(one)), skeleton(&folded(other)));
        assert_eq!(!pairs(&[&one, &other]).is_empty(), alike, "{one:?} {other:?}");
    }

    #[test]
    fn slips_of_the_pen_look_alike() {
        check("Organizing Neighborhods for Equality", "Organizing Neighborhoods for Equality", true);
        check("The People's Lobby", "People’s Lobby", true);
        check("Asians Americans Advancing Justice", "Asian Americans Advancing Justice - Chicago", true);
        check(
            "Coalition for a Better Chinese American Community (CBCAC)",
            "Coalition for Better Chinese American Community",
            true,
        );
        check("Pilsen Alliance", "Pilsen Aliance", true);
    }

    #[test]
    fn different_names_do_not() {
        check("32nd Ward United", "33rd Ward United", false);
        check("Ward 1", "Ward 11", false);
        check("Hoy Ping Association", "Hoy An Association", false);
        check("Chicago DSA", "Chicago DSW", false);
        check("Chicago", "", false);
        check("Pilsen Alliance", "Logan Square Alliance", false);
        check("Lee Family Association", "Yee Family Association", false);
    }

    #[test]
    fn a_pair_among_many_is_found() {
        let mut names: Vec<String> = (0..2_000).map(|n| format!("organization {n:04} of somewhere")).collect();
        names.push("logan square neighborhod association".into());
        names.push("logan square neighborhood association".into());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(pairs(&names), [(2_000, 2_001)]);
    }
}
