//! The command line, as an operator uses it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn irori(data: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_irori")).arg("--data").arg(data).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
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
    let check = run(&["check"]);
    assert!(check.status.success() && said(&check).contains("sound"), "{}", said(&check));
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
