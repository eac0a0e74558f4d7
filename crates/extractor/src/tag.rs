//! The elements of HTML, as far as they matter for finding text.

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Tag {
    P,
    Div,
    Article,
    Main,
    Section,
    Aside,
    Nav,
    Header,
    Footer,
    Figure,
    FigCaption,
    Form,
    Table,
    Row,
    Cell,
    List,
    Item,
    /// `<dl>` and its parts.
    Definition,
    Quote,
    Pre,
    H1,
    H2,
    H3,
    /// `<h4>` to `<h6>`.
    H4,
    Button,
    Label,
    Br,
    /// Other elements that end a line.
    Block,
    A,
    /// `<b>`, `<strong>`, `<i>`, `<em>`.
    Stress,
    Time,
    Span,
    /// Other elements within a line.
    Inline,
    /// Pictures and other elements that hold no text of their own.
    Picture,
    /// Elements whose text no reader sees.
    Unseen,
}

impl Tag {
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "p" => Self::P,
            "div" => Self::Div,
            "article" => Self::Article,
            "main" => Self::Main,
            "section" => Self::Section,
            "aside" => Self::Aside,
            "nav" => Self::Nav,
            "header" => Self::Header,
            "footer" => Self::Footer,
            "figure" => Self::Figure,
            "figcaption" => Self::FigCaption,
            "form" => Self::Form,
            "table" | "thead" | "tbody" | "tfoot" => Self::Table,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "ul" | "ol" | "menu" => Self::List,
            "li" => Self::Item,
            "dl" | "dt" | "dd" => Self::Definition,
            "blockquote" => Self::Quote,
            "pre" => Self::Pre,
            "h1" => Self::H1,
            "h2" => Self::H2,
            "h3" => Self::H3,
            "h4" | "h5" | "h6" => Self::H4,
            "button" => Self::Button,
            "label" | "legend" | "fieldset" => Self::Label,
            "br" => Self::Br,
            "a" => Self::A,
            "b" | "strong" | "i" | "em" => Self::Stress,
            "time" => Self::Time,
            "span" => Self::Span,
            "abbr" | "bdi" | "bdo" | "cite" | "code" | "data" | "del" | "dfn" | "font" | "ins"
            | "kbd" | "mark" | "q" | "ruby" | "rb" | "rt" | "rp" | "s" | "samp" | "small"
            | "strike" | "sub" | "sup" | "tt" | "u" | "var" | "wbr" | "big" | "acronym"
            | "nobr" => Self::Inline,
            "img" | "picture" | "source" | "amp-img" => Self::Picture,
            "script" | "style" | "noscript" | "template" | "head" | "title" | "textarea"
            | "select" | "option" | "iframe" | "svg" | "video" | "object" | "embed" | "canvas"
            | "audio" | "datalist" | "noframes" | "meta" | "link" => Self::Unseen,
            _ => Self::Block,
        }
    }

    /// Whether text goes on in the same line across its borders.
    pub(crate) fn is_inline(self) -> bool {
        matches!(
            self,
            Self::A
                | Self::Stress
                | Self::Time
                | Self::Span
                | Self::Inline
                | Self::Br
                | Self::Picture
                | Self::Unseen
        )
    }

    pub(crate) fn is_heading(self) -> bool {
        matches!(self, Self::H1 | Self::H2 | Self::H3 | Self::H4)
    }
}
