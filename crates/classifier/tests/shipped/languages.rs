//! The rare tags in seven languages: short stories of our own writing.

use crate::{given, judge, names};

/// Language, title and text.
type Story = (&'static str, &'static str, &'static str);

/// A tag and stories that earn it.
const RARE: &[(&str, &[Story])] = &[
    (
        "chip-restrictions",
        &[
            (
                "en",
                "Ministry tightens licence rules for sales of AI chips abroad",
                "Exporters of advanced AI chips will need a licence for every shipment from May, the commerce ministry said. Makers of lithography tools face the same rule.",
            ),
            (
                "zh",
                "美国收紧先进人工智能芯片出口许可",
                "美国商务部周二公布新规,要求企业向海外出售先进人工智能芯片前取得出口许可证,新规将于下月生效。",
            ),
            (
                "ja",
                "米国、先端AI半導体の輸出規制を強化",
                "米商務省は、先端AI半導体の輸出に許可を義務付ける新たな規制を発表した。製造装置も対象となる。",
            ),
            (
                "ko",
                "미국, 첨단 AI 반도체 수출통제 강화",
                "미국 상무부는 첨단 AI 반도체를 해외에 판매할 때 수출 허가를 받도록 하는 새 규정을 발표했다.",
            ),
            (
                "fr",
                "Washington durcit le contrôle des exportations de puces d'IA",
                "Le département du Commerce exige désormais une licence d'exportation pour les puces d'intelligence artificielle les plus avancées.",
            ),
            (
                "de",
                "Washington verschärft Exportkontrollen für KI-Chips",
                "Das US-Handelsministerium verlangt künftig eine Ausfuhrgenehmigung für jeden Export von KI-Chips der neuesten Generation.",
            ),
            (
                "es",
                "Washington endurece los controles de exportación de chips de IA",
                "El Departamento de Comercio exigirá una licencia de exportación para los semiconductores más avanzados de inteligencia artificial.",
            ),
        ],
    ),
    (
        "export-enforcement",
        &[
            (
                "en",
                "Three charged with smuggling AI chips through shell companies",
                "Prosecutors say the men shipped hundreds of Nvidia GPUs to a buyer on the entity list through shell companies in two countries.",
            ),
            (
                "zh",
                "海关查获走私人工智能芯片,三人被捕",
                "检方指控三人通过空壳公司向受出口管制的买家走私数百块英伟达GPU。",
            ),
            (
                "ja",
                "AI半導体の密輸容疑で3人を起訴",
                "検察によると、3人はペーパーカンパニーを通じて輸出規制の対象となるエヌビディア製の半導体を不正輸出した疑い。",
            ),
            (
                "ko",
                "AI 반도체 밀수 혐의로 3명 기소",
                "검찰은 이들이 유령회사를 통해 수출통제 대상인 엔비디아 GPU를 밀반출했다고 밝혔다.",
            ),
            (
                "fr",
                "Trois personnes inculpées pour contrebande de puces d'IA",
                "Selon le parquet, elles ont contourné les contrôles à l'exportation grâce à des sociétés écrans pour livrer des puces Nvidia.",
            ),
            (
                "de",
                "Drei Männer wegen Schmuggels von KI-Chips angeklagt",
                "Laut Anklage umgingen sie die Exportkontrollen mit Scheinfirmen und lieferten Nvidia-Chips an gesperrte Käufer.",
            ),
            (
                "es",
                "Tres acusados de contrabando de chips de IA",
                "La fiscalía sostiene que usaron empresas pantalla para eludir los controles de exportación y enviar chips de Nvidia.",
            ),
        ],
    ),
    (
        "international-governance",
        &[
            (
                "en",
                "UN members agree on a declaration on AI governance",
                "Delegates from ninety countries adopted a declaration that sets shared commitments on artificial intelligence and founds a scientific panel.",
            ),
            (
                "zh",
                "联合国会员国就人工智能全球治理达成共识",
                "九十个国家的代表通过了一项宣言,就人工智能治理作出共同承诺,并将成立国际科学小组。",
            ),
            (
                "ja",
                "国連、AIガバナンスに関する国際宣言を採択",
                "90カ国の代表がAIに関する国際的な枠組みで合意し、国際協力を進める宣言を採択した。",
            ),
            (
                "ko",
                "유엔 회원국, AI 거버넌스 선언 채택",
                "90개국 대표단이 인공지능에 관한 국제규범과 국제협력을 담은 공동선언에 합의했다.",
            ),
            (
                "fr",
                "L'ONU adopte une déclaration sur la gouvernance de l'IA",
                "Les États membres s'engagent à une coopération internationale sur l'intelligence artificielle et créent un groupe scientifique.",
            ),
            (
                "de",
                "UN-Mitgliedstaaten einigen sich auf Erklärung zur KI-Governance",
                "Vertreter von neunzig Ländern beschlossen gemeinsame Regeln für künstliche Intelligenz und eine internationale Zusammenarbeit.",
            ),
            (
                "es",
                "La ONU adopta una declaración sobre la gobernanza de la IA",
                "Los Estados miembros acordaron principios comunes sobre inteligencia artificial y una cooperación internacional más estrecha.",
            ),
        ],
    ),
    (
        "national-strategy",
        &[
            (
                "en",
                "Government publishes national AI strategy with target for 2030",
                "The action plan sets a budget for public compute, founds a national institute and aims to make the country a leader in artificial intelligence.",
            ),
            (
                "zh",
                "国务院印发人工智能行动计划,提出2030年发展目标",
                "行动计划提出建设国家级算力平台,设立专项资金,加快人工智能人才培养。",
            ),
            (
                "ja",
                "政府、AI国家戦略を決定 2030年の目標を掲げる",
                "政府は人工知能に関する基本計画をまとめ、予算を増やし人材を育てる行動計画を示した。",
            ),
            (
                "ko",
                "정부, 국가 AI 전략 발표…2030년 AI 3강 목표",
                "정부는 인공지능 기본계획을 발표하고 예산을 늘려 인재를 육성하겠다고 밝혔다.",
            ),
            (
                "fr",
                "Le gouvernement présente sa stratégie nationale pour l'IA",
                "Le plan national prévoit un budget pour le calcul public et la formation de talents en intelligence artificielle d'ici 2030.",
            ),
            (
                "de",
                "Bundesregierung beschließt nationale KI-Strategie",
                "Der Aktionsplan sieht Fördermittel für Rechenzentren und Fachkräfte der künstlichen Intelligenz bis 2030 vor.",
            ),
            (
                "es",
                "El Gobierno presenta la estrategia nacional de inteligencia artificial",
                "El plan nacional fija un presupuesto para computación pública y formación de talento en IA hasta 2030.",
            ),
        ],
    ),
    (
        "sovereign-ai",
        &[
            (
                "en",
                "Country builds sovereign AI cloud to reduce dependence on foreign providers",
                "The government will train its own language model on a sovereign cloud run at home, so that public data never leaves the country.",
            ),
            (
                "zh",
                "多国打造主权人工智能,减少对外国模型的依赖",
                "该国政府将建设主权云并训练本土大模型,以摆脱依赖外国供应商。",
            ),
            (
                "ja",
                "政府、国産AIの開発へ 海外依存を減らす",
                "ソブリンAIの基盤として国産の大規模言語モデルと国内クラウドを整備し、デジタル主権を確保する。",
            ),
            (
                "ko",
                "정부, 소버린 AI 구축… 해외 의존 줄인다",
                "정부는 독자 파운데이션 모델과 국산 클라우드로 AI 주권을 확보하겠다고 밝혔다.",
            ),
            (
                "fr",
                "L'État mise sur une IA souveraine pour réduire sa dépendance",
                "Un cloud souverain et un modèle de langage national doivent garantir la souveraineté numérique du pays.",
            ),
            (
                "de",
                "Land baut souveräne KI auf, um unabhängiger zu werden",
                "Eine souveräne Cloud und ein eigenes Sprachmodell sollen die digitale Souveränität sichern.",
            ),
            (
                "es",
                "El país construye una IA soberana para reducir su dependencia",
                "Una nube soberana y un modelo de lenguaje propio garantizarán la soberanía digital, dice el Gobierno.",
            ),
        ],
    ),
];

#[test]
fn rare_tags_are_given_in_every_language() {
    let mut missed = Vec::new();
    for (tag, stories) in RARE {
        for (lang, title, text) in *stories {
            let got = judge(title, text, Some(lang));
            assert!(got.relevant, "{lang} {title}");
            if !given(&got, tag) {
                missed.push(format!(
                    "{tag} {lang}: {:?} {:?}",
                    got.scores.get(*tag),
                    names(&got)
                ));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
