//! Texts with `${…}` in them: what is written there, and what only Terraform, CloudFormation or the call knows.

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Written(&'a str),
    /// What stands between `${` and its `}`.
    Open(&'a str),
}

pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (vec![], text);
    while let Some(start) = rest.find("${") {
        let Some(length) = closing(&rest[start + 2..]) else { break };
        if start > 0 {
            pieces.push(Piece::Written(&rest[..start]));
        }
        pieces.push(Piece::Open(&rest[start + 2..start + 2 + length]));
        rest = &rest[start + 2 + length + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Written(rest));
    }
    pieces
}

/// Where the brace is that closes what is open already.
pub(super) fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    text.char_indices()
        .find(|(_, letter)| {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        })
        .map(|(at, _)| at)
}

/// Whether a part of it is only known to Terraform or at the time of the call.
pub(super) fn open(text: &str) -> bool {
    text.contains("${")
}

/// Only what is written.
pub(super) fn outside(text: &str) -> String {
    let written = |piece| match piece {
        Piece::Written(text) => text,
        Piece::Open(_) => "",
    };
    pieces(text).into_iter().map(written).collect()
}

/// With `*` for each `${…}`: what it could be. `${*}`, `${?}` and `${$}` are those signs themselves.
pub(super) fn opened(text: &str) -> String {
    let open = |piece| match piece {
        Piece::Written(text) | Piece::Open(text @ ("*" | "?" | "$")) => text,
        Piece::Open(_) => "*",
    };
    pieces(text).into_iter().map(open).collect()
}

/// The expression, where a text is nothing else.
pub(super) fn whole(text: &str) -> Option<&str> {
    match pieces(text).as_slice() {
        [Piece::Open(inner)] => Some(inner),
        _ => None,
    }
}

/// An expression without its `${}`, any other text as it is.
pub(super) fn bare(text: &str) -> &str {
    whole(text).unwrap_or(text)
}

/// Whether an expression is a variable of a policy, such as `aws:username`, in contrast to Terraform's.
pub(super) fn is_variable(inner: &str) -> bool {
    let key = inner.split(',').next().unwrap_or_default().trim();
    // `AWS::AccountId` is CloudFormation's.
    key.contains(':') && !key.contains("::") && !key.contains(['(', '"', ' ', '?'])
}

/// Whether there are parts that somebody puts in before AWS sees the policy.
pub(super) fn is_unfinished(text: &str) -> bool {
    pieces(text)
        .iter()
        .any(|piece| matches!(piece, Piece::Open(inner) if !is_variable(inner) && !"*?$".contains(inner)))
}

/// The two halves of a condition key: `oidc.example.org` and `sub`, `aws` and `PrincipalTag/acme:team`. A key without
/// a colon is all claim.
pub(super) fn key_parts(key: &str) -> (&str, &str) {
    let first = key.split_once(':').filter(|(prefix, _)| {
        ["aws", "sts", "saml"].iter().any(|global| prefix.eq_ignore_ascii_case(global))
    });
    first.or_else(|| last_colon(key).map(|at| (&key[..at], &key[at + 1..]))).unwrap_or(("", key))
}

/// The last colon that is not within `${…}`.
fn last_colon(key: &str) -> Option<usize> {
    let mut end = key.len();
    for piece in pieces(key).into_iter().rev() {
        match piece {
            Piece::Written(text) => match text.rfind(':') {
                Some(at) => return Some(end - text.len() + at),
                None => end -= text.len(),
            },
            Piece::Open(inner) => end -= inner.len() + "${}".len(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_within_braces_belong_together() {
        let text = "a${replace(x[\"${b}\"], \"https://\", \"\")}:${*}c${";
        assert_eq!(outside(text), "a:c${");
        assert_eq!(opened(text), "a*:*c${");
        assert_eq!(whole("${a.b}"), Some("a.b"));
        assert_eq!(whole("${a}${b}"), None);
        assert_eq!(
            bare("ec2.${data.aws_partition.current.dns_suffix}"),
            "ec2.${data.aws_partition.current.dns_suffix}"
        );
    }

    #[test]
    fn a_key_is_parted_where_its_kind_ends() {
        for (key, prefix, claim) in [
            ("oidc.example.org:8443/a:sub", "oidc.example.org:8443/a", "sub"),
            ("aws:PrincipalTag/acme:team", "aws", "PrincipalTag/acme:team"),
            ("SAML:aud", "SAML", "aud"),
            ("${replace(x, \"https://\", \"\")}:sub", "${replace(x, \"https://\", \"\")}", "sub"),
            ("${x ? \"a:b\" : c}", "", "${x ? \"a:b\" : c}"),
            ("sub", "", "sub"),
        ] {
            assert_eq!(key_parts(key), (prefix, claim), "{key}");
        }
    }

    #[test]
    fn variables_of_a_policy_are_finished() {
        assert!(!is_unfinished("home/${aws:username}/${*}"));
        assert!(is_unfinished("${AWS::AccountId}") && is_unfinished("${var.x}") && !is_unfinished("plain"));
    }
}
