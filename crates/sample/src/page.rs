//! HTML: an article in its site's template, with all that stands round an article on a real page;
//! the front page; the page for what is not there.

use crate::item::Item;
use crate::markup::{Values, escape};
use crate::piece::Block;
use crate::site::{Format, Site};
use serde_json::json;

/// Stands at the foot of every page.
pub(crate) const FOOTER: &str = "An invented article of Tocsin's sample world.";

/// Blocks before the box in the middle of the text.
const BEFORE_BOX: usize = 2;

/// Earlier articles of the site under an article.
const RELATED: usize = 3;

/// An article's page. `earlier` are the site's articles before it, the newest first.
pub(crate) fn article(template: &str, item: &Item<'_>, earlier: &[Item<'_>]) -> String {
    let (piece, site) = (item.piece, item.site);
    let (start, end) = piece.body.split_at(BEFORE_BOX.min(piece.body.len()));
    let related: String = earlier.iter().take(RELATED).map(link_line).collect();
    frame(site)
        .text("lang", item.lang())
        .text("title", item.title)
        .text("summary", &piece.summary)
        .text("url", &item.url)
        .text("section", &piece.section)
        .text("authors", &piece.authors.join(", "))
        .text("byline", &byline(item))
        .text("published", &site.rfc3339(piece.published))
        .text("modified", &site.rfc3339(item.changed()))
        .text("date", &site.local(piece.published, site.word("date")))
        .markup("updated_note", updated_note(item))
        .markup("json_ld", json_ld(item))
        .markup("body_start", blocks(start))
        .markup("body_end", blocks(end))
        .markup("related_links", related)
        .fill(template)
}

/// The site's front page, and its listing: every article, the newest first.
pub(crate) fn front(template: &str, site: &Site, items: &[Item<'_>]) -> String {
    let latest: Vec<String> = items.iter().map(latest_line).collect();
    frame(site)
        .text("lang", &site.source.lang)
        .markup("latest", latest.join("\n"))
        .fill(template)
}

/// The page for an address that the site does not know.
pub(crate) fn not_found(site: &Site) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Not found</title></head>\
         <body><h1>{}</h1><p>There is no such page.</p><footer><p>{FOOTER}</p></footer></body></html>\n",
        escape(&site.source.name)
    )
}

/// HTML of running text, one element a line.
pub(crate) fn blocks(blocks: &[Block]) -> String {
    let lines: Vec<String> = blocks.iter().map(block).collect();
    lines.join("\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("<h2>{}</h2>", escape(text)),
        Block::Paragraph(text) => format!("<p>{}</p>", escape(text)),
    }
}

/// What is the same on all pages of a site.
fn frame(site: &Site) -> Values {
    let nav: String = site.look.nav.iter().map(|word| nav_line(word)).collect();
    let mut values = Values::default();
    for (name, word) in &site.words {
        values = values.text(name, word);
    }
    values
        .text("site_name", &site.source.name)
        .text("tagline", &site.look.tagline)
        .text("footer", FOOTER)
        .markup("nav", nav)
        .markup("discovery", discovery(site))
}

fn nav_line(word: &str) -> String {
    format!("<li><a href=\"/\">{}</a></li>", escape(word))
}

/// Names the feed to whoever looks for it; listings and sitemaps are not announced this way.
fn discovery(site: &Site) -> String {
    let format = site.look.format;
    if matches!(format, Format::Listing | Format::Sitemap) {
        return String::new();
    }
    let kind = format.content_type().split(';').next().unwrap_or_default();
    format!(
        "<link rel=\"alternate\" type=\"{kind}\" title=\"{}\" href=\"{}\">",
        escape(&site.source.name),
        escape(site.list_path())
    )
}

fn link_line(item: &Item<'_>) -> String {
    let path = item.site.path(&item.piece.slug, item.piece.published);
    format!(
        "<li><a href=\"{}\">{}</a></li>",
        escape(&path),
        escape(item.title)
    )
}

fn latest_line(item: &Item<'_>) -> String {
    let (site, published) = (item.site, item.piece.published);
    format!(
        "<li><article><h2><a href=\"{}\">{}</a></h2><time datetime=\"{}\">{}</time><p>{}</p></article></li>",
        escape(&site.path(&item.piece.slug, published)),
        escape(item.title),
        site.rfc3339(published),
        site.local(published, site.word("date")),
        escape(&item.piece.summary)
    )
}

fn byline(item: &Item<'_>) -> String {
    let authors = &item.piece.authors;
    if authors.is_empty() {
        return String::new();
    }
    let gap = if is_dense(item.site) { "" } else { " " };
    let and = format!("{gap}{}{gap}", item.site.word("and"));
    format!("{}{gap}{}", item.site.word("by"), authors.join(&and))
}

/// Whether the site's language writes without spaces.
fn is_dense(site: &Site) -> bool {
    matches!(site.source.lang.as_str(), "zh" | "ja")
}

fn updated_note(item: &Item<'_>) -> String {
    item.modified.map_or_else(String::new, |moment| {
        let site = item.site;
        format!(
            " <span class=\"updated\">{} {}</span>",
            escape(site.word("updated")),
            site.local(moment, site.word("date"))
        )
    })
}

fn json_ld(item: &Item<'_>) -> String {
    let (piece, site) = (item.piece, item.site);
    let person = |name: &String| json!({"@type": "Person", "name": name});
    let card = json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.title,
        "datePublished": site.rfc3339(piece.published),
        "dateModified": site.rfc3339(item.changed()),
        "author": piece.authors.iter().map(person).collect::<Vec<_>>(),
        "publisher": {"@type": "NewsMediaOrganization", "name": site.source.name},
        "articleSection": piece.section,
        "inLanguage": item.lang(),
        "mainEntityOfPage": item.url,
    });
    // So that no text can close the script element.
    card.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Day;
    use crate::World;

    /// Every page of the world on the second day, with its item.
    fn pages(world: &World, check: impl Fn(&Item<'_>, &str)) {
        for source in world.sources() {
            let host = tocsin_core::host_of(&source.url).unwrap();
            let site = world.site_at(&host).unwrap();
            let items = world.items(site, Day::Second);
            for (at, item) in items.iter().enumerate() {
                let template = world.template(&site.look.template);
                check(item, &article(template, item, &items[at + 1..]));
            }
        }
    }

    #[test]
    fn every_page_holds_the_whole_article_and_says_that_it_is_invented() {
        let world = World::load().unwrap();
        pages(&world, |item, page| {
            let slug = &item.piece.slug;
            assert!(page.contains(FOOTER), "{slug}");
            assert!(page.contains(&escape(item.title)), "{slug}");
            assert!(!page.contains("{{"), "{slug}");
            for block in &item.piece.body {
                assert!(page.contains(&escape(block.text())), "{slug}: {block:?}");
            }
            for author in &item.piece.authors {
                assert!(page.contains(author), "{slug}: {author}");
            }
        });
    }

    #[test]
    fn every_page_has_something_to_leave_out() {
        let world = World::load().unwrap();
        pages(&world, |item, page| {
            for word in ["share", "newsletter", "related", "comment", "comment_note"] {
                let text = item.site.word(word);
                assert!(!text.is_empty() && page.contains(&escape(text)), "{word}");
            }
        });
    }

    #[test]
    fn the_card_for_machines_is_json() {
        let world = World::load().unwrap();
        pages(&world, |item, page| {
            let Some((_, rest)) = page.split_once("application/ld+json\">") else {
                assert_ne!(item.site.look.template, "ledger");
                return;
            };
            let json = rest.split("</script>").next().unwrap();
            let card: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(card["headline"], item.title);
        });
    }

    #[test]
    fn bylines_follow_the_language() {
        let world = World::load().unwrap();
        pages(&world, |item, _| match item.piece.slug.as_str() {
            "wire-compute-ceiling" => {
                assert_eq!(byline(item), "By Tobin Achterveld and Ines Harrowgate");
            }
            "puces-plafond-quai" => assert_eq!(byline(item), "Par Apolline Verdanne"),
            "waic-kaimu" => assert_eq!(byline(item), "文／申河科技编辑部"),
            "chip-ceiling-harbour" => assert_eq!(byline(item), ""),
            _ => {}
        });
    }
}
