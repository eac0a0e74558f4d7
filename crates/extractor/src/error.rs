//! Why a page gave no article, each in a sentence that a reader of `sources list` can act on.

use crate::instead::Wall;
use thiserror::Error;

/// A page that gives no article.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExtractError {
    /// A picture, a PDF, an archive: nothing that holds HTML or text.
    #[error("the page is no HTML but {content_type}; only web pages and plain text can be read")]
    NotHtml {
        /// What it is, as the server or its first bytes say.
        content_type: String,
    },
    /// Not one visible character.
    #[error("the page is empty; the server may have cut it off, so try again later")]
    Empty,
    /// A shell that a browser would fill by running its scripts.
    #[error(
        "the page holds scripts and no text; it needs a browser, so look for a feed that carries the text"
    )]
    NeedsBrowser,
    /// Markup that would cost more memory than any real page.
    #[error("the page's markup is too deep or too tangled to read within bounds")]
    TooTangled,
    /// A set of frames, each with a page of its own.
    #[error("the page is a set of frames; read the address of one of them: {}", frames.join(" "))]
    Frameset {
        /// The addresses of the first ones.
        frames: Vec<String>,
    },
    /// The server says that there is nothing, in words and not by its status.
    #[error("the page says that what was asked for is not there; the address may be old")]
    NotFound,
    /// Something stands before the article.
    #[error(
        "the page shows {0} in place of an article; look for a feed of this site, or ask it for access"
    )]
    Wall(Wall),
    /// A page that announces others.
    #[error(
        "the page is a list of other pages; read those, or add it as a source of kind \"listing\""
    )]
    List,
    /// HTML with text, and no article in it: a front page, a form.
    #[error("no article was found on the page; it may be a front page or a form")]
    NoArticle,
    /// The address is not an absolute `http` or `https` address, so the article would have no id.
    #[error("`{url}` is no absolute web address; give the one that the page was read at")]
    BadUrl {
        /// The address as it was given.
        url: String,
    },
}
