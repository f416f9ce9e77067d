//! A file as a flat row of tokens, each with its line.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) kind: TokenKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Word,
    Literal,
    Sign,
}

/// Opens every group, glues `::`, and leaves doc comments and the reasons of lints out: they are
/// prose.
pub(crate) fn flatten(stream: TokenStream) -> Vec<Token> {
    let mut row = Vec::new();
    push_all(stream, &mut row);
    row
}

fn push_all(stream: TokenStream, row: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                let bang =
                    trees.next_if(|next| matches!(next, TokenTree::Punct(sign) if sign.as_char() == '!'));
                drop(bang);
                let attribute = trees.next_if(
                    |next| matches!(next, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket),
                );
                if let Some(TokenTree::Group(group)) = attribute
                    && !is_prose(&group.stream())
                {
                    push_all(group.stream(), row);
                }
            }
            TokenTree::Punct(sign) => {
                let line = sign.span().start().line;
                let mut text = String::from(sign.as_char());
                if sign.as_char() == ':'
                    && sign.spacing() == Spacing::Joint
                    && trees
                        .next_if(|next| matches!(next, TokenTree::Punct(sign) if sign.as_char() == ':'))
                        .is_some()
                {
                    text.push(':');
                }
                row.push(Token { text, line, kind: TokenKind::Sign });
            }
            TokenTree::Group(group) => {
                let (open, close) = signs_of(group.delimiter());
                let line = group.span_open().start().line;
                row.push(Token { text: open.to_owned(), line, kind: TokenKind::Sign });
                push_all(group.stream(), row);
                let line = group.span_close().start().line;
                row.push(Token { text: close.to_owned(), line, kind: TokenKind::Sign });
            }
            TokenTree::Ident(word) => row.push(Token {
                text: word.to_string(),
                line: word.span().start().line,
                kind: TokenKind::Word,
            }),
            TokenTree::Literal(literal) => row.push(Token {
                text: literal.to_string(),
                line: literal.span().start().line,
                kind: TokenKind::Literal,
            }),
        }
    }
}

const fn signs_of(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

fn is_prose(attribute: &TokenStream) -> bool {
    matches!(
        attribute.clone().into_iter().next(),
        Some(TokenTree::Ident(name))
            if ["doc", "expect", "allow", "deprecated", "must_use"].iter().any(|prose| name == prose)
    )
}
