//! Words by which a page names its news, and all of them.

/// Words for lists of news, in addresses and in the names of links.
pub(super) const NEWS: &str = "news newsroom press media releases announcements updates latest stories blog articles insights publications \
    statements aktuelles aktuell presse meldungen nachrichten pressemitteilungen actualites actualités actualite \
    communiques communiqués noticias prensa comunicados imprensa notizie comunicati stampa nieuws nyheter nyheder \
    uutiset aktualnosci aktualności novinky tiskove spravy hirek hírek vijesti stiri știri haberler duyurular berita \
    siaran новости пресса новини novosti ειδήσεις أخبار الأخبار بيانات חדשות समाचार ข่าว pressroom pers duyuru haber \
    tin tức thông ανακοινώσεις дописи повідомлення komunikaty közlemények comunicate pressmeddelanden aktuellt \
    aktuelt ajankohtaista novedades actualidad novidades notícias aktuality δελτία deltia νέα tiedotteet \
    pressemeldinger pressemeddelelser";

/// The same where words are not divided by spaces.
pub(super) const NEWS_CJK: &str = "新闻 新聞 要闻 资讯 動態 动态 公告 通知 政策 发布 發布 ニュース 新着 お知らせ 報道 プレス 最新情報 보도자료 소식 뉴스 공지 새소식";

/// "All of them", below a few of a list.
pub(super) const ALL: &str = "all more alle mehr weitere tous toutes plus todas todos tutte tutti meer fler flere kaikki wszystkie więcej \
    všechny összes toate tümü tümünü semua tất все усі όλα הכל सभी ทั้งหมด";

/// The same where words are not divided by spaces.
pub(super) const ALL_CJK: &str = "更多 全部 一覧 もっと 더보기 전체 المزيد";

/// Parts of addresses that say nothing of what lies there.
pub(super) const EMPTY_PARTS: &str = "index default pages home list en web guest";

/// Whether a word is one of a list.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// Whether a text holds a word of a list.
pub(super) fn holds(text: &str, list: &str) -> bool {
    list.split_whitespace().any(|known| text.contains(known))
}
