//! Where the kubeconfig is (Kubernetes documentation, "Organizing Cluster Access Using kubeconfig Files").

use rolecall_core::aws_files::locate;
use std::ffi::OsString;
use std::path::PathBuf;

/// The files of `KUBECONFIG`, else `~/.kube/config`; none needs to exist. Empty where there is no home either.
pub(crate) fn paths(environment: &dyn Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let named: Vec<PathBuf> = environment("KUBECONFIG")
        .map(|paths| std::env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()).collect())
        .unwrap_or_default();
    if !named.is_empty() {
        return named;
    }
    locate::home(environment).map(|home| home.join(".kube").join("config")).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_variable_else_at_home() {
        for (variable, expected) in [
            (None, &["/home/ada/.kube/config"][..]),
            (Some(""), &["/home/ada/.kube/config"]),
            (Some(":"), &["/home/ada/.kube/config"]),
            (Some("/a::/b"), &["/a", "/b"]),
        ] {
            let environment = |name: &str| match name {
                "KUBECONFIG" => variable.map(OsString::from),
                "HOME" => Some("/home/ada".into()),
                _ => None,
            };
            let expected: Vec<_> = expected.iter().map(PathBuf::from).collect();
            if cfg!(unix) {
                assert_eq!(paths(&environment), expected, "{variable:?}");
            }
        }
    }
}
