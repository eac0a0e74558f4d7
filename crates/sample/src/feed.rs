//! The forms in which the sites list their articles. Every function takes the site and its items,
//! the newest first, and gives a whole document.

use crate::item::Item;
use crate::markup::escape;
use crate::page::blocks;
use crate::site::{Format, Site};
use serde_json::json;

const XML: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

/// What the torn feed ends with: an item of which nothing can be kept.
const TORN_END: &str = "<item>\n<title>From the archive: the winter the river fro";

/// The document for every form but the HTML listing, which is a page: `None` for that.
pub(crate) fn render(site: &Site, items: &[Item<'_>]) -> Option<String> {
    Some(match site.look.format {
        Format::Rss => rss(site, items),
        Format::BrokenRss => tear(&rss(site, items)),
        Format::Rdf => rdf(site, items),
        Format::Atom => atom(site, items),
        Format::Json => json_feed(site, items),
        Format::Sitemap => sitemap(site, items),
        Format::Listing => return None,
    })
}

fn rss(site: &Site, items: &[Item<'_>]) -> String {
    let items: String = items.iter().map(rss_item).collect();
    format!(
        "{XML}<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n<title>{}</title>\n\
         <link>{}</link>\n<description>{}</description>\n<language>{}</language>\n{items}\
         </channel>\n</rss>\n",
        escape(&site.source.name),
        escape(&site.source.site),
        escape(&site.look.tagline),
        escape(&site.source.lang),
    )
}

fn rss_item(item: &Item<'_>) -> String {
    let piece = item.piece;
    let creators: String = piece
        .authors
        .iter()
        .map(|name| format!("<dc:creator>{}</dc:creator>\n", escape(name)))
        .collect();
    let content = full_text(item).map_or_else(String::new, |html| {
        format!("<content:encoded>{}</content:encoded>\n", escape(&html))
    });
    format!(
        "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"false\">{}</guid>\n\
         <pubDate>{}</pubDate>\n{creators}<category>{}</category>\n\
         <description>{}</description>\n{content}</item>\n",
        escape(item.title),
        escape(&item.link()),
        escape(&guid(item)),
        item.site.local(piece.published, "%a, %d %b %Y %H:%M:%S %z"),
        escape(&piece.section),
        escape(&piece.summary),
    )
}

/// Ill-formed as old home-made feeds are: a bare ampersand in the middle, and no end. Every item of
/// ours is whole in it.
fn tear(feed: &str) -> String {
    let whole = feed.split("</channel>").next().unwrap_or(feed);
    whole.replace("&amp;", "&") + TORN_END
}

fn rdf(site: &Site, items: &[Item<'_>]) -> String {
    let seq: String = items
        .iter()
        .map(|item| format!("<rdf:li rdf:resource=\"{}\"/>\n", escape(&item.link())))
        .collect();
    let items: String = items.iter().map(rdf_item).collect();
    format!(
        "{XML}<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel rdf:about=\"{}\">\n<title>{}</title>\n<link>{}</link>\n\
         <description>{}</description>\n<items>\n<rdf:Seq>\n{seq}</rdf:Seq>\n</items>\n</channel>\n\
         {items}</rdf:RDF>\n",
        escape(&site.source.url),
        escape(&site.source.name),
        escape(&site.source.site),
        escape(&site.look.tagline),
    )
}

fn rdf_item(item: &Item<'_>) -> String {
    let link = escape(&item.link());
    format!(
        "<item rdf:about=\"{link}\">\n<title>{}</title>\n<link>{link}</link>\n\
         <description>{}</description>\n<dc:creator>{}</dc:creator>\n<dc:date>{}</dc:date>\n\
         <dc:subject>{}</dc:subject>\n<dc:language>{}</dc:language>\n</item>\n",
        escape(item.title),
        escape(&item.piece.summary),
        escape(&item.piece.authors.join(", ")),
        item.site.rfc3339(item.piece.published),
        escape(&item.piece.section),
        escape(item.lang()),
    )
}

fn atom(site: &Site, items: &[Item<'_>]) -> String {
    let changed = items.iter().map(Item::changed).max();
    let updated = changed.map_or_else(String::new, |moment| {
        format!("<updated>{}</updated>\n", site.rfc3339(moment))
    });
    let entries: String = items.iter().map(atom_entry).collect();
    format!(
        "{XML}<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<title>{}</title>\n\
         <subtitle>{}</subtitle>\n<id>{url}</id>\n<link rel=\"self\" href=\"{url}\"/>\n\
         <link rel=\"alternate\" href=\"{}\"/>\n{updated}{entries}</feed>\n",
        escape(&site.source.lang),
        escape(&site.source.name),
        escape(&site.look.tagline),
        escape(&site.source.site),
        url = escape(&site.source.url),
    )
}

fn atom_entry(item: &Item<'_>) -> String {
    let piece = item.piece;
    let authors: String = piece
        .authors
        .iter()
        .map(|name| format!("<author><name>{}</name></author>\n", escape(name)))
        .collect();
    let content = full_text(item).map_or_else(String::new, |html| {
        format!("<content type=\"html\">{}</content>\n", escape(&html))
    });
    format!(
        "<entry xml:lang=\"{}\">\n<title>{}</title>\n<id>{}</id>\n<link rel=\"alternate\" href=\"{}\"/>\n\
         <published>{}</published>\n<updated>{}</updated>\n{authors}<category term=\"{}\"/>\n\
         <summary>{}</summary>\n{content}</entry>\n",
        escape(item.lang()),
        escape(item.title),
        escape(&guid(item)),
        escape(&item.link()),
        item.site.rfc3339(piece.published),
        item.site.rfc3339(item.changed()),
        escape(&piece.section),
        escape(&piece.summary),
    )
}

fn json_feed(site: &Site, items: &[Item<'_>]) -> String {
    let items: Vec<serde_json::Value> = items.iter().map(json_item).collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.source.name,
        "home_page_url": site.source.site,
        "feed_url": site.source.url,
        "description": site.look.tagline,
        "language": site.source.lang,
        "items": items,
    });
    format!("{feed:#}\n")
}

fn json_item(item: &Item<'_>) -> serde_json::Value {
    let piece = item.piece;
    let author = |name: &String| json!({"name": name});
    json!({
        "id": guid(item),
        "url": item.link(),
        "title": item.title,
        "summary": piece.summary,
        "content_html": blocks(&piece.body),
        "date_published": item.site.rfc3339(piece.published),
        "date_modified": item.site.rfc3339(item.changed()),
        "authors": piece.authors.iter().map(author).collect::<Vec<_>>(),
        "tags": [piece.section],
        "language": item.lang(),
    })
}

fn sitemap(site: &Site, items: &[Item<'_>]) -> String {
    let urls: String = items.iter().map(|item| sitemap_url(site, item)).collect();
    format!(
        "{XML}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n{urls}</urlset>\n"
    )
}

fn sitemap_url(site: &Site, item: &Item<'_>) -> String {
    format!(
        "<url>\n<loc>{}</loc>\n<lastmod>{}</lastmod>\n<news:news>\n<news:publication>\
         <news:name>{}</news:name><news:language>{}</news:language></news:publication>\n\
         <news:publication_date>{}</news:publication_date>\n<news:title>{}</news:title>\n\
         </news:news>\n</url>\n",
        escape(&item.link()),
        site.rfc3339(item.changed()),
        escape(&site.source.name),
        escape(item.lang()),
        site.rfc3339(item.piece.published),
        escape(item.title),
    )
}

fn full_text(item: &Item<'_>) -> Option<String> {
    item.site.look.full_text.then(|| blocks(&item.piece.body))
}

/// A tag URI (RFC 4151): the site's own id for the article.
fn guid(item: &Item<'_>) -> String {
    format!("tag:{},2026:{}", item.site.host, item.piece.slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Day;
    use crate::World;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    fn document(world: &World, id: &str, day: Day) -> (String, Vec<String>) {
        let host = world.sources().find(|s| s.id.as_str() == id).unwrap();
        let site = world
            .site_at(&tocsin_core::host_of(&host.url).unwrap())
            .unwrap();
        let items = world.items(site, day);
        let titles = items.iter().map(|item| item.title.to_owned()).collect();
        (render(site, &items).unwrap(), titles)
    }

    /// Well-formed XML closes all it opens and knows only XML's own entities.
    fn well_formed(xml: &str) -> Result<(), String> {
        let mut reader = Reader::from_str(xml);
        let mut depth = 0_i32;
        loop {
            match reader.read_event().map_err(|e| e.to_string())? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::GeneralRef(name)
                    if !["amp", "lt", "gt", "quot", "apos"].contains(&&*name) =>
                {
                    return Err(format!("unknown entity {}", &*name));
                }
                Event::Eof if depth == 0 => return Ok(()),
                Event::Eof => return Err("cut off".to_owned()),
                _ => {}
            }
        }
    }

    #[test]
    fn every_feed_parses_and_lists_the_articles_of_the_day() {
        let world = World::load().unwrap();
        for id in [
            "int-meridian-wire",
            "us-potomac-ledger",
            "fr-le-quai",
            "jp-minato-review",
            "gb-harbour-post",
            "cn-shenhe-tech",
            "eu-rond-point",
            "sg-straits-circuit",
        ] {
            for day in Day::ALL {
                let (text, titles) = document(&world, id, day);
                let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
                let listed: Vec<String> = feed
                    .entries
                    .iter()
                    .map(|entry| entry.title.as_ref().unwrap().content.clone())
                    .collect();
                assert_eq!(listed, titles, "{id} {day:?}");
                assert!(feed.entries.iter().all(|e| e.published.is_some()), "{id}");
            }
        }
    }

    #[test]
    fn all_xml_but_the_torn_feed_is_well_formed() {
        let world = World::load().unwrap();
        for source in world.sources() {
            let id = source.id.as_str();
            if matches!(id, "eu-rond-point" | "int-northfield-institute") {
                continue;
            }
            let verdict = well_formed(&document(&world, id, Day::Second).0);
            assert_eq!(verdict.is_ok(), id != "gb-fenland-echo", "{id} {verdict:?}");
        }
    }

    #[test]
    fn the_torn_feed_is_ill_formed_in_the_middle_and_cut_off_at_the_end() {
        let world = World::load().unwrap();
        let (text, titles) = document(&world, "gb-fenland-echo", Day::First);
        let (before, after) = text
            .split_once("<title>Marshwick & District votes")
            .unwrap();
        assert!(before.contains("</item>") && after.contains("<item>"));
        assert_eq!(text.matches("& ").count(), 1);
        assert!(text.ends_with("fro"));
        assert_eq!(text.matches("</item>").count(), titles.len());
    }

    #[test]
    fn the_sitemap_gives_title_and_date_of_each_article() {
        let world = World::load().unwrap();
        let (text, titles) = document(&world, "us-docket-record", Day::First);
        assert_eq!(text.matches("<url>").count(), titles.len());
        assert!(text.contains("<news:publication_date>2026-10-05T11:20:00-04:00<"));
        assert!(text.contains("Docket &amp; Record"));
    }

    #[test]
    fn an_edit_changes_title_but_not_guid() {
        let world = World::load().unwrap();
        let (first, _) = document(&world, "us-potomac-ledger", Day::First);
        let (second, _) = document(&world, "us-potomac-ledger", Day::Second);
        let guid = "tag:www.potomac-ledger.example,2026:commerce-compute-ceiling";
        assert!(first.contains(guid) && second.contains(guid));
        assert!(first.contains("writes a head count") && !first.contains("chip head count"));
        assert!(second.contains("chip head count") && !second.contains("writes a head count"));
        assert!(second.contains("?utm_source=rss&amp;utm_medium=feed</link>"));
    }
}
