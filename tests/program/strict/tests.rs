//! The strict reader on one good mail and on broken ones.

use super::parse;

/// Both encodings of bodies and of words, a fold by a tab, all headers with a grammar of their own.
const GOOD: &str = r#"Date: Tue, 06 Oct 2026 07:05:09 +0000
From: "Tocsin, alerts" <tocsin@example.org>
To: =?utf-8?q?Ren=C3=A9e?= Roe <renee.roe@example.org>, desk@example.org
Subject: Update: =?utf-8?q?Prix_de_l'=C3=A9nergie_:_?=
 =?utf-8?b?w6AgbGEgaGF1c3Nl?= (again)
Message-ID: <c@tocsin.invalid>
References: <a@tocsin.invalid>
	<b@tocsin.invalid>
In-Reply-To: <b@tocsin.invalid>
MIME-Version: 1.0
Auto-Submitted: auto-generated
List-Id: Tocsin alerts <alerts.tocsin.invalid>
List-Unsubscribe: <mailto:stop@example.org>, <https://example.org/u?id=1,2>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Content-Type: multipart/alternative; boundary="b0undary"

--b0undary
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

La r=C3=A9ponse est =
42.

--b0undary
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PHA+TGEgcsOp
cG9uc2U8L3A+DQo=
--b0undary--
"#;

#[test]
fn a_good_mail_is_read() {
    let mail = parse(GOOD.replace('\n', "\r\n").as_bytes()).unwrap();
    assert_eq!(
        mail.header("subject"),
        Some("Update: Prix de l'énergie : à la hausse (again)")
    );
    assert_eq!(
        mail.header("To"),
        Some("Renée Roe <renee.roe@example.org>, desk@example.org")
    );
    assert_eq!(
        mail.header("References"),
        Some("<a@tocsin.invalid> <b@tocsin.invalid>")
    );
    assert_eq!(mail.header("Cc"), None);
    assert_eq!(mail.headers.len(), 13);
    assert_eq!(mail.text, "La réponse est 42.\n");
    assert_eq!(mail.html, "<p>La réponse</p>\n");
}

/// What is changed in the good mail, into what, and how the refusal begins.
const BROKEN: &[(&str, &str, &str)] = &[
    // Lines and characters.
    ("\r\nFrom", "\nFrom", "line 1: RFC 5322 2.3"),
    ("again", "a\rgain", "line 5: RFC 5322 2.3: a bare CR"),
    ("y--\r\n", "y--", "line 30: RFC 5322 2.3, RFC 5321 2.3.8"),
    ("ponse est", "pon\0se", "line 21: RFC 5322 2.1: a NUL"),
    (
        "r=C3=A9ponse",
        "réponse",
        "line 21: RFC 5322 2.1: not 7-bit",
    ),
    ("again", "ag\x07ain", "line 5: RFC 5322 2.2: a control"),
    ("Auto-Sub", "Auto Sub", "line 11: RFC 5322 3.6.8"),
    ("\r\n =?utf", "\r\n \t\r\n =?utf", "line 5: RFC 5322 3.2.2"),
    ("Date:", " Date:", "line 1: RFC 5322 2.2.3"),
    (
        "Date: Tue, 06 Oct 2026 07:05:09",
        "Date",
        "line 1: RFC 5322 2.2",
    ),
    // Which headers there are.
    (
        "MIME-Version: 1.0\r\n",
        "",
        "line 1: RFC 2045 4: no MIME-Version",
    ),
    (
        "To: =",
        "DATE: x\r\nTo: =",
        "line 3: RFC 5322 3.6: a second Date",
    ),
    (
        "List-Id",
        "List-Id: <a.b>\r\nList-Id",
        "line 13: RFC 2919 3: a second",
    ),
    // Dates.
    (
        "Tue",
        "Wed",
        "line 1: RFC 5322 3.3: the date is not on that day",
    ),
    ("Tue, 06 Oct", "31 Sep", "line 1: RFC 5322 3.3: no such day"),
    (
        "Tue, 06 Oct 2026",
        "29 Feb 2100",
        "line 1: RFC 5322 3.3: no such day",
    ),
    ("07:05", "24:05", "line 1: RFC 5322 3.3: no such time"),
    ("+0000", "GMT", "line 1: RFC 5322 3.3: a date is like"),
    // Addresses and identifiers.
    (
        "\"Tocsin, alerts\"",
        "Tocsin, alerts",
        "line 2: RFC 5322 3.4",
    ),
    ("\"Tocsin, alerts\"", "T. Alerts", "line 2: RFC 5322 3.4"),
    ("alerts\" <", "alerts <", "line 2: RFC 5322 3.2.4"),
    ("From: ", "From: a@b.example, ", "line 2: RFC 5322 3.6.2"),
    ("renee.roe", "renee..roe", "line 3: RFC 5322 3.2.3"),
    (", desk", " desk", "line 3: RFC 5322 3.4: a comma"),
    (
        "<c@tocsin.invalid>",
        "c@tocsin.invalid",
        "line 6: RFC 5322 3.6.4",
    ),
    (
        "<c@tocsin.invalid>",
        "<c@a.b> <d@a.b>",
        "line 6: RFC 5322 3.6.4",
    ),
    (
        "<c@",
        "<=?utf-8?q?c?=@",
        "line 6: RFC 2047 5: an encoded word within a msg-id",
    ),
    ("To: <b@", "To: <c@", "line 9: RFC 5322 3.6.4: In-Reply-To"),
    // Encoded words.
    (
        "Tocsin, a",
        "=?utf-8?q?a?= a",
        "line 2: RFC 2047 5: an encoded word within a quoted",
    ),
    (
        "?= Roe",
        "?=Roe",
        "line 3: RFC 2047 5: an encoded word stands alone",
    ),
    ("Ren=C3=A9e", "Ren=C3=A9e~", "line 3: RFC 2047 5 (3)"),
    ("utf-8?q?Prix", "latin1?q?Prix", "line 4: RFC 2047 3"),
    (
        "=C3=A9nergie",
        "=C3?= =?utf-8?q?=A9",
        "line 4: RFC 2047 5: each",
    ),
    ("=C3=A9nergie", "=c3=a9nergie", "line 4: RFC 2047 4.2"),
    (
        "Prix_de",
        "Prix de",
        "line 4: RFC 2047 5: an encoded word stands alone",
    ),
    ("3Nl?=", "3N?=", "line 4: RFC 2047 4.1"),
    (
        "w6AgbGEgaGF1c3Nl",
        "w6ANCkJjYzogeEB5Lno=",
        "line 4: RFC 2047 5: a control",
    ),
    // Lists and automatic mail.
    ("alerts.tocsin.invalid", "alerts", "line 12: RFC 2919 2"),
    (
        "<alerts.tocsin.invalid>",
        "alerts.tocsin.invalid",
        "line 12: RFC 2919 2",
    ),
    (
        "<https://example.org/u?id=1,2>",
        "https://example.org",
        "line 13: RFC 2369 2",
    ),
    ("https:", "http:", "line 13: RFC 2369 3.2"),
    ("id=1", "id=%1", "line 13: RFC 3986 2"),
    (
        ", <https://example.org/u?id=1,2>",
        "",
        "line 14: RFC 8058 3.1: one click needs",
    ),
    ("One-Click", "One-click", "line 14: RFC 8058 3.1: the value"),
    ("auto-generated", "no", "line 11: RFC 3834 5"),
    // Parts and their encodings.
    ("alternative", "mixed", "line 15: RFC 2046 5.1.4"),
    (
        "=\"b0undary\"",
        "=\"b0undary*\"",
        "line 15: RFC 2046 5.1.1: a boundary is",
    ),
    (
        "42.",
        "--b0undary.",
        "line 22: RFC 2046 5.1.1: the boundary where",
    ),
    (
        "ary--\r\n",
        "ary\r\n",
        "line 15: RFC 2046 5.1.1: no closing",
    ),
    ("text/html", "text/plain", "line 25: RFC 2046 5.1.4"),
    (
        "charset=utf-8",
        "charset=us-ascii",
        "line 18: RFC 2046 4.1.2",
    ),
    ("quoted-printable", "8bit", "line 18: RFC 2045 6:"),
    ("=A9ponse", "=a9ponse", "line 21: RFC 2045 6.7 (1)"),
    ("42.", "42. ", "line 22: RFC 2045 6.7 (3)"),
    ("42.", "=0D=0A", "line 22: RFC 2045 6.7 (4)"),
    ("42.\r\n", "42.=", "line 22: RFC 2045 6.7: a soft"),
    ("=C3=A9ponse", "=C3ponse", "line 18: RFC 3629 3"),
    ("A+DQo=", "A+DQo", "line 25: RFC 2045 6.8"),
    ("A+DQo=", "A+Cg==", "line 25: RFC 2046 4.1.1"),
];

/// The good mail, with one change.
fn changed(old: &str, new: &str) -> String {
    let good = GOOD.replace('\n', "\r\n");
    let mail = good.replacen(old, new, 1);
    assert_ne!(mail, good, "{old:?}");
    mail
}

#[test]
fn each_broken_rule_is_named() {
    for (old, new, rule) in BROKEN {
        let error = parse(changed(old, new).as_bytes()).expect_err(new);
        assert!(error.starts_with(rule), "{new:?}: {error}");
    }
}

#[test]
fn lines_that_are_too_long_are_refused() {
    let long = "x".repeat(80);
    let foldable = format!("\r\n a {long}");
    let word = format!("\r\n =?utf-8?q?{}?=", "x".repeat(64));
    let endless = "x".repeat(999);
    for (old, new, rule) in [
        ("(again)", &foldable, "line 6: RFC 5322 2.1.1"),
        ("(again)", &word, "line 6: RFC 2047 2"),
        ("42.", &long, "line 22: RFC 2045 6.7 (5)"),
        ("cG9uc2U8L3A+DQo=", &long, "line 25: RFC 2045 6.8"),
        ("42.", &endless, "line 22: RFC 5322 2.1.1"),
    ] {
        let error = parse(changed(old, new).as_bytes()).expect_err(new);
        assert!(error.starts_with(rule), "{new:?}: {error}");
    }
}

/// What the rules leave free.
#[test]
fn other_good_mails_are_read() {
    // A word that cannot be folded may be long, and stand on a line of its own.
    let word = format!("\r\n {}", "x".repeat(900));
    let mail = parse(changed("(again)", &word).as_bytes()).unwrap();
    assert!(mail.header("Subject").is_some_and(|s| s.ends_with("xxx")));
    // Two question marks make no encoded word.
    let mail = parse(changed("(again)", "(a=?b?=)").as_bytes()).unwrap();
    assert!(
        mail.header("Subject")
            .is_some_and(|s| s.ends_with("(a=?b?=)"))
    );
    // White space at the ends of lines is as it is without an encoding.
    let plain = changed(
        "quoted-printable\r\n\r\nLa r=C3=A9ponse est =",
        "7bit\r\n\r\n-- ",
    );
    assert_eq!(parse(plain.as_bytes()).unwrap().text, "-- \n42.\n");
    // Neither thread nor list.
    for line in [7, 9, 12, 14] {
        let mut lines: Vec<&str> = GOOD.split_inclusive('\n').collect();
        lines.drain(line - 1..if line == 7 { 8 } else { line });
        let mail = lines.concat().replace('\n', "\r\n");
        assert_eq!(parse(mail.as_bytes()).unwrap().headers.len(), 12);
    }
}
