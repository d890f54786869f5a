//! Dates and timestamps in the one form that needs no further rules: `2026-01-31`, `2026-01-31T23:59:59.123456Z`.

fn pair(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let (era, month) = (y.div_euclid(400), (month + 9) % 12);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

pub fn date(text: &[u8]) -> Option<i32> {
    let &[c1, c2, y1, y2, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    days(pair(c1, c2)? * 100 + pair(y1, y2)?, pair(m1, m2)?, pair(d1, d2)?).map(|d| d as i32)
}

/// Microseconds since 1970-01-01; `local`: without a time zone, as if at UTC; `zoned`: with one.
pub fn timestamp(text: &[u8], local: bool, zoned: bool) -> Option<i64> {
    let (day, rest) = text.split_at_checked(10)?;
    let day = i64::from(date(day)?);
    let &[b'T' | b' ', h1, h2, b':', m1, m2, b':', s1, s2, ref rest @ ..] = rest else { return None };
    let (hour, minute, second) = (pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (micros, rest) = match rest {
        [b'.', rest @ ..] => {
            let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            if !(1..=6).contains(&count) {
                return None;
            }
            let (fraction, rest) = rest.split_at(count);
            let value = fraction.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0'));
            (value * 10_i64.pow(6 - count as u32), rest)
        }
        _ => (0, rest),
    };
    let behind = match *rest {
        [] if local => 0,
        [b'Z'] if zoned => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] if zoned => {
            let (hours, minutes) = (pair(h1, h2)?, pair(m1, m2)?);
            if hours > 17 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if sign == b'+' { 60 } else { -60 }
        }
        _ => return None,
    };
    Some((day * 86_400 + hour * 3600 + minute * 60 + second - behind) * 1_000_000 + micros)
}
