//! The dialects' names: which element of which namespace means which field.

/// A field of a feed or an entry, whatever its dialect calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Link,
    Id,
    Summary,
    Content,
    Subtitle,
    Updated,
    Published,
    Author,
    Category,
    Keywords,
    Enclosure,
    Language,
    Ttl,
    SkipHour,
    SkipDay,
    UpdatePeriod,
    UpdateFrequency,
}

/// The namespaces that tell something; their prefixes are free, so addresses decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// RSS and Atom of any version, and elements without a namespace.
    Native,
    Dc,
    DcTerms,
    Content,
    Media,
    Itunes,
    Syndication,
    Xhtml,
    Other,
}

impl Ns {
    /// By the namespace's address; Native only for addresses that feeds are known to use.
    pub(super) fn of_address(address: &str) -> Self {
        let address = address
            .trim()
            .trim_end_matches(['/', '#'])
            .to_ascii_lowercase();
        let host_and_path = address
            .split_once("://")
            .map_or(address.as_str(), |(_, rest)| rest);
        match host_and_path {
            ""
            | "purl.org/rss/1.0"
            | "my.netscape.com/rdf/simple/0.9"
            | "channel.netscape.com/rdf/simple/0.9"
            | "www.w3.org/2005/atom"
            | "purl.org/atom/ns"
            | "purl.org/atom/1.0"
            | "purl.org/pie"
            | "purl.org/echo"
            | "purl.org/net/rss1.1" => Self::Native,
            "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" => Self::Dc,
            "purl.org/dc/terms" => Self::DcTerms,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "search.yahoo.com/mrss" => Self::Media,
            "www.itunes.com/dtds/podcast-1.0.dtd" => Self::Itunes,
            "purl.org/rss/1.0/modules/syndication" => Self::Syndication,
            "www.w3.org/1999/xhtml" => Self::Xhtml,
            _ if host_and_path.starts_with("backend.userland.com/rss")
                || host_and_path.starts_with("blogs.law.harvard.edu/tech/rss") =>
            {
                Self::Native
            }
            _ => Self::Other,
        }
    }

    /// By a prefix that the document forgot to declare.
    pub(super) fn of_prefix(prefix: &str) -> Self {
        match prefix {
            "" | "rss" | "atom" | "a10" => Self::Native,
            "dc" => Self::Dc,
            "dcterms" => Self::DcTerms,
            "content" => Self::Content,
            "media" => Self::Media,
            "itunes" => Self::Itunes,
            "sy" => Self::Syndication,
            "xhtml" => Self::Xhtml,
            _ => Self::Other,
        }
    }
}

/// What an element means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The feed itself; its children are the feed's fields and entries.
    Feed,
    /// An entry.
    Entry,
    /// A wrapper whose children count as if it were not there.
    Wrapper,
    /// A field.
    Field(Field),
    /// A field that counts only where no better one stands.
    Weak(Field),
    /// Nothing: left out with all that it holds.
    Nothing,
}

/// What an element means; `local` is in lower case, `in_entry` tells where it stands.
pub(super) fn meaning(ns: Ns, local: &str, in_entry: bool) -> Meaning {
    use Field::*;
    use Meaning::{Field as Strong, Weak};
    let described = if in_entry { Summary } else { Subtitle };
    match (ns, local) {
        (Ns::Native, "rss" | "feed" | "channel") | (_, "rdf") => Meaning::Feed,
        (Ns::Native, "item" | "entry") => Meaning::Entry,
        (Ns::Media, "group") => Meaning::Wrapper,
        (Ns::Native, "title") => Strong(Title),
        (Ns::Native, "link") => Strong(Link),
        (Ns::Native, "id" | "guid") => Strong(Id),
        (Ns::Native, "description" | "summary" | "abstract") => Strong(described),
        (Ns::Native, "subtitle" | "tagline") if !in_entry => Strong(Subtitle),
        (Ns::Native, "content" | "fullitem" | "body") if in_entry => Strong(Content),
        (Ns::Native, "updated" | "modified" | "lastbuilddate") => Strong(Updated),
        (Ns::Native, "published" | "issued" | "pubdate") => Strong(Published),
        (Ns::Native, "author" | "managingeditor") => Strong(Author),
        (Ns::Native, "category") => Strong(Category),
        (Ns::Native, "tags" | "keywords") => Strong(Keywords),
        (Ns::Native, "enclosure") => Strong(Enclosure),
        (Ns::Native, "language") | (Ns::Dc, "language") => Strong(Language),
        (Ns::Native, "skiphours" | "skipdays") if !in_entry => Meaning::Wrapper,
        (Ns::Native, "ttl") if !in_entry => Strong(Ttl),
        (Ns::Native, "hour") if !in_entry => Strong(SkipHour),
        (Ns::Native, "day") if !in_entry => Strong(SkipDay),
        (Ns::Syndication, "updateperiod") => Strong(UpdatePeriod),
        (Ns::Syndication, "updatefrequency") => Strong(UpdateFrequency),
        (Ns::Dc, "title") | (Ns::Media, "title") | (Ns::Itunes, "title") => Weak(Title),
        (Ns::Dc, "creator" | "author") => Strong(Author),
        (Ns::Dc, "subject") | (Ns::Media, "category") | (Ns::Itunes, "category") => {
            Strong(Category)
        }
        (Ns::Dc, "description") | (Ns::Media, "description") | (Ns::Itunes, "summary") => {
            Weak(described)
        }
        (Ns::Dc, "date") => Weak(Updated),
        (Ns::Dc, "identifier") => Weak(Id),
        (Ns::DcTerms, "modified") => Strong(Updated),
        (Ns::DcTerms, "issued") => Strong(Published),
        (Ns::Content, "encoded") => Strong(Content),
        (Ns::Xhtml, "body" | "div") if in_entry => Strong(Content),
        (Ns::Itunes, "subtitle") if !in_entry => Weak(Subtitle),
        (Ns::Itunes, "author") => Weak(Author),
        (Ns::Itunes, "keywords") | (Ns::Media, "keywords") => Strong(Keywords),
        _ => Meaning::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_what_its_namespace_and_place_say() {
        let dc = Ns::of_address("http://purl.org/dc/elements/1.1/");
        assert_eq!(meaning(dc, "creator", true), Meaning::Field(Field::Author));
        assert_eq!(
            meaning(Ns::Native, "description", true),
            Meaning::Field(Field::Summary)
        );
        assert_eq!(
            meaning(Ns::Native, "description", false),
            Meaning::Field(Field::Subtitle)
        );
        assert_eq!(
            meaning(Ns::of_address("https://x.example/ns"), "title", true),
            Meaning::Nothing
        );
        assert_eq!(Ns::of_address("HTTP://www.w3.org/2005/Atom"), Ns::Native);
    }
}
