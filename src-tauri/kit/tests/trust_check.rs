//! `rolecall trust check`: every planted fault is found, and nothing else.

use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn kit(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall-kit"))
        .args(["trust"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rolecall-kit starts");
    // It may have ended for a usage error already.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("rolecall-kit ends")
}

fn codes(output: &Output) -> BTreeSet<String> {
    // Nothing on standard output: the file could not be read.
    let Ok(shown) = serde_json::from_slice::<Value>(&output.stdout) else {
        return BTreeSet::from([String::from_utf8_lossy(&output.stderr).into_owned()]);
    };
    let policies = shown["policies"].as_array().expect("policies").iter();
    let findings = policies.flat_map(|policy| policy["findings"].as_array().expect("findings"));
    findings.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
}

/// `=== HEAD: REST` and the lines below it.
fn cases(text: &str) -> Vec<(&str, &str, String)> {
    let mut cases = vec![];
    for part in text.split("\n=== ").skip(1) {
        let (head, body) = part.split_once('\n').expect("a head and a body");
        let (name, rest) = head.rsplit_once(':').expect("a name and codes");
        let body = body.trim();
        let whole = match body.strip_prefix("{\"") {
            Some(first) if first.starts_with("Effect") || first.starts_with("Sid") => {
                format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{body}]}}")
            }
            _ => body.to_owned(),
        };
        cases.push((name, rest.trim(), whole));
    }
    cases
}

#[test]
fn every_planted_fault_is_found_and_nothing_else() {
    let cases = cases(include_str!("trust/policies.txt"));
    assert!(cases.iter().filter(|(_, codes, _)| !codes.is_empty()).count() >= 60);
    let mut wrong = vec![];
    for (name, wanted, policy) in &cases {
        let output = kit(&["check", "-", "--json"], policy.as_bytes());
        let unjudged = *wanted == "not_judged";
        let wanted = wanted.split_whitespace().filter(|_| !unjudged).map(str::to_owned).collect();
        let found = codes(&output);
        if found != wanted {
            wrong.push(format!("{name}: found {found:?}, wanted {wanted:?}"));
        }
        let exit = if unjudged { 6 } else { i32::from(!found.is_empty()) };
        if output.status.code() != Some(exit) {
            wrong.push(format!("{name}: exit code {:?}, wanted {exit}", output.status.code()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `PRINCIPAL [OPTIONS]` and the answer, about one policy after the other.
#[test]
fn as_answers_yes_or_no_and_shows_the_statement() {
    let mut wrong = vec![];
    let mut asked = 0;
    for part in include_str!("trust/questions.txt").split("\n=== ").skip(1) {
        let (head, body) = part.split_once('\n').expect("a head and a body");
        let (policy, questions) = body.split_once("\n---\n").expect("a policy and questions");
        for line in questions.lines().filter(|line| !line.trim().is_empty()) {
            let (question, answer) = line.split_once(" => ").expect("a question and an answer");
            let (verdict, statement) = answer.trim().split_once(' ').unwrap_or((answer.trim(), ""));
            let mut arguments = vec!["check", "-", "--json", "--as"];
            arguments.extend(question.split_whitespace());
            let output = kit(&arguments, policy.as_bytes());
            let shown: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let found = &shown["policies"][0]["answer"];
            let exit = i32::from(verdict != "yes");
            asked += 1;
            if found["verdict"] != verdict
                || found["statement"].as_u64() != statement.parse().ok()
                || output.status.code() != Some(exit)
            {
                wrong.push(format!("{head}: {line}: {found} {}", String::from_utf8_lossy(&output.stderr)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked >= 25);
}

#[test]
fn what_is_not_a_policy_is_said_with_its_place() {
    for (input, said) in [
        (&b"{\"Version\": \"2012-10-17\",\n \"Statement\": [}"[..], "line 2, column 16"),
        (b"", "there is nothing in it"),
        (b"\xff\xfe\x00", "Terraform"),
        (b"\xc3\x28", "neither UTF-8 nor UTF-16"),
        (b"just words", "no trust policy was found in it"),
        (b"a: 1\nb: [x]\n", "no trust policy was found in it"),
        (b"# Notes\n\n- one: `x`\n\ttwo\n", "no trust policy was found in it"),
        (b"{\"name\": \"x\", \"version\": 1}", "no trust policy was found in it"),
        (b"{}", "no trust policy was found in it"),
        (b"Resources:\n  A: {b: c}\n", "no trust policy was found in it"),
        (b"Resources:\n  A: [1\n  B: 2\n", "as YAML"),
        (b"resource \"aws_iam_role\" \"x\" {\n  assume_role_policy = jsonencode({\n", "line 2"),
        (b"resource \"aws_s3_bucket\" \"x\" {}", "no aws_iam_role"),
        (b"resource \"aws_iam_role\" \"x\" {\n assume_role_policy = jsonencode({\n  a = 1\n  a = 2\n })\n}", "twice"),
    ] {
        let output = kit(&["check", "-"], input);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(words.contains(said) && words.contains("help: "), "{said}: {words}");
        assert!(["JSON", "Terraform", "CloudFormation", "Kubernetes"].iter().all(|shape| words.contains(shape)));
        assert_eq!(output.status.code(), Some(6), "{words}");
    }
    let help = kit(&["check", "--help"], b"");
    let help = String::from_utf8_lossy(&help.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("Terraform, CloudFormation, objects"), "{help}");
    assert_eq!(kit(&["check", "/nowhere/at/all"], b"").status.code(), Some(6));
    for usage in [
        &["check"][..],
        &["check", "-", "--as", "a b"],
        &["check", "-", "--account", "1"],
        &["check", "-", "--issuer", "x"],
    ] {
        assert_eq!(kit(usage, b"").status.code(), Some(2), "{usage:?}");
    }
}

/// What is no finding is said all the same, and an answer says how to get a better one.
#[test]
fn notes_and_advice_are_in_words_that_fit() {
    let one = |principal: &str, more: &str| {
        format!(
            "{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Effect\": \"Allow\", {principal}, \"Action\": \
             \"sts:AssumeRole\"{more}}}]}}"
        )
    };
    let hub = "\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/Hub\"}";
    let root = "\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:root\"}";
    let session = "\"Principal\": {\"AWS\": \"arn:aws:sts::111111111111:assumed-role/Hub/eve\"}";
    let when = |condition: &str| format!(", \"Condition\": {{{condition}}}");
    let misspelled = when("\"StringEquals\": {\"aws:PrincipalOrgIDs\": \"o-1\"}");
    let team = when("\"ArnLike\": {\"aws:PrincipalArn\": \"arn:aws:iam::111111111111:role/team/*\"}");
    let name = when("\"StringLike\": {\"sts:RoleSessionName\": \"${aws:username}\"}");
    let partition = "resource \"aws_iam_role\" \"x\" {\n  assume_role_policy = jsonencode({ Version = \"2012-10-17\", \
                     Statement = [{ Effect = \"Allow\", Principal = { Service = \
                     \"ec2.${data.aws_partition.current.dns_suffix}\" }, Action = \"sts:AssumeRole\" }] })\n}\n";
    let two = hub.replace("{\"AWS\": ", "{\"AWS\": [\"111111111111\", ").replace("\"}", "\"]}");
    for (policy, arguments, said) in [
        (
            one(hub, &misspelled),
            &[][..],
            "note: Statement 1: \"aws:PrincipalOrgIDs\" is not known here; perhaps",
        ),
        (
            one(&two.replace("Principal", "NotPrincipal"), ""),
            &[],
            "who   everybody but account 111111111111, arn:aws",
        ),
        (partition.to_owned(), &[], "Service ec2.${data.aws_partition.current.dns_suffix} (not known here)"),
        (partition.to_owned(), &[], "Nothing is wrong with it, as far as it is known."),
        (partition.to_owned(), &["--as", "ec2.amazonaws.com"], "What Terraform only knows when it runs"),
        (
            one(root, &team),
            &["--as", "arn:aws:sts::111111111111:assumed-role/Hub/ada"],
            "the path of its role",
        ),
        (
            one(root, &name),
            &["--as", "arn:aws:iam::111111111111:user/ada"],
            "--context sts:RoleSessionName=NAME",
        ),
        (one(session, ""), &["--as", "arn:aws:iam::111111111111:role/Hub"], "assumed-role/Hub/SESSION"),
    ] {
        let output = kit(&[&["check", "-"], arguments].concat(), policy.as_bytes());
        let words = String::from_utf8_lossy(&output.stdout);
        assert!(words.contains(said), "{said}\n{words}");
    }
}

/// `kubectl get serviceaccounts -o json`, or `-o yaml`.
#[test]
fn objects_of_kubernetes_in_either_language() {
    let json = r#"{"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [{"kind": "ServiceAccount", "metadata":
        {"name": "till", "annotations": {"eks.amazonaws.com/role-arn": "Till"}}}]}"#;
    let yaml = "kind: List\nmetadata: {}\nitems:\n- kind: ServiceAccount\n  metadata:\n    name: till\n    \
                annotations:\n      eks.amazonaws.com/role-arn: Till\n";
    for input in [json, yaml] {
        let output = kit(&["check", "-", "--json"], input.as_bytes());
        assert_eq!(codes(&output), BTreeSet::from(["trust.role_arn".to_owned()]), "{input}");
        let asked = kit(&["check", "-", "--as", "111111111111"], input.as_bytes());
        assert!(String::from_utf8_lossy(&asked.stderr).contains("no trust policy was found"), "{asked:?}");
        let right =
            kit(&["check", "-"], input.replace("Till", "arn:aws:iam::111111111111:role/Till").as_bytes());
        let words = String::from_utf8_lossy(&right.stdout);
        assert!(right.status.success() && words.contains("No trust policy is in it"), "{words}");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_not_matter() {
    let policy = "{\r\n  \"Version\": \"2012-10-17\",\r\n  \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \
                  {\"Service\": \"ec2.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}]\r\n}\r\n";
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(policy.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let terraform = format!(
        "resource \"aws_iam_role\" \"x\" {{\r\n  assume_role_policy = <<EOF\r\n{policy}EOF\r\n}}\r\n"
    );
    for input in [format!("\u{feff}{policy}").into_bytes(), utf16, terraform.into_bytes()] {
        let output = kit(&["check", "-", "--json"], &input);
        assert!(codes(&output).is_empty() && output.status.success());
    }
}

#[test]
fn two_hundred_kilobytes_are_read_at_once() {
    let arn = |number: u32| format!("\"arn:aws:iam::{:012}:role/team/Grüße-{number}\"", number % 90);
    let list = (0..4500).map(arn).collect::<Vec<_>>().join(", ");
    let policy = format!(
        "{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Effect\": \"Allow\", \"Principal\": {{\"AWS\": [{list}]}}, \
         \"Action\": \"sts:AssumeRole\"}}]}}"
    );
    let terraform =
        format!("resource \"aws_iam_role\" \"x\" {{\n  assume_role_policy = jsonencode({policy})\n}}\n");
    for input in [policy, terraform] {
        assert!(input.len() > 200_000);
        let started = std::time::Instant::now();
        let output =
            kit(&["check", "-", "--json", "--as", "arn:aws:iam::000000000007:role/x"], input.as_bytes());
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
        assert_eq!(codes(&output), BTreeSet::from(["trust.too_long".to_owned()]));
    }
}
