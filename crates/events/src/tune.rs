use serde::Deserialize;
#[derive(Debug,Clone,Deserialize)]
#[serde(default,deny_unknown_fields)]
pub struct Tune { pub body:usize, pub title:f64, pub n0:f64, pub stem:u8, pub bigram:f64, pub name:f64, pub w:Vec<f64>, pub entity:f64, pub drop:f64 }
impl Default for Tune{fn default()->Self{Self{body:110,title:2.0,n0:300.0,stem:1,bigram:0.0,name:1.0,w:vec![],entity:1.0,drop:0.3}}}
pub static T:std::sync::LazyLock<Tune>=std::sync::LazyLock::new(||std::env::var("TUNE").ok().map(|s|serde_json::from_str(&s).unwrap()).unwrap_or_default());
