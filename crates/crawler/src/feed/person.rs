//! A person out of one line: `Name <mail>`, `mail (Name)`, `Name (mail)`, or only one of them.

use super::Person;

/// Reads the line; what is not a mail address is the name.
pub(super) fn parse(line: &str) -> Person {
    let cleaned = line.replace("mailto:", "");
    let separators = |c: char| c.is_whitespace() || "()<>[],;\"".contains(c);
    let email = cleaned
        .split(separators)
        .find(|word| is_mail(word))
        .map(str::to_owned);
    let rest = match &email {
        Some(email) => cleaned.replacen(email.as_str(), "", 1),
        None => cleaned,
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let name = words.join(" ");
    let name = match &email {
        Some(_) => name.trim_matches(|c: char| c.is_whitespace() || "()<>[],;\"".contains(c)),
        None => name.as_str(),
    };
    Person {
        name: (!name.is_empty()).then(|| name.to_owned()),
        email,
        uri: None,
    }
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.contains('@') && host.trim_matches('.').contains('.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_mail_are_told_apart() {
        for line in [
            "Ada Bell <ada@b.example>",
            "ada@b.example (Ada Bell)",
            "Ada Bell (mailto:ada@b.example)",
        ] {
            let person = parse(line);
            assert_eq!(person.name.as_deref(), Some("Ada Bell"), "{line}");
            assert_eq!(person.email.as_deref(), Some("ada@b.example"), "{line}");
        }
        assert_eq!(
            parse("Press office (Bonn)").name.as_deref(),
            Some("Press office (Bonn)")
        );
        assert_eq!(parse(" ").name, None);
    }
}
