//! The command line, as an operator uses it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn irori(data: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_irori")).arg("--data").arg(data).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A look at data that nobody serves.
fn check(data: &std::path::Path) -> Output {
    irori(data, &["check", "--stopped", "--lang", "en"])
}

/// Whether a look found no fault; a caution may come of the machine that the test runs on.
fn is_sound(check: &Output) -> bool {
    check.status.code().is_some_and(|code| code < 2)
}

#[test]
fn an_organisation_and_its_people_are_made_at_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| irori(folder.path(), arguments);
    let made = run(&["tenant", "create", "city", "--title", "市役所"]);
    assert!(made.status.success(), "{}", said(&made));
    let again = run(&["tenant", "create", "city", "--title", "市役所"]);
    assert!(!again.status.success() && said(&again).contains("tenantName"), "{}", said(&again));
    let bad = run(&["tenant", "create", "healthz", "--title", "x"]);
    assert!(!bad.status.success(), "a reserved name");
    let cards = run(&["tenant", "link-cards", "city", "off"]);
    assert!(cards.status.success() && said(&cards).contains("not shown"), "{}", said(&cards));
    assert!(said(&run(&["tenant", "link-cards", "city", "on"])).contains("表示します"));
    assert!(!run(&["tenant", "link-cards", "nowhere", "off"]).status.success());
    assert!(!run(&["tenant", "link-cards", "city", "perhaps"]).status.success());
    let admin = run(&["user", "create", "admin", "--tenant", "city", "--name", "管理", "--admin"]);
    assert!(admin.status.success() && said(&admin).contains("initial password"), "{}", said(&admin));
    let reset = run(&["user", "reset-password", "admin", "--tenant", "city"]);
    assert!(reset.status.success(), "{}", said(&reset));
    assert!(!run(&["user", "reset-password", "nobody", "--tenant", "city"]).status.success());

    let table = folder.path().join("people.csv");
    std::fs::File::create(&table)
        .unwrap()
        .write_all("\u{feff}loginId,name,kana\naiko,青木 あいこ,あおき あいこ\nbad id,x,\n".as_bytes())
        .unwrap();
    let wrong = run(&["user", "import", table.to_str().unwrap(), "--tenant", "city"]);
    assert!(!wrong.status.success() && said(&wrong).contains("line 3: loginId"), "{}", said(&wrong));
    std::fs::write(&table, "loginId,name,kana\naiko,青木 あいこ,あおき あいこ\n").unwrap();
    let right = run(&["user", "import", table.to_str().unwrap(), "--tenant", "city"]);
    assert!(right.status.success() && said(&right).contains("aiko,"), "{}", said(&right));
    std::fs::write(&table, "loginId,name,suspended\naiko,青木 あいこ,1\n").unwrap();
    let off = run(&["user", "import", table.to_str().unwrap(), "--tenant", "city"]);
    assert!(off.status.success(), "{}", said(&off));
    let on = run(&["user", "resume", "aiko", "--tenant", "city"]);
    assert!(on.status.success(), "{}", said(&on));
    assert!(!run(&["user", "resume", "nobody", "--tenant", "city"]).status.success());
    let check = check(folder.path());
    assert!(is_sound(&check) && said(&check).contains("sound"), "{}", said(&check));
}

#[test]
fn a_check_finds_what_is_wrong_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("typo");
    let wrong = check(&nowhere);
    assert!(!is_sound(&wrong) && said(&wrong).contains("irori.db"), "{}", said(&wrong));
    assert!(!nowhere.exists(), "looking makes no installation");

    let run = |arguments: &[&str]| irori(folder.path(), arguments);
    assert!(run(&["tenant", "create", "city", "--title", "市役所"]).status.success());
    assert!(run(&["user", "create", "aiko", "--tenant", "city", "--name", "青木"]).status.success());
    let wrong = check(folder.path());
    assert!(!is_sound(&wrong) && said(&wrong).contains("no active administrator"), "{}", said(&wrong));
    assert!(run(&["user", "create", "admin", "--tenant", "city", "--name", "管理", "--admin"]).status.success());
    assert!(is_sound(&check(folder.path())));

    let file = rusqlite::Connection::open(folder.path().join("tenants/1/data.db")).unwrap();
    file.execute_batch(
        "INSERT INTO org_units (tenant_id, id, parent_id, name, ord, rev) VALUES
           (1, randomblob(16), NULL, '市役所', 0, 1),
           (1, x'000000000000000000000000000000a1', x'000000000000000000000000000000a2', '総務部', 0, 1),
           (1, x'000000000000000000000000000000a2', x'000000000000000000000000000000a1', '総務課', 0, 1);
         INSERT INTO assignments (tenant_id, user_id, org_unit_id, position, is_primary, is_head, ord)
           SELECT 1, u.id, o.id, '', 0, 0, 0 FROM users u, org_units o WHERE o.name = '市役所';
         INSERT INTO grants (tenant_id, id, user_id, role, org_unit_id) VALUES (1, randomblob(16), randomblob(16), 'tenantAdmin', NULL);",
    )
    .unwrap();
    let wrong = check(folder.path());
    let said = said(&wrong);
    assert!(!is_sound(&wrong));
    assert_eq!(said.matches("no way up").count(), 2, "{said}");
    assert!(said.contains("0 primary assignments") && said.contains("grants of"), "{said}");

    file.execute_batch("PRAGMA user_version = 1").unwrap();
    let wrong = check(folder.path());
    assert!(!is_sound(&wrong) && self::said(&wrong).contains("version 1"), "{}", self::said(&wrong));
    let version: i64 = file.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 1, "looking migrates nothing");
}

#[test]
fn a_check_looks_at_what_serve_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert!(irori(folder.path(), &["tenant", "create", "city", "--title", "市役所"]).status.success());
    let check = |variable: &str, value: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_irori"));
        command
            .args(["check", "--stopped", "--lang", "en"])
            .env("IRORI_DATA", folder.path())
            .env(variable, value)
            .output()
            .unwrap()
    };
    for (variable, value) in [("IRORI_LISTEN", "everywhere"), ("IRORI_PUBLIC_URL", "talk.example"), ("IRORI_TRUSTED_PROXY", "x")]
    {
        let output = check(variable, value);
        assert!(!output.status.success() && said(&output).contains(value), "{variable}: {}", said(&output));
    }
    assert!(said(&check("IRORI_LISTEN", "127.0.0.1:1")).contains("configuration and schema are right"));
}

#[test]
fn a_folder_that_is_made_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new/data");
    assert!(irori(&data, &["tenant", "create", "city", "--title", "市役所"]).status.success());
    assert!(irori(&data, &["user", "create", "admin", "--tenant", "city", "--name", "管理", "--admin"]).status.success());
    for made in [data.clone(), data.join("tenants/1")] {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&made).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o700, "{}", made.display());
    }
}

#[test]
fn a_password_may_come_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    assert!(irori(folder.path(), &["tenant", "create", "city", "--title", "市役所"]).status.success());
    let mut child = Command::new(env!("CARGO_BIN_EXE_irori"))
        .arg("--data")
        .arg(folder.path())
        .args(["user", "create", "admin", "--tenant", "city", "--name", "管理", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all("a good long one\n".as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && !said(&output).contains("initial password"), "{}", said(&output));
}

#[test]
fn the_document_needs_no_data() {
    let output = Command::new(env!("CARGO_BIN_EXE_irori")).arg("openapi").output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}
