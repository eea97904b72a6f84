//! The rules against a table, and against the real kubectl where there is one.

use super::check;
use std::io::Write as _;
use std::process::Command;

const BASE: &str = "\
apiVersion: v1
kind: Config
clusters:
- name: a
  cluster: {server: \"https://a.example\"}
contexts:
- name: a
  context: {cluster: a, user: a}
current-context: a
users:
- name: a
  user: {token: T}
";

#[derive(Debug)]
enum Change {
    After(&'static str),
    InPlaceOf(&'static str, &'static str),
    All(&'static str),
}

impl Change {
    fn text(&self) -> String {
        match self {
            Self::After(text) => format!("{BASE}{text}"),
            Self::InPlaceOf(old, new) => {
                assert!(BASE.contains(old), "{old}");
                BASE.replacen(old, new, 1)
            }
            Self::All(text) => (*text).to_owned(),
        }
    }
}

/// Each with whether kubectl reads it (1.27 to 1.33 agree).
const TABLE: &[(Change, bool)] = &[
    (Change::InPlaceOf("  user: {token: T}", "  user: *nope"), false),
    (Change::InPlaceOf("  context: {cluster: a, user: a}", "  context: &c {cluster: a, user: a}"), true),
    (Change::InPlaceOf("apiVersion: v1\nkind: Config\nclusters:", "clusters:"), true),
    (Change::InPlaceOf("apiVersion: v1", "apiVersion: config.k8s.io/v1"), false),
    (Change::InPlaceOf("apiVersion: v1", "apiVersion: \"\""), true),
    (Change::InPlaceOf("apiVersion: v1", "apiVersion: kubeconfig/v1"), false),
    (Change::InPlaceOf("apiVersion: v1\nkind: Config", "kind: Config"), true),
    (Change::InPlaceOf("apiVersion: v1", "apiVersion: 1"), false),
    (Change::InPlaceOf("apiVersion: v1", "apiVersion: v1beta1"), false),
    (Change::InPlaceOf("apiVersion: v1", "apiVersion: v2"), false),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {token: T, as: x, as-groups: [a], as-user-extra: {a: [b]}}",
        ),
        true,
    ),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: T, as-groups: a}"), false),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: @a}"), false),
    (Change::InPlaceOf("  user: {token: T}", "  user: {auth-provider: {name: gcp, config: null}}"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {auth-provider: {config: {a: b}}}"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {auth-provider: {name: gcp, config: {a: 1}}}"), false),
    (Change::All("\n\n"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: \n    token: |\n      abc\n"), true),
    (Change::After("true: 1\n"), true),
    (Change::All("{}\n"), true),
    (
        Change::InPlaceOf(
            "  cluster: {server: \"https://a.example\"}",
            "  cluster: {server: \"https://a.example\", certificate-authority-data: \"%%%\"}",
        ),
        false,
    ),
    (
        Change::InPlaceOf(
            "  cluster: {server: \"https://a.example\"}",
            "  cluster: {server: \"https://a.example\", certificate-authority-data: 12}",
        ),
        false,
    ),
    (
        Change::InPlaceOf(
            "  cluster: {server: \"https://a.example\"}",
            "  cluster: {server: \"https://a.example\", certificate-authority-data: \"LS0t\"}",
        ),
        true,
    ),
    (Change::InPlaceOf("  user: {token: T}", "  user: {Token: T}"), true),
    (Change::InPlaceOf("clusters:", "Clusters:"), true),
    (Change::InPlaceOf("current-context: a", "current-context: zz"), true),
    (Change::InPlaceOf("current-context: a\nusers:", "users:"), true),
    (Change::InPlaceOf("current-context: a", "current-context: null"), true),
    (Change::InPlaceOf("current-context: a", "current-context: 5"), false),
    (Change::InPlaceOf("  cluster: {server: \"https://a.example\"}\ncontexts:", "contexts:"), true),
    (Change::InPlaceOf("  cluster: {server: \"https://a.example\"}", "  cluster: null"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: a: b}"), false),
    (Change::InPlaceOf("apiVersion: v1", "# x\n---\napiVersion: v1"), true),
    (Change::All("# hi\n"), true),
    (Change::After("? [a]\n: 1\n"), false),
    (Change::InPlaceOf("  context: {cluster: a, user: a}", "  context: {user: a}"), true),
    (Change::InPlaceOf("  context: {cluster: a, user: a}\ncurrent-context: a", "current-context: a"), true),
    (
        Change::InPlaceOf(
            "  context: {cluster: a, user: a}",
            "  context: {cluster: a, user: a, namespace: 5}",
        ),
        false,
    ),
    (Change::InPlaceOf("  context: {cluster: a, user: a}", "  context: null"), true),
    (Change::InPlaceOf("  context: {cluster: a, user: a}", "  context: {cluster: a}"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: \"a\u{1}b\"}"), false),
    (Change::All("---\n"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: 2020-01-01}"), true),
    (Change::InPlaceOf("apiVersion: v1", "%YAML 1.1\n---\napiVersion: v1"), true),
    (Change::InPlaceOf("apiVersion: v1", "%YAML 1.2\n---\napiVersion: v1"), false),
    (Change::InPlaceOf("apiVersion: v1", "%YAML 3.0\n---\napiVersion: v1"), false),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: T, token: U}"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: Z}\n- name: a\n  user: {token: T}"), false),
    (Change::After("kind: Config\n"), true),
    (Change::After("users:\n- name: b\n  user: {token: X}\n"), true),
    (Change::All(""), true),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, args: null, env: null}}",
        ),
        true,
    ),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, args: [1]}}",
        ),
        false,
    ),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, args: y}}",
        ),
        false,
    ),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, env: {A: b}}}",
        ),
        false,
    ),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, env: [{name: A, value: null}]}}",
        ),
        true,
    ),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x}}",
        ),
        true,
    ),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Perhaps}}",
        ),
        true,
    ),
    (Change::InPlaceOf("  user: {token: T}", "  user: {exec: {command: x}}"), true),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1}}",
        ),
        true,
    ),
    (
        Change::InPlaceOf(
            "  user: {token: T}",
            "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, provideClusterInfo: 'true'}}",
        ),
        false,
    ),
    (
        Change::InPlaceOf(
            "  cluster: {server: \"https://a.example\"}",
            "  cluster: {server: \"https://a.example\", extensions: [{name: m, extension: {provider: minikube}}]}",
        ),
        true,
    ),
    (Change::After("extensions:\n- name: x\n  extension: {a: 1}\n"), true),
    (Change::After("extensions: {}\n"), false),
    (Change::After("extensions: null\n"), true),
    (
        Change::All(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: \"https://a.example\"}\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\ncurrent-context: a\nusers:\n- name: 1.0\n  user: {token: T}\n",
        ),
        false,
    ),
    (Change::InPlaceOf("  user: {token: T}", "   user: {token: T}"), false),
    (
        Change::InPlaceOf(
            "  cluster: {server: \"https://a.example\"}",
            "  cluster: {server: \"https://a.example\", insecure-skip-tls-verify: \"true\"}",
        ),
        false,
    ),
    (
        Change::InPlaceOf(
            "  cluster: {server: \"https://a.example\"}",
            "  cluster: {server: \"https://a.example\", insecure-skip-tls-verify: yes}",
        ),
        true,
    ),
    (
        Change::All(
            "{\"apiVersion\":\"v1\",\"kind\":\"Config\",\"clusters\":[],\"contexts\":[],\"users\":[],\"current-context\":\"\"}",
        ),
        true,
    ),
    (Change::All("{\"apiVersion\":\"v1\",\"kind\":\"Config\",\"kind\":\"Config\"}"), true),
    (Change::All("{\n\t\"apiVersion\":\"v1\",\n\t\"kind\":\"Config\"\n}"), true),
    (Change::All("{\"apiVersion\":\"v1\",\"kind\":\"Config\",}"), true),
    (
        Change::All(
            "{\"apiVersion\":\"v1\",\"kind\":\"Config\"}\n{\"apiVersion\":\"v1\",\"kind\":\"Config\"}",
        ),
        true,
    ),
    (Change::InPlaceOf("kind: Config", "kind: \"\""), true),
    (Change::InPlaceOf("kind: Config", "kind: List"), false),
    (Change::InPlaceOf("kind: Config", "kind: config"), false),
    (Change::InPlaceOf("kind: Config\nclusters:", "clusters:"), true),
    (Change::InPlaceOf("kind: Config", "kind: null"), true),
    (Change::InPlaceOf("kind: Config", "kind: 1"), false),
    (Change::InPlaceOf("kind: Config", "kind: Pod"), false),
    (Change::All("- a\n"), false),
    (
        Change::All(
            "apiVersion: v1\nkind: Config\nx: &m {user: a}\nclusters:\n- name: a\n  cluster: {server: \"https://a.example\"}\ncontexts:\n- name: a\n  context: \n    <<: *m\n    cluster: a\ncurrent-context: a\nusers:\n- name: a\n  user: {token: T}\n",
        ),
        true,
    ),
    (
        Change::After(
            "---\napiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: \"https://a.example\"}\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\ncurrent-context: b\nusers:\n- name: a\n  user: {token: T}\n",
        ),
        true,
    ),
    (Change::After("---\n[oops\n"), true),
    (Change::InPlaceOf("apiVersion: v1", "---\n---\napiVersion: v1"), true),
    (Change::After("---\n"), true),
    (Change::After("...\n"), true),
    (Change::InPlaceOf("apiVersion: v1", "---\napiVersion: v1"), true),
    (Change::InPlaceOf("kind: Config", "kind:\u{a0}Config"), false),
    (Change::After("\0"), false),
    (Change::After("null: 1\n"), false),
    (Change::All("null\n"), true),
    (Change::After("1: 1\n"), true),
    (Change::All("1\n"), false),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: 0123}"), false),
    (Change::After("preferences: []\n"), false),
    (Change::After("preferences: null\n"), true),
    (Change::After("preferences: x\n"), false),
    (Change::InPlaceOf("clusters:", "\"clusters\":"), true),
    (Change::All("hello\n"), false),
    (Change::InPlaceOf("  cluster: {server: \"https://a.example\"}", "  cluster: {}"), true),
    (Change::InPlaceOf("  cluster: {server: \"https://a.example\"}", "  cluster: {server: 5}"), false),
    (Change::InPlaceOf("  context: {cluster: a, user: a}", "  context: {cluster: a,\tuser: a}"), true),
    (Change::InPlaceOf("  user: {token: T}", "\tuser: {token: T}"), false),
    (Change::InPlaceOf("current-context: a", "current-context:\ta"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: !!str 5}"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: !foo T}"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: true}"), false),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: null}"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: 5}"), false),
    (Change::InPlaceOf("  user: {token: T}", "  user: {token: T, foo: {a: 1}}"), true),
    (Change::After("foo: bar\n"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: []"), false),
    (Change::InPlaceOf("  user: {token: T}\n", ""), true),
    (
        Change::All(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: \"https://a.example\"}\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\ncurrent-context: a\nusers:\n- name: true\n  user: {token: T}\n",
        ),
        false,
    ),
    (
        Change::All(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: \"https://a.example\"}\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\ncurrent-context: a\nusers:\n- name: null\n  user: {token: T}\n",
        ),
        true,
    ),
    (
        Change::All(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: \"https://a.example\"}\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\ncurrent-context: a\nusers:\n- name: 1\n  user: {token: T}\n",
        ),
        false,
    ),
    (Change::InPlaceOf("- name: a\n  user: {token: T}", "- user: {token: T}"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: null"), true),
    (Change::InPlaceOf("  user: {token: T}", "  user: x"), false),
    (
        Change::All(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: \"https://a.example\"}\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\ncurrent-context: a\nusers:\n- null\n- name: a\n  user: {token: T}\n",
        ),
        true,
    ),
    (
        Change::All(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: \"https://a.example\"}\ncontexts:\n- name: a\n  context: {cluster: a, user: a}\ncurrent-context: a\nusers:\n- x\n- name: a\n  user: {token: T}\n",
        ),
        false,
    ),
    (Change::InPlaceOf("users:\n- name: a\n  user: {token: T}", "users: {a: 1}"), false),
    (Change::InPlaceOf("users:\n- name: a\n  user: {token: T}", "users: null"), true),
    (Change::InPlaceOf("users:\n- name: a\n  user: {token: T}", "users: x"), false),
    (Change::InPlaceOf("current-context: a", "current-context: y"), false),
    (Change::InPlaceOf("current-context: a", "current-context: yes"), false),
];

#[test]
fn what_kubectl_refuses_is_refused_and_nothing_else() {
    let mut wrong = vec![];
    for (change, accepted) in TABLE {
        let found = check(&change.text());
        if found.is_ok() != *accepted {
            wrong.push(format!("{change:?}: {found:?}"));
        }
    }
    for text in [BASE.replace('\n', "\r\n"), format!("\u{feff}{BASE}"), BASE.replace('\n', "\r")] {
        if let Err(why) = check(&text) {
            wrong.push(format!("{text:?}: {why:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Words never have a piece of the file in them.
#[test]
fn what_is_said_names_the_line_and_the_field() {
    for (text, line, why) in [
        (BASE.replace("token: T", "token: 5"), 12, "users.user.token is a number"),
        (BASE.replace("current-context: a", "current-context: yes"), 9, "current-context is true or false"),
        (BASE.replace("kind: Config", "kind: planted"), 2, "its kind is not Config"),
        (BASE.replace("users:\n", "users:\n- name: a\n"), 12, "users has two items of the same name"),
    ] {
        let found = check(&text).expect_err(&text);
        assert_eq!(found.line, Some(line), "{found:?}");
        assert!(found.why.contains(why) && !found.why.contains("planted"), "{found:?}");
    }
    let bomb = (0..40).fold("x: &a0 [1, 1]\n".to_owned(), |text, number| {
        format!("{text}y{number}: &a{} [*a{number}, *a{number}, *a{number}]\n", number + 1)
    });
    assert!(check(&bomb).expect_err("too much").why.contains("aliases"));
    for open in ["[", "{a: ", "- "] {
        assert!(check(&open.repeat(100_000)).is_err(), "{open}");
    }
}

/// Good enough to hit every corner, the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (sides.max(1) as u64)).unwrap_or(0)
    }
}

/// Any value, in the place of any other.
fn generated(dice: &mut Dice) -> String {
    const VALUES: &[&str] = &[
        "5",
        "null",
        "~",
        "yes",
        "off",
        "true",
        "0x1F",
        "0123",
        "08",
        "1_000",
        "1.",
        ".5",
        "1e3",
        "-",
        "+1",
        "12:30:45",
        "2020-01-01",
        "[]",
        "{}",
        "[a]",
        "[null]",
        "[1]",
        "{a: b}",
        "{a: 1}",
        "\"\"",
        "'yes'",
        "\"5\"",
        "text",
        "!!str 5",
        "|\n      text",
        "&x text",
        "0b11",
        "0o17",
        ".inf",
        ".nan",
        "aGVsbG8=",
        "aGVsbG8",
        "%%",
        "a: b",
        "a #b",
        "@a",
        "-1",
        "<<",
        "=",
        "1__0",
        "0x",
        "_1",
        "nan",
        "1e",
        "Null",
        "y",
        "N",
        "tRue",
    ];
    const PLACES: &[&str] = &[
        "kind",
        "apiVersion",
        "current-context",
        "preferences",
        "extensions",
        "clusters",
        "users",
        "contexts",
        "other",
        "name",
        "user",
        "token",
        "cluster",
        "server",
        "insecure-skip-tls-verify",
        "certificate-authority-data",
        "as-groups",
        "as-user-extra",
        "exec",
        "args",
        "env",
        "provideClusterInfo",
        "namespace",
        "auth-provider",
        "client-key-data",
    ];
    let value = VALUES[dice.next(VALUES.len())];
    let place = PLACES[dice.next(PLACES.len())];
    let top = [
        "kind",
        "apiVersion",
        "current-context",
        "preferences",
        "extensions",
        "clusters",
        "users",
        "contexts",
        "other",
    ];
    let text = match place {
        place if top.contains(&place) => {
            let lines: Vec<&str> = BASE.lines().collect();
            let start = lines.iter().position(|line| line.starts_with(&format!("{place}:")));
            let end = start.map(|start| {
                let next = lines[start + 1..].iter().position(|line| !line.starts_with([' ', '-']));
                next.map_or(lines.len(), |next| start + 1 + next)
            });
            let mut kept: Vec<&str> = lines.clone();
            if let (Some(start), Some(end)) = (start, end) {
                kept.drain(start..end);
            }
            format!("{}\n{place}: {value}\n", kept.join("\n"))
        }
        "name" => BASE.replacen("users:\n- name: a", &format!("users:\n- name: {value}"), 1),
        "user" => BASE.replacen("user: {token: T}", &format!("user: {value}"), 1),
        "cluster" => {
            BASE.replacen("cluster: {server: \"https://a.example\"}", &format!("cluster: {value}"), 1)
        }
        "namespace" => {
            BASE.replacen("context: {cluster: a, user: a}", &format!("context:\n    namespace: {value}"), 1)
        }
        "server" | "insecure-skip-tls-verify" | "certificate-authority-data" => BASE.replacen(
            "cluster: {server: \"https://a.example\"}",
            &format!("cluster:\n    {place}: {value}"),
            1,
        ),
        "args" | "env" | "provideClusterInfo" => BASE.replacen(
            "user: {token: T}",
            &format!("user:\n    exec:\n      command: x\n      {place}: {value}"),
            1,
        ),
        place => BASE.replacen("user: {token: T}", &format!("user:\n    {place}: {value}"), 1),
    };
    match dice.next(8) {
        0 => text.replace('\n', "\r\n"),
        1 => format!("---\n{text}"),
        2 => format!("# note\n{text}...\n"),
        _ => text,
    }
}

/// One kubectl reads all of them: `config view` of each file.
fn kubectl_reads(folder: &std::path::Path, texts: &[String]) -> Option<Vec<bool>> {
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(folder.join(number.to_string()), text).expect("a file");
    }
    let script = "for number in $(seq 0 $(($1 - 1))); do \
                  if kubectl --kubeconfig=\"$number\" config view >/dev/null 2>&1; then echo yes; else echo no; fi; done";
    if Command::new("kubectl").args(["version", "--client"]).output().is_err() {
        let _ = writeln!(std::io::stderr(), "kubectl is not installed: not tried with it");
        return None;
    }
    let output = Command::new("sh")
        .args(["-c", script, "sh", &texts.len().to_string()])
        .current_dir(folder)
        .env("HOME", folder)
        .output()
        .expect("sh runs");
    Some(String::from_utf8_lossy(&output.stdout).lines().map(|line| line == "yes").collect())
}

#[test]
fn generated_files_are_judged_as_kubectl_judges_them() {
    let mut dice = Dice(0x000c_1a55);
    let mut texts: Vec<String> = TABLE.iter().map(|(change, _)| change.text()).collect();
    texts.extend((0..150).map(|_| generated(&mut dice)));
    let folder = tempfile::tempdir().expect("a folder");
    let Some(verdicts) = kubectl_reads(folder.path(), &texts) else { return };
    assert_eq!(verdicts.len(), texts.len());
    let mut wrong = vec![];
    for (text, accepted) in texts.iter().zip(&verdicts) {
        let found = check(text);
        if found.is_ok() != *accepted {
            wrong.push(format!(
                "kubectl {}, here {found:?}:\n{text}",
                if *accepted { "reads it" } else { "refuses it" }
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), wrong.join("\n"));
    assert!(verdicts.iter().filter(|accepted| **accepted).count() > 60);
    assert!(verdicts.iter().filter(|accepted| !**accepted).count() > 60);
}
