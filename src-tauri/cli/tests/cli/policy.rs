//! `policy`: what is in force here, and whether a file could be.

use crate::scene::Scene;

#[test]
fn a_file_that_can_be_a_policy() {
    let scene = Scene::empty();
    scene.write("p.toml", "organisation = 'Example Ltd'\nmax_duration_hours = 4\n");
    let path = scene.home().join("p.toml").display().to_string();
    let ran = scene.run(&["policy", "check", &path]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.out, "organisation     Example Ltd\nlongest session  4 hours\n");
    assert!(ran.err.starts_with(&format!("{path} can be a policy. ")), "{ran:?}");
    let place = rolecall_core::policy::path().display().to_string();
    assert!(ran.err.contains(&place), "{ran:?}");
}

#[test]
fn a_file_that_cannot_be_one() {
    let scene = Scene::empty();
    for (bytes, part) in [
        (&b"\n\norganization = 'x'"[..], ", line 3: unknown field `organization`"),
        (b"credentials = 'file'", ", line 1: credentials can only be \"process\""),
        (
            b"[[profile]]\nname = 'a'\nazure_tenant_id = 'common'\nazure_app_id_uri = 'b'",
            "azure_tenant_id is",
        ),
        (b"\xff", "it is not UTF-8"),
        (&vec![b'#'; 1024 * 1024 + 1], "it is larger than a megabyte"),
    ] {
        std::fs::write(scene.home().join("p.toml"), bytes).expect("written");
        let path = scene.home().join("p.toml").display().to_string();
        let ran = scene.run(&["policy", "check", &path]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(6), ""), "{ran:?}");
        assert!(ran.err.starts_with(&format!("rolecall: {path}")) && ran.err.contains(part), "{ran:?}");
    }
    let ran = scene.run(&["policy", "check", "/nowhere/p.toml"]);
    assert_eq!(ran.code, Some(6), "{ran:?}");
    assert!(ran.err.contains("[file.unreadable]"), "{ran:?}");
}

/// Only where this computer has none, as most have.
#[test]
fn no_policy_is_in_force() {
    let place = rolecall_core::policy::path();
    if place.symlink_metadata().is_ok() {
        return;
    }
    let scene = Scene::empty();
    let ran = scene.run(&["policy", "show"]);
    let said = format!("No policy is in force: there is no {}.\n", place.display());
    assert_eq!((ran.code, ran.out.as_str(), ran.err), (Some(0), "", said));
    let ran = scene.run(&["policy", "show", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((ran.code, &shown["in_force"], &shown["policy"]), (Some(0), &false.into(), &().into()));
}
