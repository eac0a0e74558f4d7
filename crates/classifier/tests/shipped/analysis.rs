//! Long articles: a paragraph about a matter earns its tag deep in the text, a word in passing does not.

use crate::{given, judge, names};

const TITLE: &str = "Beijing and Washington court the world at rival AI gatherings";

/// An analysis of our own writing; each paragraph is about one thing.
const ANALYSIS: &str = "\
The hall by the river was full on the first morning of the World AI Conference, where China showed what it has built \
and whom it wants as customers. Delegates from dozens of countries walked past humanoid robots and rows of servers, \
while officials spoke of a new balance between the powers of artificial intelligence and of friends to be made.
Few visitors had come for the machines alone. The talk in the corridors was about who will write the standards, who \
will sell the computing power, and whether a middle power can stay on good terms with both sides for much longer than \
the next product cycle or the next election.
A start-up from Hangzhou used the occasion to announce a new AI model that matches the best systems of the West in \
coding and reasoning tests, at a tenth of the price. A second laboratory unveiled its latest model a day later and \
promised a smaller version for phones before the end of the year.
Buyers from abroad liked the price more than the polish. A bank from the Gulf tried both for a week and found that one \
of them was good at contracts and bad at jokes; a telephone company from the Andes wanted to know who would answer at \
night when something broke. The booths were staffed by young engineers who promised everything and wrote down little.
Both are open-weight models. Anyone may download the weights, adapt the model and run it at home, and the licence asks \
for nothing but a mention. The debate over open-source AI has turned with them: what was a hobby of programmers is now \
the way in which most of the world meets the technology.
A week is a short time for such matters. The guests from the islands had flown for thirty hours and wished to see a \
garden; the guests from the mountains had brought their own tea and were glad of it. On the second day it rained, the \
queue at the door was long, and the man with the umbrellas sold more in an hour than most of the booths did all week, \
which he told everyone who would listen.
For governments that is an offer. Three countries in Central Asia said they would build sovereign AI on such models, \
with their own language model trained on a sovereign cloud at home, to reduce their dependence on foreign suppliers and \
to keep public data inside their borders.
The other side has answered with rules. The United States restricts the export of advanced AI chips to China, and the \
commerce department tightened the export controls again in spring, so that every licence for a GPU of the newest kind \
is now decided by hand and most requests are refused.
Companies have learnt to live with that. Some rent their machines in other places, some buy what is allowed and use \
more of it, and some wait. A manager who has sold servers for thirty years said that he had stopped reading the notices \
himself and paid a lawyer to read them for him, at a price for which he could have hired two salesmen in a good year.
The controls leak. Prosecutors in two states charged traders with smuggling banned Nvidia chips through shell companies \
in third countries, customs seized crates with false papers, and a firm that had helped to circumvent the export \
controls was put on the entity list last month.
Both capitals also wrote plans. China published an action plan with a target for 2030 and money for a national \
computing network; the White House has a national AI strategy of its own, which names leadership in artificial \
intelligence as the aim and promises a budget for research institutes.
On the last day the premier proposed a new international organization for AI cooperation. The declaration speaks of \
global governance of AI, of shared rules between states and of help for the global south; the United Nations welcomed \
it, and member states are to hold talks on a framework in autumn.
In the evenings the talk moved to the restaurants along the old port, where the tables were full and the waiters knew \
nothing of it. An old hand who has seen eleven such weeks said that the food had become better and the speeches longer, \
that the badges had grown, and that he would come again next year all the same, if only to see who still had a booth.
Whether anyone follows is another matter. Diplomats from two European states said they had seen the text only on the \
morning of the vote, and that they would read it at home, slowly, with a pencil in their hands and without any hurry, \
as one does with letters from relatives who want to borrow money. The train to the airport was full that night, and \
nobody on it read anything at all.";

#[test]
fn each_paragraph_of_a_long_analysis_earns_its_tag() {
    let got = judge(TITLE, ANALYSIS, Some("en"));
    for tag in [
        "conference",
        "geopolitics",
        "model-release",
        "open-models",
        "sovereign-ai",
        "chip-restrictions",
        "export-enforcement",
        "national-strategy",
        "international-governance",
    ] {
        assert!(given(&got, tag), "{tag} not in {:?}", names(&got));
    }
}

#[test]
fn a_word_in_passing_earns_no_tag() {
    let filler = "The office on the fourth floor has plants, two meeting rooms and a view of the river. \
                  Most of the staff come by bicycle, and lunch is served at noon in a long bright room.\n";
    let lead = "The maker of an AI tool for accountants has moved to a new office in the old harbour. \
                The AI tool sorts receipts and drafts letters; some four hundred firms pay for it.\n";
    let passing =
        "Its founder once worked on a case about smuggling, and a cousin of his on a treaty.\n";
    let text = [lead, &filler.repeat(12), passing, &filler.repeat(12)].concat();
    let got = judge("AI tool maker moves to the harbour", &text, Some("en"));
    for tag in [
        "export-enforcement",
        "international-governance",
        "copyright-litigation",
    ] {
        assert!(!given(&got, tag), "{:?}", names(&got));
    }
}
