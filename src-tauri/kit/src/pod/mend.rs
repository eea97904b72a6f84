//! YAML that gives a person the permission that is missing (Kubernetes documentation, "Using RBAC Authorization").

use rolecall_core::pod::Pod;

/// To list the service accounts of a namespace, or of all.
pub(super) fn list(namespace: Option<&str>, user: Option<&str>) -> String {
    let rules = "  - apiGroups: [\"\"]\n    resources: [serviceaccounts]\n    verbs: [get, list]\n";
    both(namespace, "find-pod-roles", rules, user)
}

/// To read one service account.
pub(super) fn read(pod: &Pod, user: Option<&str>) -> String {
    both(Some(&pod.namespace), &name(pod), &rule(pod, "serviceaccounts", "get"), user)
}

/// To read one, and to have its token.
pub(super) fn token(pod: &Pod, user: Option<&str>) -> String {
    let rules = rule(pod, "serviceaccounts", "get") + &rule(pod, "serviceaccounts/token", "create");
    both(Some(&pod.namespace), &name(pod), &rules, user)
}

fn rule(pod: &Pod, resource: &str, verb: &str) -> String {
    let account = &pod.service_account;
    format!(
        "  - apiGroups: [\"\"]\n    resources: [{resource}]\n    resourceNames: [\"{account}\"]\n    verbs: [{verb}]\n"
    )
}

fn name(pod: &Pod) -> String {
    format!("become-{}", pod.service_account)
}

/// A role and its binding.
fn both(namespace: Option<&str>, name: &str, rules: &str, user: Option<&str>) -> String {
    let (kind, metadata) = match namespace {
        Some(namespace) => ("Role", format!("  name: {name}\n  namespace: \"{namespace}\"\n")),
        None => ("ClusterRole", format!("  name: {name}\n")),
    };
    // What JSON quotes, YAML reads.
    let user = serde_json::to_string(user.unwrap_or("YOUR-USER")).unwrap_or_default();
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n{metadata}rules:\n{rules}---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}Binding\nmetadata:\n{metadata}roleRef:\n  \
         apiGroup: rbac.authorization.k8s.io\n  kind: {kind}\n  name: {name}\nsubjects:\n  \
         - apiGroup: rbac.authorization.k8s.io\n    kind: User\n    name: {user}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_that_can_be_applied() {
        let pod = Pod { context: "c".into(), namespace: "shop".into(), service_account: "till".into() };
        for (text, kinds) in [
            (list(None, None), ["ClusterRole", "ClusterRoleBinding"]),
            (list(Some("shop"), Some("ada@example.org")), ["Role", "RoleBinding"]),
            (read(&pod, Some("arn:aws:sts::1:assumed-role/A/\"b\"")), ["Role", "RoleBinding"]),
            (token(&pod, Some("ada")), ["Role", "RoleBinding"]),
        ] {
            let documents: Vec<serde_json::Value> = serde_saphyr::from_multiple(&text).expect(&text);
            assert_eq!(documents.len(), 2, "{text}");
            assert_eq!([&documents[0]["kind"], &documents[1]["kind"]], kinds, "{text}");
            assert!(documents[0]["rules"][0]["verbs"].is_array(), "{text}");
            assert_eq!(documents[1]["roleRef"]["name"], documents[0]["metadata"]["name"]);
        }
        assert!(
            token(&pod, None).contains("serviceaccounts/token") && token(&pod, None).contains("YOUR-USER")
        );
    }
}
