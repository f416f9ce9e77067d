use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use catalog_contract::{CatalogEvent, RowKind, ShopDirectory, Vocabulary};
use edge::problem::{Problem, ProblemKind};
use http::Method;
use http::header::CONTENT_TYPE;
use kernel::{Clock, IdSource, ShopKey};

use crate::address::{self, Address, Place};
use crate::allowed::{options, refuse_method};
use crate::canonical::Canonical;
use crate::profile::PROFILE;
use crate::speech::{Asked, Speech};
use crate::{answers, change, create, find, list, openapi, profile};

/// Where the document of a shop's words is.
const DOCUMENT: &str = "openapi.json";

/// The shops that the catalog has told of, for every request.
#[derive(Clone, Default)]
pub struct SharedShops(Arc<RwLock<Arc<ShopDirectory>>>);

impl SharedShops {
    /// The shops as they are now.
    #[must_use]
    pub fn now(&self) -> Arc<ShopDirectory> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes in what the catalog told, in order.
    pub fn hear<'e>(&self, events: impl IntoIterator<Item = &'e CatalogEvent>) {
        let mut shops = self.now().as_ref().clone();
        events.into_iter().for_each(|event| shops.apply(event));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shops);
    }
}

/// What the door needs to know.
pub struct DoorSettings {
    /// The shops, with their words.
    pub shops: SharedShops,
    /// The shop that is served at the root, where it is the only one.
    pub alone: Option<ShopKey>,
    /// The address that customers see, where it is another one than they called.
    pub public_url: Option<String>,
    /// Where keys for requests without one come from.
    pub ids: Arc<dyn IdSource>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Takes requests in shops' words; clones share everything.
#[derive(Clone)]
pub struct Door {
    canonical: Canonical,
    settings: Arc<DoorSettings>,
}

impl Door {
    /// A door before these routes of the canonical API.
    #[must_use]
    pub fn new(canonical: Router, settings: DoorSettings) -> Self {
        let (ids, clock) = (settings.ids.clone(), settings.clock.clone());
        Self { canonical: Canonical::new(canonical, ids, clock), settings: Arc::new(settings) }
    }

    /// Answers a request that no canonical route takes.
    pub async fn answer(self, request: Request) -> Response {
        let shops = self.settings.shops.now();
        let Some(address) = address::read(&shops, self.settings.alone.as_ref(), request.uri().path()) else {
            return edge::params::not_found().await.into_response();
        };
        let speech = Speech::of(&address, self.settings.public_url.as_deref(), self.canonical, &request);
        match answer(speech, address, request).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        }
    }
}

async fn answer(speech: Speech, address: Address, request: Request) -> Result<Response, Problem> {
    let method = request.method().clone();
    let Address { words, place, .. } = address;
    let Some((name, place)) = place.split(&words) else {
        return match method {
            Method::GET => Ok(answers::root(&speech, &words)),
            Method::HEAD => Ok(answers::nothing()),
            Method::OPTIONS => Ok(options(&[Method::GET])),
            _ => Ok(allowed_here(refuse_method(), &[Method::GET])),
        };
    };
    if place == Place::Collection(DOCUMENT.to_owned()) && method == Method::GET {
        let document = openapi::document(&speech.life, &words);
        return Ok(([(CONTENT_TYPE, "application/json")], document.to_string()).into_response());
    }
    let Some(collection) = words.collections.get(&name) else {
        if name == PROFILE {
            return profiled(&speech, &words, &place, &method);
        }
        return Err(no_such_collection());
    };
    let allowed = place.methods(collection);
    if method == Method::OPTIONS {
        return Ok(options(&allowed));
    }
    let reads_head = method == Method::HEAD;
    let reads = reads_head || method == Method::GET;
    if !(allowed.contains(&method) || reads_head && allowed.contains(&Method::GET)) {
        return Ok(allowed_here(refuse_method(), &allowed));
    }
    let asked = Asked { speech: &speech, words: &words, name: &name, collection };
    let answer = match &place {
        Place::Root => return Err(Problem::of(ProblemKind::NotFound)),
        Place::Collection(_) if reads => list::page(&asked, request.uri().query()).await?,
        Place::Collection(_) => {
            let said = speech.body(request).await?;
            return match collection.rows {
                RowKind::Stock => create::receive(&asked, &said).await,
                _ => create::place(&asked, &said).await,
            };
        }
        Place::Item(_, id) if reads => find::item(&asked, id).await?,
        Place::Item(_, id) if method == Method::DELETE => return change::delete(&asked, id).await,
        Place::Item(_, id) => {
            let said = speech.change(request).await?;
            return change::change(&asked, id, &said).await;
        }
        Place::Command(_, id, command) => return change::command(&asked, id, command).await,
        Place::Searches(_) => find::searches(&asked)?,
        Place::Search(_, search) => find::search(&asked, search, request.uri().query()).await?,
    };
    Ok(if reads_head { answers::nothing() } else { answer })
}

/// Where no collection is called so: what all of them, or one, are made of.
fn profiled(
    speech: &Speech,
    words: &Vocabulary,
    place: &Place,
    method: &Method,
) -> Result<Response, Problem> {
    let answer = match place {
        Place::Collection(_) => profile::profiles(speech, words),
        Place::Item(_, name) => {
            let collection = words.collections.get(name).ok_or_else(no_such_collection)?;
            profile::profile(&Asked { speech, words, name, collection })
        }
        _ => return Err(no_such_collection()),
    };
    Ok(match *method {
        Method::GET => answer,
        Method::HEAD => answers::nothing(),
        Method::OPTIONS => options(&[Method::GET]),
        _ => allowed_here(refuse_method(), &[Method::GET]),
    })
}

fn no_such_collection() -> Problem {
    Problem::of(ProblemKind::NotFound).detail("there is no such collection here")
}

fn allowed_here(problem: Problem, allowed: &[Method]) -> Response {
    let mut response = problem.into_response();
    response.headers_mut().extend(options(allowed).headers().clone());
    response
}
