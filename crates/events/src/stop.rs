//! How common a word is before anything was read.
//!
//! Document frequencies are learned from the stories themselves; these short lists say what the
//! first hundred stories cannot: which words carry nothing, and which are in every newspaper.

use crate::words::hash_of;
use std::collections::HashMap;
use std::sync::LazyLock;

const EN: &str = "a about above after again against all also am an and any are aren as at be because \
been before being below between both but by can cannot could couldn did didn do does doesn doing don \
down during each even few for from further get gets got had hadn has hasn have haven having he her \
here hers herself him himself his how however i if in into is isn it its itself just ll like made make \
makes many may me might more most much must my myself no nor not now of off on once one only onto or \
other our ours out over own re s said same say says saying shall she should since so some still such t \
than that the their theirs them themselves then there these they this those though through to too \
under until up upon us very via was wasn way we well were weren what when where whether which while \
who whom whose why will with within without won would wouldn yet you your yours m d ve o";
const DE: &str = "aber alle als am an auch auf aus bei beim bis da damit dann das dass dem den der des \
die dies diese diesem diesen dieser doch durch ein eine einem einen einer eines er es für gegen hat \
haben hatte ich ihr ihre im in ist ja kann kein keine können man mehr mit nach nicht noch nun nur ob \
oder ohne sein seine sich sie sind so soll sollen über um und unter vom von vor war was wegen wenn wer \
werden wie wieder will wir wird wurde wurden zu zum zur zwischen";
const FR: &str = "à a ainsi après au aucun aussi autre aux avait avant avec avoir c ce ces cet cette \
ceux chez comme contre d dans de depuis des deux dit donc dont du elle elles en encore entre est et \
était être eu fait il ils j je l la le les leur leurs lors lui m mais même n ne ni nos notre nous on \
ont ou où par pas peut plus pour qu quand que qui s sa sans se selon ses si son sont sous sur tous \
tout toute très un une va vers vos votre vous y";
const ES: &str = "a al algo ante antes así aunque cada como con contra cual cuando de del desde donde \
dos el ella ellos en entre era es esa ese eso esta este esto estos está están fue fueron ha han hasta \
hay la las le les lo los más me mi muy no nos o otra otro para pero por porque que quien se sea según \
ser si sido sin sobre son su sus también tiene todo todos tras un una uno unos y ya";
const IT: &str = "a ad ai al alla alle anche che chi ci come con contro cui da dal dalla degli dei del \
della delle di dopo due e è ed era essere fra gli ha hanno i il in io l la le lo loro ma nel nella non \
o ogni per più quando questo questa sarà se secondo si sono stato su sua sul sulla suo tra tutti un una";
const PT: &str = "a ao aos as até com como contra da das de do dos e é ela ele em entre era essa esse \
esta este foi foram há isso já mais mas na nas não no nos o os ou para pela pelo por qual quando que \
se sem ser seu sua são sobre também tem um uma";
const NL: &str = "aan al als bij daar dan dat de deze die dit door een en er haar had heeft hem het hij \
hun ik in is je kan maar meer met na naar niet nog nu of om onder ook op over te tegen tot uit van veel \
voor waar was wat we werd wie wij worden wordt zal ze zich zijn";
const RU: &str = "а без более бы был была были было быть в во вот все всё вы для до его ее её если есть \
еще ещё же за и из или им их к как ко когда который которые кто ли лишь между мы на над не него нет ни \
но о об однако он она они от очень по под после при с со так также то только у уже что чтобы это этого";

/// Words of almost any newspaper page; they join two stories only together with others.
const COMMON_EN: &str = "according add added agency agree agreed allow america american amid announce \
announced announcement around ask asked back become begin began behind better big billion bring call \
called calls came case cause change chief city close come comes coming company countries country court \
cut day days deal decision department director early effort end expect expected face federal find firm \
first follow following former found four future general give given go going good government group \
head help high hold home hour hours house include including increase issue job keep key know known \
last late later law lead leader leaders leave left less let level life line little live long look \
lower major man market meet meeting member members men million minister month months move national \
near need never new news next night number office official officials old open order part party past \
pay people percent place plan plans point police policy political power president press public put \
question raise reach read report reported reporter reports result right rise rule run second secretary \
see seek seen senior set several show shows side sign small source sources speak spokesman spokesperson \
spokeswoman spoke staff start state statement states story support system take taken tell ten think \
third three time times today told took top trade try turn two united update use used video view want \
war warn warned washington watch week weeks white win woman women work world year years yesterday \
monday tuesday wednesday thursday friday saturday sunday january february march april june july august \
september october november december";

/// Share of all stories in which a word without meaning is taken to stand.
const EMPTY: f64 = 0.6;
/// The same for a word of any newspaper page.
const COMMON: f64 = 0.06;

static PRIORS: LazyLock<HashMap<(&'static str, u64), f64>> = LazyLock::new(|| {
    let mut priors = HashMap::new();
    let languages = [
        ("en", EN),
        ("de", DE),
        ("fr", FR),
        ("es", ES),
        ("it", IT),
        ("pt", PT),
        ("nl", NL),
        ("ru", RU),
    ];
    priors.extend(COMMON_EN.split_whitespace().map(|w| (("en", hash_of(w)), COMMON)));
    for (lang, list) in languages {
        priors.extend(list.split_whitespace().map(|w| ((lang, hash_of(w)), EMPTY)));
    }
    priors
});

/// The share of stories, 0 to 1, in which a word of a language is expected; 0 where nothing is known.
/// An unknown language is read as English.
pub(crate) fn prior(lang: &str, word: u64) -> f64 {
    let known = ["en", "de", "fr", "es", "it", "pt", "nl", "ru"].into_iter().find(|l| lang.starts_with(l));
    PRIORS.get(&(known.unwrap_or("en"), word)).copied().unwrap_or(0.0)
}
