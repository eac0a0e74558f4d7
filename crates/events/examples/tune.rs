#![allow(missing_docs, warnings, clippy::all, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]
// tune MODE items.jsonl [gold.jsonl]: mode run -> assignments; mode dump -> features
use std::io::{BufRead,Write};
use std::collections::HashMap;
use tocsin_events::{*,grouper::*};
fn main(){ let a:Vec<String>=std::env::args().collect();
 let rd=|p:&str|->Vec<serde_json::Value>{std::io::BufReader::new(std::fs::File::open(p).unwrap()).lines().map(|l|serde_json::from_str(&l.unwrap()).unwrap()).collect()};
 let items=rd(&a[2]); let gold:HashMap<String,String>=if a.len()>3{rd(&a[3]).iter().map(|j|(j["id"].as_str().unwrap().into(),j["event"].as_str().unwrap().into())).collect()}else{HashMap::new()};
 let mut s=Settings::default(); if let Ok(w)=std::env::var("WINDOW"){s.window_hours=w.parse().unwrap();}
 let mut g=G::new(s); let mut nums:HashMap<String,u32>=HashMap::new(); let mut out=std::io::BufWriter::new(std::io::stdout());
 let t0=std::time::Instant::now();
 for j in &items { let st=|k:&str|j[k].as_str().unwrap_or("").to_owned();
  let it=Item{id:tocsin_core::StoryId::new(st("id")),title:st("title"),text:st("text"),published:j["published"].as_str().map(|s|s.parse().unwrap()),source:st("source"),lang:j["lang"].as_str().map(Into::into),entities:vec![]};
  let id=st("id"); let mut want=vec![];
  if a[1]=="dump" { let e=&gold[&id]; let known=nums.contains_key(e); let n=nums.len() as u32; let n=*nums.entry(e.clone()).or_insert(n);
   g.add(&it,Some(n),&mut want);
   if known && !want.iter().any(|w|w.0==n) { g.coverage.1+=1; } if known {g.coverage.0+=1;}
   for (e,f) in want { writeln!(out,"{} {} {}",id,u8::from(e==n),f.iter().map(|x|format!("{x:.5}")).collect::<Vec<_>>().join(" ")).unwrap(); }
  } else { let (e,d)=g.add(&it,None,&mut want); writeln!(out,"{}",serde_json::json!({"id":id,"event":e,"duplicate_of":d})).unwrap(); }
 }
 eprintln!("{} items {:?} candidates missed {:?}",items.len(),t0.elapsed(),g.coverage);
}
