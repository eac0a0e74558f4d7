//! The neural encoder: on a small model of random weights that is made here, and, where
//! `TOCSIN_BERT_DIR` names a directory, on real ones (`just bert-test DIR`).

#![cfg(feature = "bert")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

use rust_bert::Config;
use rust_bert::bert::{BertConfig, BertForSequenceClassification, BertModel};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tch::{Device, nn};
use tocsin_classifier::{Encoder, bert};

const WORDS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nchip\nban\nmodel\nlaw\n.\n";

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

fn config(dir: &Path) -> BertConfig {
    let words = WORDS.lines().count();
    let config = json!({
        "model_type": "bert", "hidden_act": "gelu", "attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0,
        "hidden_size": 16, "initializer_range": 0.5, "intermediate_size": 16, "max_position_embeddings": 64,
        "num_attention_heads": 2, "num_hidden_layers": 1, "type_vocab_size": 2, "vocab_size": words,
        "id2label": { "0": "contradiction", "1": "neutral", "2": "entailment" },
        "label2id": { "contradiction": 0, "neutral": 1, "entailment": 2 },
    });
    fs::create_dir_all(dir).unwrap();
    fs::write(dir.join("config.json"), config.to_string()).unwrap();
    fs::write(dir.join("vocab.txt"), WORDS).unwrap();
    fs::write(
        dir.join("tokenizer_config.json"),
        "{\"do_lower_case\": true}",
    )
    .unwrap();
    BertConfig::from_file(dir.join("config.json"))
}

/// A whole model directory with random weights, the same ones at each call.
fn small(dir: &Path) {
    tch::manual_seed(7);
    let store = nn::VarStore::new(Device::Cpu);
    let _model: BertModel<rust_bert::bert::BertEmbeddings> =
        BertModel::new(store.root(), &config(dir));
    store.save(dir.join("model.safetensors")).unwrap();
    let modules = json!([
        { "idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer" },
        { "idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling" },
        { "idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize" },
    ]);
    let pooling = json!({
        "word_embedding_dimension": 16, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true,
        "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false,
    });
    fs::create_dir_all(dir.join("1_Pooling")).unwrap();
    fs::write(dir.join("modules.json"), modules.to_string()).unwrap();
    fs::write(dir.join("1_Pooling/config.json"), pooling.to_string()).unwrap();
    let sentences = json!({ "max_seq_length": 32, "do_lower_case": false });
    fs::write(dir.join("sentence_bert_config.json"), sentences.to_string()).unwrap();
}

/// Adds an entailment model with random weights.
fn with_entailment(dir: &Path) {
    let dir = dir.join("entailment");
    let config = config(&dir);
    let store = nn::VarStore::new(Device::Cpu);
    let _model = BertForSequenceClassification::new(store.root(), &config).unwrap();
    store.save(dir.join("model.safetensors")).unwrap();
}

fn opened(dir: &Path) -> Arc<dyn Encoder> {
    bert::open(dir, vec!["en".to_owned()]).unwrap()
}

fn refused(dir: &Path) -> String {
    bert::open(dir, Vec::new()).unwrap_err().to_string()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn texts_become_vectors_of_length_one() {
    let dir = tempfile::tempdir().unwrap();
    small(dir.path());
    let encoder = opened(dir.path());
    let long = "chip ban ".repeat(500_000);
    let given = texts(&["a chip ban", "a law", "", "字", &long]);
    let vectors = encoder.encode(&given).unwrap();
    assert_eq!(vectors.len(), given.len());
    for vector in &vectors {
        assert_eq!(vector.len(), 16);
        assert!((dot(vector, vector) - 1.0).abs() < 1e-3, "{vector:?}");
    }
    let again = encoder.encode(&texts(&["a chip ban"])).unwrap();
    assert!(dot(&again[0], &vectors[0]) > 0.999);
    assert!(encoder.encode(&[]).unwrap().is_empty());
    assert!(encoder.reads(Some("en")) && !encoder.reads(Some("zh")) && !encoder.reads(None));
    assert!(bert::open(dir.path(), Vec::new()).unwrap().reads(None));
}

#[test]
fn an_entailment_model_is_used_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    small(dir.path());
    let given = texts(&["a chip ban", "a law"]);
    assert!(
        opened(dir.path())
            .entails(&given, "a ban")
            .unwrap()
            .is_none()
    );
    with_entailment(dir.path());
    let said = opened(dir.path())
        .entails(&given, "a ban")
        .unwrap()
        .unwrap();
    assert_eq!(said.len(), 2);
    assert!(said.iter().all(|p| (0.0..=1.0).contains(p)), "{said:?}");
    let file = dir.path().join("entailment/config.json");
    let other = fs::read_to_string(&file)
        .unwrap()
        .replace("contradiction", "entailed");
    fs::write(&file, other).unwrap();
    assert!(refused(dir.path()).contains("id2label"));
}

#[test]
fn what_is_wrong_with_a_directory_is_told_with_the_file() {
    let dir = tempfile::tempdir().unwrap();
    assert!(refused(&dir.path().join("nowhere")).contains("nowhere"));
    for name in [
        "config.json",
        "vocab.txt",
        "modules.json",
        "1_Pooling/config.json",
        "sentence_bert_config.json",
        "tokenizer_config.json",
        "model.safetensors",
    ] {
        small(dir.path());
        fs::remove_file(dir.path().join(name)).unwrap();
        let told = refused(dir.path());
        assert!(
            told.contains(name) && told.contains("docs/bert.md"),
            "{name}: {told}"
        );
    }
    small(dir.path());
    fs::write(dir.path().join("modules.json"), "[{").unwrap();
    assert!(refused(dir.path()).contains("modules.json"));
    small(dir.path());
    fs::write(
        dir.path().join("config.json"),
        "{\"model_type\": \"mamba\"}",
    )
    .unwrap();
    assert!(refused(dir.path()).contains("`mamba`"));
}

#[test]
fn damage_that_shows_only_when_loading_is_an_error_and_no_panic() {
    let dir = tempfile::tempdir().unwrap();
    let fails = |damage: &dyn Fn(&Path)| {
        small(dir.path());
        damage(dir.path());
        let told = opened(dir.path())
            .encode(&texts(&["a"]))
            .unwrap_err()
            .to_string();
        assert!(
            told.contains("cannot be loaded") && told.contains("docs/bert.md"),
            "{told}"
        );
    };
    fails(&|dir| {
        let weights = fs::read(dir.join("model.safetensors")).unwrap();
        fs::write(dir.join("model.safetensors"), &weights[..weights.len() / 2]).unwrap();
    });
    // Weights of another shape, and a config that lacks what the architecture needs.
    fails(&|dir| {
        let config = fs::read_to_string(dir.join("config.json")).unwrap();
        fs::write(
            dir.join("config.json"),
            config.replace("\"hidden_size\":16", "\"hidden_size\":32"),
        )
        .unwrap();
    });
    fails(&|dir| fs::write(dir.join("config.json"), "{\"model_type\": \"bert\"}").unwrap());
    fails(&|dir| fs::write(dir.join("vocab.txt"), "").unwrap());
}

#[test]
fn real_weights_tell_what_is_alike() {
    let Some(dir) = std::env::var_os("TOCSIN_BERT_DIR").map(PathBuf::from) else {
        eprintln!("skipped: TOCSIN_BERT_DIR is not set");
        return;
    };
    let vectors = opened(&dir)
        .encode(&texts(&[
            "Beijing forbids the export of gallium for chips",
            "China bans sales of a semiconductor metal abroad",
            "A recipe for apple pie",
        ]))
        .unwrap();
    assert_eq!(vectors[0].len(), 384);
    assert!(dot(&vectors[0], &vectors[1]) > 0.5);
    assert!(dot(&vectors[0], &vectors[2]) < 0.2);
}
