//! What .NET does: `String.Format` on texts, and `Random` with a seed.

/// The longest format or result, as the reference limits it.
const LONGEST: usize = 4000;

/// `String.Format`: `{0}` and the like, `{{` and `}}`. Alignment (`{0,-5}`) pads; a format after `:` does nothing to text.
///
/// # Errors
/// A sentence saying what is wrong with the format.
pub(super) fn format(template: &str, values: &[String]) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = template.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                out.push(c);
            }
            '{' => {
                let item: String = chars.by_ref().take_while(|c| *c != '}').collect();
                out.push_str(&placeholder(&item, values)?);
            }
            '}' => return Err(format!("the format has a lone }}: {template}")),
            _ => out.push(c),
        }
    }
    if out.chars().count() > LONGEST {
        Err(format!("the text is longer than {LONGEST}"))
    } else {
        Ok(out)
    }
}

fn placeholder(item: &str, values: &[String]) -> Result<String, String> {
    let item = item.split_once(':').map_or(item, |(item, _)| item);
    let (index, width) = item.split_once(',').unwrap_or((item, "0"));
    let wrong = || format!("the format has {{{item}}}, which is no number of an input claim");
    let index: usize = index.trim().parse().map_err(|_| wrong())?;
    let value = values.get(index).ok_or_else(wrong)?;
    let width: i32 = width.trim().parse().map_err(|_| wrong())?;
    let columns = usize::try_from(width.unsigned_abs())
        .unwrap_or(LONGEST)
        .min(LONGEST);
    Ok(if width < 0 {
        format!("{value:<columns$}")
    } else {
        format!("{value:>columns$}")
    })
}

/// The first number a .NET `Random` of this seed gives below `maximum`: the subtractive generator of Knuth, volume 2.
pub(super) fn seeded(seed: i32, maximum: i32) -> i32 {
    const BIG: i64 = 2_147_483_647;
    const START: i64 = 161_803_398;
    let mut ring = [0i64; 56];
    let mut last = START - i64::from(seed).abs().min(BIG);
    let mut next = 1i64;
    set(&mut ring, 55, last);
    for i in 1..55 {
        let at = (21 * i) % 55;
        set(&mut ring, at, next);
        next = last - next;
        next += if next < 0 { BIG } else { 0 };
        last = get(&ring, at);
    }
    for _ in 0..4 {
        for k in 1..56 {
            let mixed = wrap(get(&ring, k) - get(&ring, 1 + (k + 30) % 55));
            set(&mut ring, k, mixed + if mixed < 0 { BIG } else { 0 });
        }
    }
    let mut sample = get(&ring, 1) - get(&ring, 22);
    sample -= i64::from(sample == BIG);
    sample += if sample < 0 { BIG } else { 0 };
    scale(sample, maximum)
}

/// `sample / 2^31-1` of `maximum`, rounded down.
fn scale(sample: i64, maximum: i32) -> i32 {
    i32::try_from(sample * i64::from(maximum) / 2_147_483_647).unwrap_or_default()
}

/// .NET computes in 32 bits.
fn wrap(number: i64) -> i64 {
    let low = number.rem_euclid(1 << 32);
    if low >= 1 << 31 { low - (1 << 32) } else { low }
}

fn get(ring: &[i64; 56], at: usize) -> i64 {
    ring.get(at).copied().unwrap_or_default()
}

fn set(ring: &mut [i64; 56], at: usize, value: i64) {
    if let Some(cell) = ring.get_mut(at) {
        *cell = value;
    }
}

#[cfg(test)]
mod tests {
    use super::{format, seeded};

    fn formatted(template: &str) -> Result<String, String> {
        format(template, &["Joe".to_owned(), "Fernando".to_owned()])
    }

    #[test]
    fn items_and_doubled_braces_are_filled() {
        assert_eq!(formatted("{0} {1}").as_deref(), Ok("Joe Fernando"));
        assert_eq!(formatted("{{{0}}}").as_deref(), Ok("{Joe}"));
        assert_eq!(
            formatted("[{0,5}|{0,-5}|{0:D3}]").as_deref(),
            Ok("[  Joe|Joe  |Joe]")
        );
    }

    #[test]
    fn an_unknown_item_or_a_lone_brace_is_refused() {
        assert!(formatted("{2}").is_err());
        assert!(formatted("{name}").is_err());
        assert!(formatted("}").is_err());
        assert!(format(&"x".repeat(4001), &[]).is_err());
    }

    #[test]
    fn a_seed_gives_the_number_dotnet_gives() {
        // new Random(0).Next(100) and new Random(1).Next(100), as every .NET prints them.
        assert_eq!(seeded(0, 100), 72);
        assert_eq!(seeded(1, 100), 24);
    }
}
