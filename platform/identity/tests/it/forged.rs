//! S5: tokens that somebody would like us to believe. Each has a name, and the reason why it is refused.

use identity::Refused::{
    Algorithm as WrongAlgorithm, Audience, Claim, Expired, Header, Issuer, Key, NoAccessToken, NoToken,
    NotYet, Signature, TooLong, Type,
};
use identity::{Refused, TOKEN_BYTES_MAX};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::world::{EC_X, EC_Y, ISSUER, NOW, RSA_N, base64, claims, clock, key, private_half, verifier};

/// Names, tokens, reasons.
struct Forgeries(Vec<(String, String, Refused)>);

impl Forgeries {
    fn add(&mut self, name: impl Into<String>, token: String, why: Refused) {
        self.0.push((name.into(), token, why));
    }

    /// A token that the issuer's own key has signed, however wrong it is.
    fn signed(&mut self, name: impl Into<String>, header: &Value, claims: &str, why: Refused) {
        self.add(name, signed(&header.to_string(), claims), why);
    }

    fn with_header(&mut self, name: impl Into<String>, more: &Value, why: Refused) {
        self.signed(name, &header_with(more), &claims().to_string(), why);
    }

    fn with_claim(&mut self, name: impl Into<String>, claim: &str, value: Value, why: Refused) {
        let mut all = claims();
        all[claim] = value;
        self.signed(name, &header(), &all.to_string(), why);
    }

    /// A claim in exactly this spelling.
    fn with_raw(&mut self, claim: &str, raw: &str, why: Refused) {
        let mut all = claims();
        all.as_object_mut().unwrap().remove(claim);
        let others = all.to_string();
        let text = format!("{},\"{claim}\":{raw}}}", others.trim_end_matches('}'));
        self.signed(format!("{claim} is {raw}"), &header(), &text, why);
    }

    fn without(&mut self, claim: &str) {
        let mut all = claims();
        all.as_object_mut().unwrap().remove(claim);
        self.signed(format!("no {claim}"), &header(), &all.to_string(), Claim);
    }
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": key(1).id() })
}

fn header_with(more: &Value) -> Value {
    let mut header = header();
    header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    header
}

fn signed(header: &str, claims: &str) -> String {
    signed_with(header, claims, &private_half(1), Algorithm::EdDSA)
}

fn signed_with(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", base64(header), base64(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn honest() -> String {
    signed(&header().to_string(), &claims().to_string())
}

fn without_algorithm(forged: &mut Forgeries) {
    let parts = honest();
    let (_, payload) = parts.rsplit_once('.').unwrap().0.split_once('.').unwrap();
    for none in ["none", "None", "NONE", "nOnE"] {
        let header = base64(header_with(&json!({ "alg": none })).to_string());
        forged.add(format!("alg {none}, no signature"), format!("{header}.{payload}."), NoToken);
        forged.add(
            format!("alg {none}, a signature of zeros"),
            format!("{header}.{payload}.AAAA"),
            WrongAlgorithm,
        );
    }
    for alg in [json!(null), json!(["EdDSA"]), json!({}), json!(1)] {
        forged.with_header(format!("alg is {alg}"), &json!({ "alg": alg }), Header);
    }
    forged.with_header("alg is empty", &json!({ "alg": "" }), WrongAlgorithm);
    forged.with_header("alg in small letters", &json!({ "alg": "eddsa" }), WrongAlgorithm);
    let mut nameless = header();
    nameless.as_object_mut().unwrap().remove("alg");
    forged.signed("no alg", &nameless, &claims().to_string(), WrongAlgorithm);
}

/// A public key is known to everybody; as a shared secret it would be good for forging.
fn public_keys_as_secrets(forged: &mut Forgeries) {
    let ed = key(1);
    let secrets = [
        ("Ed25519", ed.id().to_owned(), ed.x().to_owned()),
        ("EC", "ec".to_owned(), format!("{EC_X}{EC_Y}")),
        ("RSA", "rsa".to_owned(), RSA_N.to_owned()),
    ];
    for (kind, id, secret) in secrets {
        for (name, algorithm) in
            [("HS256", Algorithm::HS256), ("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)]
        {
            let header = header_with(&json!({ "alg": name, "kid": id })).to_string();
            let secret = EncodingKey::from_secret(secret.as_bytes());
            let token = signed_with(&header, &claims().to_string(), &secret, algorithm);
            forged.add(format!("{kind} public key as {name} secret"), token, WrongAlgorithm);
        }
    }
    for (alg, kid) in
        [("RS256", ed.id()), ("ES256", ed.id()), ("EdDSA", "ec"), ("EdDSA", "rsa"), ("PS256", "rsa")]
    {
        let why = WrongAlgorithm;
        forged.with_header(format!("{alg} with the key {kid}"), &json!({ "alg": alg, "kid": kid }), why);
    }
    forged.with_header(
        "a signature of another kind under ES256",
        &json!({ "alg": "ES256", "kid": "ec" }),
        Signature,
    );
    forged.with_header(
        "a signature of another kind under RS256",
        &json!({ "alg": "RS256", "kid": "rsa" }),
        Signature,
    );
    let zeros = |length: usize| base64(vec![0_u8; length]);
    for (alg, kid, length) in [("EdDSA", ed.id(), 64), ("ES256", "ec", 64), ("RS256", "rsa", 256)] {
        let message = format!(
            "{}.{}",
            base64(header_with(&json!({ "alg": alg, "kid": kid })).to_string()),
            base64(claims().to_string())
        );
        forged.add(format!("{alg} signature of zeros"), format!("{message}.{}", zeros(length)), Signature);
    }
}

fn broken_shapes(forged: &mut Forgeries) {
    let token = honest();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, payload) = message.split_once('.').unwrap();
    for (name, text, why) in [
        ("nothing", String::new(), NoToken),
        ("dots only", "..".to_owned(), NoToken),
        ("no signature", message.to_owned(), NoToken),
        ("an empty signature", format!("{message}."), NoToken),
        ("an empty payload", format!("{head}..{signature}"), NoToken),
        ("an empty header", format!(".{payload}.{signature}"), NoToken),
        ("a fourth segment", format!("{token}.AAAA"), NoToken),
        (
            "a fifth segment, as encrypted tokens have",
            format!("{head}.{payload}.{payload}.{payload}.{signature}"),
            NoToken,
        ),
        ("a truncated signature", token[..token.len() - 4].to_owned(), Signature),
        ("a signature of one byte", format!("{message}.AA"), Signature),
        ("a longer signature", format!("{token}AAAA"), Signature),
        ("padding", format!("{token}=="), Signature),
        ("plain base64", format!("{head}.{payload}+/.{signature}"), Signature),
        ("white space in front", format!(" {token}"), NoToken),
        ("a line end behind", format!("{token}\n"), Signature),
        ("a header that is no base64", format!("!!!!.{payload}.{signature}"), NoToken),
        ("a header that is no JSON", format!("{}.{payload}.{signature}", base64("alg")), NoToken),
        ("a header that is a list", format!("{}.{payload}.{signature}", base64("[]")), NoToken),
        (
            "a header with something behind",
            format!("{}.{payload}.{signature}", base64(format!("{} 1", header()))),
            NoToken,
        ),
        ("a payload that is no object", signed(&header().to_string(), "\"kim\""), NoToken),
        ("a payload that is no JSON", signed(&header().to_string(), "kim"), NoToken),
        ("a payload nested too deep", signed(&header().to_string(), &"{\"a\":".repeat(300)), NoToken),
        (
            "another payload under the same signature",
            format!("{head}.{}.{signature}", base64(claims().to_string().replace("kim", "lee"))),
            Signature,
        ),
        ("100 KB", format!("{head}.{}.{signature}", "A".repeat(100_000)), TooLong),
        ("one byte too long", "a".repeat(TOKEN_BYTES_MAX + 1), TooLong),
    ] {
        forged.add(name, text, why);
    }
    let head = header().to_string();
    let twice = head.replacen('{', "{\"alg\":\"none\",", 1);
    forged.add("alg twice in the header", signed(&twice, &claims().to_string()), NoToken);
    let all = claims().to_string();
    for (name, first) in
        [("exp", "1"), ("sub", "\"lee\""), ("jumun", "[\"operator\"]"), ("other", "1,\"other\":2")]
    {
        let twice = all.replacen('{', &format!("{{\"{name}\":{first},"), 1);
        forged.add(format!("{name} twice in the claims"), signed(&head, &twice), NoToken);
    }
}

fn keys_of_their_own(forged: &mut Forgeries) {
    let mine = private_half(9);
    let all = claims().to_string();
    let sign = |header: &Value| signed_with(&header.to_string(), &all, &mine, Algorithm::EdDSA);
    forged.add("signed with another key under the known name", sign(&header()), Signature);
    forged.add(
        "signed with another key under its own name",
        sign(&header_with(&json!({ "kid": key(9).id() }))),
        Key,
    );
    let large = "k".repeat(64 * 1024);
    for (name, kid, why) in [
        ("a path", "../../../../dev/null", Key),
        ("SQL", "x' UNION SELECT 'AAAA' --", Key),
        ("an address", "https://evil.example/jwks.json", Key),
        ("a zero byte", "a\u{0}b", Key),
        ("nothing", "", Key),
        ("64 KB", large.as_str(), TooLong),
        ("200 bytes", &large[..200], Key),
        ("a command", "|sleep 9", Key),
    ] {
        forged.add(format!("kid is {name}"), sign(&header_with(&json!({ "kid": kid }))), why);
    }
    for kid in [json!(null), json!(1), json!(["a"])] {
        forged.add(format!("kid is {kid}"), sign(&header_with(&json!({ "kid": kid }))), Header);
    }
    let mut nameless = header();
    nameless.as_object_mut().unwrap().remove("kid");
    forged.signed("no kid", &nameless, &claims().to_string(), Key);
    for (name, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": key(9).x() })),
        ("x5c", json!(["AAAA"])),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(["https://evil.example/x"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("epk", json!({})),
        ("p2c", json!(2_147_483_647)),
        ("nonce", json!("x")),
    ] {
        forged.add(
            format!("{name} {value} in the header"),
            sign(&header_with(&json!({ name: value }))),
            Header,
        );
        // Even where the issuer itself says so.
        forged.with_header(format!("{name} {value} in a signed header"), &json!({ name: value }), Header);
    }
}

fn wrong_types(forged: &mut Forgeries) {
    for typ in ["JWT", "id+jwt", "service+jwt", "logout+jwt", "dpop+jwt", "at+jwt ", ""] {
        forged.with_header(format!("typ is {typ:?}"), &json!({ "typ": typ }), Type);
    }
    for typ in [json!(null), json!(["at+jwt"])] {
        forged.with_header(format!("typ is {typ}"), &json!({ "typ": typ }), Header);
    }
    let mut nameless = header();
    nameless.as_object_mut().unwrap().remove("typ");
    forged.signed("no typ", &nameless, &claims().to_string(), Type);
    forged.with_claim("an ID token: nonce", "nonce", json!("n"), NoAccessToken);
    forged.with_claim("an ID token: at_hash", "at_hash", json!("h"), NoAccessToken);
    forged.with_claim("an ID token: c_hash", "c_hash", json!("h"), NoAccessToken);
    forged.with_claim("an ID token by its claim typ", "typ", json!("ID"), NoAccessToken);
    forged.with_claim("a refresh token by its claim typ", "typ", json!("Refresh"), NoAccessToken);
    forged.with_claim("a security event", "events", json!({}), NoAccessToken);
    forged.with_claim("an ID token by its audience", "aud", json!("some-client"), Audience);
}

fn wrong_claims(forged: &mut Forgeries) {
    for claim in ["iss", "aud", "sub", "exp"] {
        forged.without(claim);
    }
    // CVE-2026-25537: a date of another type was no date, and so never passed.
    for claim in ["exp", "nbf", "iat"] {
        let text = format!("\"{NOW}\"");
        for raw in [
            text.as_str(),
            "-1",
            "1e30",
            "1.5e9",
            "1800000600.0",
            "1800000600.5",
            "null",
            "[]",
            "[1800000600]",
            "{}",
            "true",
            "\"\"",
            "18446744073709551615",
            "18446744073709551616",
            "253402300800",
            "1e400",
        ] {
            let why = if raw == "1e400" { NoToken } else { Claim };
            forged.with_raw(claim, raw, why);
        }
    }
    forged.with_claim("expired a minute ago", "exp", json!(NOW - 60), Expired);
    forged.with_claim("expired beyond the leeway by a second", "exp", json!(NOW - 30), Expired);
    forged.with_claim("expired in 1970", "exp", json!(0), Expired);
    forged.with_claim("good in a minute", "nbf", json!(NOW + 60), NotYet);
    forged.with_claim("made in a minute", "iat", json!(NOW + 60), NotYet);
    for issuer in
        ["https://evil.example", "https://id.example/", "https://ID.example", "http://id.example", ""]
    {
        forged.with_claim(format!("iss is {issuer:?}"), "iss", json!(issuer), Issuer);
    }
    for issuer in [json!([ISSUER]), json!(null), json!(1)] {
        forged.with_claim(format!("iss is {issuer}"), "iss", issuer, Claim);
    }
    forged.with_claim(
        "a token of the staging environment",
        "iss",
        json!("https://id.staging.example"),
        Issuer,
    );
    for audience in [json!("JUMUN"), json!("other"), json!(["other"]), json!([]), json!("")] {
        forged.with_claim(format!("aud is {audience}"), "aud", audience, Audience);
    }
    for audience in
        [json!(null), json!({ "jumun": 1 }), json!(1), json!(["jumun", 1]), json!(vec!["jumun"; 17])]
    {
        forged.with_claim(format!("aud is {audience}"), "aud", audience, Claim);
    }
    for subject in [json!(""), json!(null), json!(1), json!(["kim"]), json!("x".repeat(256))] {
        forged.with_claim(format!("sub is {subject}"), "sub", subject, Claim);
    }
}

#[tokio::test]
async fn of_forged_tokens_none_is_believed_and_each_for_its_own_reason() {
    let mut forged = Forgeries(Vec::new());
    without_algorithm(&mut forged);
    public_keys_as_secrets(&mut forged);
    broken_shapes(&mut forged);
    keys_of_their_own(&mut forged);
    wrong_types(&mut forged);
    wrong_claims(&mut forged);
    // A zipped bomb is refused by its header, before anybody unpacks anything.
    let bomb = json!({ "alg": "dir", "enc": "A256GCM", "zip": "DEF", "kid": key(1).id() });
    forged.add(
        "a compression bomb",
        format!("{}..AAAA.{}.AAAA", base64(bomb.to_string()), "A".repeat(6_000)),
        NoToken,
    );

    let verifier = verifier(clock());
    assert!(verifier.verify(&honest()).await.is_ok(), "the honest one is believed");
    let mut wrong = Vec::new();
    for (name, token, why) in &forged.0 {
        let verdict = verifier.verify(token).await;
        println!(
            "{name:.<70} {}",
            verdict.as_ref().map_or_else(ToString::to_string, |_| "BELIEVED".to_owned())
        );
        if verdict.as_ref().err() != Some(why) {
            wrong.push(format!("{name}: expected {why:?}, got {verdict:?}"));
        }
    }
    println!("{} forged tokens", forged.0.len());
    assert!(forged.0.len() >= 60);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(verifier.verify(&honest()).await.is_ok(), "and still is");
}

#[tokio::test]
async fn a_token_that_was_good_is_refused_when_it_has_expired_though_it_was_seen_before() {
    let clock = clock();
    let verifier = verifier(clock.clone());
    let token = honest();
    assert_eq!(&*verifier.verify(&token).await.unwrap().principal.name, "kim");
    clock.advance_millis(629_999);
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance_millis(1);
    assert_eq!(verifier.verify(&token).await.unwrap_err(), Expired);
}

#[tokio::test]
async fn who_stands_behind_a_token_is_told_with_their_parts() {
    let verifier = verifier(clock());
    let mut all = claims();
    all["jumun"] = json!(["staff@cafe", "uma_authorization", "customer"]);
    all["aud"] = json!(["other", "jumun"]);
    let verified = verifier.verify(&signed(&header().to_string(), &all.to_string())).await.unwrap();
    let texts: Vec<String> = verified.principal.grants.iter().map(identity::grant_to_text).collect();
    assert_eq!(texts, ["customer", "staff@cafe"]);
    let large = header_with(&json!({ "typ": "application/AT+JWT" })).to_string();
    let verified = verifier.verify(&signed(&large, &all.to_string())).await;
    assert!(verified.is_ok(), "a media type is the same in any case");
}
