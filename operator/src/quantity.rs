//! Kubernetes' quantities, as far as we read them: `500m`, `128Mi`, `1.5`.
//!
//! Source: k8s.io/apimachinery/pkg/api/resource.

const SUFFIXES: [(&str, i128); 13] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000),
    ("Ei", 1 << 60),
    ("", 1),
];

/// A quantity in thousandths, so that CPU is exact; `None` for what is no quantity.
pub fn thousandths(text: &str) -> Option<i128> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let scale = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    let number: i128 = format!("0{whole}{fraction}").parse().ok()?;
    if suffix == "m" {
        return Some(number / scale);
    }
    let (_, factor) = SUFFIXES.iter().find(|(name, _)| *name == suffix)?;
    number
        .checked_mul(*factor)?
        .checked_mul(1000)
        .map(|value| value / scale)
}

/// A quantity of memory in bytes; `None` for what is none.
pub fn bytes(text: &str) -> Option<u64> {
    u64::try_from(thousandths(text)? / 1000).ok()
}

/// Whether two texts are the same quantity: the API server answers `1Gi` to `1024Mi`.
pub fn same(one: &str, other: &str) -> bool {
    one == other || matches!((thousandths(one), thousandths(other)), (Some(a), Some(b)) if a == b)
}

/// Bytes as people write memory here.
pub fn mebibytes(bytes: u64) -> String {
    format!("{}Mi", bytes.div_ceil(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_kubernetes_writes() {
        assert_eq!(bytes("128Mi"), Some(128 << 20));
        assert_eq!(bytes("1Gi"), bytes("1024Mi"));
        assert_eq!(thousandths("500m"), thousandths("0.5"));
        assert_eq!(thousandths("1.5"), Some(1500));
        assert_eq!(bytes("1500M"), Some(1_500_000_000));
        assert!(same("2", "2000m") && same("1Gi", "1024Mi") && !same("1Gi", "1G"));
        for wrong in ["", ".", "Mi", "1 Mi", "-1", "1e3", "1.2.3"] {
            assert_eq!(thousandths(wrong), None, "{wrong}");
        }
        assert_eq!(mebibytes((128 << 20) + 1), "129Mi");
    }
}
