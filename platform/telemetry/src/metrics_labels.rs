//! The labels. All have few values: routes are templates, never paths as they were asked for.

use std::borrow::Cow;

use prometheus_client::encoding::EncodeLabelSet;

type Word = Cow<'static, str>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Request {
    pub(crate) method: Word,
    pub(crate) route: Word,
    pub(crate) status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Route {
    pub(crate) method: Word,
    pub(crate) route: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Refusal {
    pub(crate) operation: Word,
    pub(crate) reason: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Role {
    pub(crate) role: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Lane {
    pub(crate) role: Word,
    pub(crate) lane: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Subscription {
    pub(crate) role: Word,
    pub(crate) source: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Shop {
    pub(crate) shop: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Effect {
    pub(crate) role: Word,
    pub(crate) effect: Word,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Breaker {
    pub(crate) role: Word,
    pub(crate) neighbour: Word,
}
