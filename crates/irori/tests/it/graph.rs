//! Imports run one way (ARCHITECTURE.md): who may use which crate of ours.

use std::collections::BTreeMap;
use std::path::Path;

/// What each crate may use, its tests aside.
const ALLOWED: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("store", &["kernel"]),
    ("directory", &["kernel", "store"]),
    ("live", &["kernel", "store"]),
    ("files", &["kernel", "store"]),
    ("cards", &["kernel", "store", "files"]),
    ("jobs", &["kernel", "store"]),
    ("talk", &["kernel", "store", "directory", "files", "cards", "jobs"]),
    ("search", &["kernel", "store"]),
    ("irori", &["kernel", "store", "directory", "live", "files", "cards", "jobs", "search", "talk"]),
    ("testkit", &["kernel", "store", "live", "files", "cards", "irori"]),
    ("faultdisk", &[]),
    ("load", &["kernel", "store", "directory", "search", "talk"]),
];

#[test]
fn no_crate_uses_one_beside_or_above_it() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut looked_at = 0;
    for entry in std::fs::read_dir(crates).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let manifest: toml::Table = std::fs::read_to_string(entry.path().join("Cargo.toml")).unwrap().parse().unwrap();
        let may = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not in the graph"));
        for used in manifest["dependencies"].as_table().unwrap().keys().filter(|used| allowed.contains_key(used.as_str())) {
            assert!(may.contains(&used.as_str()), "{name} uses {used}");
        }
        looked_at += 1;
    }
    assert_eq!(looked_at, ALLOWED.len());
}
