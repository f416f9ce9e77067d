use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::tokens::{Token, TokenKind, flatten};

/// A Rust file, read once for all rules.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Whether the whole file is a test.
    pub is_test: bool,
    /// Modules that it declares for tests only.
    pub test_modules: Vec<String>,
    /// The string literals outside tests; doc comments, examples of the API's documentation and
    /// reasons of lints are none.
    pub literals: Vec<Literal>,
    /// The paths that are named outside tests, with what `use` brings in spelled out.
    pub paths: Vec<NamedPath>,
    /// Every function, tests included.
    pub functions: Vec<Function>,
    /// The names of its public enums' variants and public structs' fields.
    pub published_words: Vec<String>,
    /// Where it promises to break the ban on clock and chance: the lines.
    pub outside_world: Vec<usize>,
}

/// A string literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// What it says.
    pub value: String,
    /// Where.
    pub line: usize,
}

/// A path such as `std::time::Instant`, or one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPath {
    /// Its segments.
    pub segments: Vec<String>,
    /// Where.
    pub line: usize,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub line: usize,
    /// How many lines it has, from signature to closing brace.
    pub lines: usize,
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not Rust.
    pub fn parse(path: &str, text: &str) -> Result<Self, String> {
        let file = syn::parse_file(text).map_err(|error| format!("{path}: {error}"))?;
        let stream: TokenStream = text.parse().map_err(|error| format!("{path}: {error}"))?;
        let mut survey = Survey::default();
        survey.visit_file(&file);
        let is_ours = |line: usize| !survey.test_lines.iter().any(|range| range.contains(&line));
        let row = flatten(stream);
        let mut paths = survey.imports;
        paths.extend(paths_of(&row));
        paths.retain(|named| is_ours(named.line));
        let literals = (0..row.len())
            .filter(|index| is_ours(row[*index].line) && !is_example(&row[..*index]))
            .filter_map(|index| literal_of(&row[index]))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            is_test: survey.is_test,
            test_modules: survey.test_modules,
            literals,
            paths,
            functions: survey.functions,
            published_words: survey.published_words,
            outside_world: outside_world(text, is_ours),
        })
    }
}

/// `example = "latte"` in the documentation of a route is prose.
fn is_example(before: &[Token]) -> bool {
    matches!(before, [.., word, sign] if word.text == "example" && sign.text == "=")
}

fn literal_of(token: &Token) -> Option<Literal> {
    if token.kind != TokenKind::Literal {
        return None;
    }
    match syn::parse_str::<syn::Lit>(&token.text).ok()? {
        syn::Lit::Str(text) => Some(Literal { value: text.value(), line: token.line }),
        _ => None,
    }
}

fn outside_world(text: &str, is_ours: impl Fn(usize) -> bool) -> Vec<usize> {
    text.lines()
        .enumerate()
        .filter(|(index, line)| {
            line.contains("clippy::disallowed_methods")
                && !line.trim_start().starts_with("//")
                && is_ours(index + 1)
        })
        .map(|(index, _)| index + 1)
        .collect()
}

/// Rows of words with `::` between them. Inside `use` only single words and prefixes are seen
/// here; the whole paths come from the syntax tree.
fn paths_of(row: &[Token]) -> Vec<NamedPath> {
    let mut paths: Vec<NamedPath> = Vec::new();
    let mut is_continued = false;
    for token in row {
        match token.kind {
            TokenKind::Word => {
                let word = token.text.trim_start_matches("r#").to_owned();
                match paths.last_mut() {
                    Some(path) if is_continued => path.segments.push(word),
                    _ => paths.push(NamedPath { segments: vec![word], line: token.line }),
                }
                is_continued = false;
            }
            _ => is_continued = token.text == "::",
        }
    }
    paths
}

#[derive(Default)]
struct Survey {
    is_test: bool,
    test_lines: Vec<std::ops::RangeInclusive<usize>>,
    test_modules: Vec<String>,
    imports: Vec<NamedPath>,
    functions: Vec<Function>,
    published_words: Vec<String>,
}

impl Survey {
    fn note_function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let begin = signature.span().start().line;
        let end = block.span().end().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line: begin,
            lines: end + 1 - begin,
        });
    }

    fn note_attributes(&mut self, attributes: &[syn::Attribute], whole: proc_macro2::Span) {
        if attributes.iter().any(is_for_tests) {
            self.test_lines.push(whole.start().line..=whole.end().line);
        }
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]` and `#[cfg(all(test, ..))]`.
fn is_for_tests(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("cfg") {
        return attribute.parse_args::<TokenStream>().is_ok_and(|tokens| {
            let row: Vec<_> = flatten(tokens).into_iter().map(|token| token.text).collect();
            row.first().is_some_and(|word| word == "test")
                || row.starts_with(&["all".into(), "(".into(), "test".into()])
        });
    }
    path.segments.last().is_some_and(|segment| segment.ident == "test")
}

fn spell_out(tree: &syn::UseTree, before: &[String], paths: &mut Vec<NamedPath>) {
    let with = |word: String| {
        let mut segments = before.to_vec();
        segments.push(word);
        segments
    };
    let line = tree.span().start().line;
    match tree {
        syn::UseTree::Path(path) => spell_out(&path.tree, &with(path.ident.to_string()), paths),
        syn::UseTree::Name(name) => {
            paths.push(NamedPath { segments: with(name.ident.to_string()), line });
        }
        syn::UseTree::Rename(name) => {
            paths.push(NamedPath { segments: with(name.ident.to_string()), line });
        }
        syn::UseTree::Glob(_) => paths.push(NamedPath { segments: with("*".to_owned()), line }),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                spell_out(tree, before, paths);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Survey {
    fn visit_file(&mut self, file: &'ast syn::File) {
        self.is_test = file.attrs.iter().any(is_for_tests);
        visit::visit_file(self, file);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.note_attributes(&item.attrs, item.span());
        if item.content.is_none() && item.attrs.iter().any(is_for_tests) {
            self.test_modules.push(item.ident.to_string());
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note_attributes(&item.attrs, item.span());
        self.note_function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note_attributes(&item.attrs, item.span());
        self.note_function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.note_function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.note_attributes(&item.attrs, item.span());
        visit::visit_item_impl(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_attributes(&item.attrs, item.span());
        spell_out(&item.tree, &[], &mut self.imports);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        if matches!(item.vis, syn::Visibility::Public(_)) {
            self.published_words.extend(item.variants.iter().map(|variant| variant.ident.to_string()));
        }
        visit::visit_item_enum(self, item);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if let (syn::Visibility::Public(_), Some(name)) = (&field.vis, &field.ident) {
            self.published_words.push(name.to_string());
        }
        visit::visit_field(self, field);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn parse(text: &str) -> Source {
        Source::parse("a/src/lib.rs", text).unwrap()
    }

    fn names(source: &Source, path: &str) -> bool {
        source.paths.iter().any(|named| named.segments.join("::") == path)
    }

    #[test]
    fn imports_are_spelled_out_and_paths_inside_macros_are_seen() {
        let source = parse(
            "use std::{fs, time::{Duration, Instant as Now}};\n\
             fn f() { println!(\"{:?}\", tokio::time::sleep(x)); }",
        );
        assert!(names(&source, "std::fs") && names(&source, "std::time::Instant"));
        assert!(names(&source, "tokio::time::sleep"));
    }

    #[test]
    fn what_stands_in_tests_is_not_seen() {
        let source = parse(
            "const A: &str = \"ours\";\n\
             #[cfg(test)]\nmod tests {\n const B: &str = \"theirs\";\n fn f() { rusqlite::open() }\n}\n\
             #[cfg(test)]\nmod more;\n",
        );
        assert_eq!(source.literals, [Literal { value: "ours".into(), line: 1 }]);
        assert!(!names(&source, "rusqlite::open"));
        assert_eq!(source.test_modules, ["more"]);
    }

    #[test]
    fn doc_comments_and_the_reasons_of_lints_are_prose() {
        let source = parse(
            "/// says \"americano\"\n#[expect(dead_code, reason = \"cafe\")]\n\
             #[serde(rename = \"kept\")]\n#[schema(example = \"latte\")]\nstruct A;",
        );
        assert_eq!(source.literals, [Literal { value: "kept".into(), line: 3 }]);
    }

    #[test]
    fn a_function_is_measured_from_signature_to_brace() {
        let source =
            parse("impl A {\n    /// why\n    fn f(\n        &self,\n    ) {\n        g()\n    }\n}");
        assert_eq!(source.functions, [Function { name: "f".into(), line: 3, lines: 5 }]);
    }

    #[test]
    fn public_variants_and_fields_are_published() {
        let source = parse("pub enum State { InTransit }\npub struct A { pub call_number: u32, secret: u8 }");
        assert_eq!(source.published_words, ["InTransit", "call_number"]);
    }

    #[test]
    fn a_promise_to_read_the_clock_is_seen() {
        let source =
            parse("fn f() {\n    #[expect(clippy::disallowed_methods, reason = \"an edge\")]\n    g();\n}");
        assert_eq!(source.outside_world, [2]);
    }
}
