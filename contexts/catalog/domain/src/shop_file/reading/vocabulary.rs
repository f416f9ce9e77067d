use std::collections::{BTreeMap, BTreeSet};

use catalog_contract::{
    Accept, Collection, CommandForm as Said, CommandWords, DeliveryStarts, FieldMeaning, FieldType,
    FieldWords, Handover, Milestone, PaymentTime, Prepare, RowKind, SearchWords, StockMode, Vocabulary, Wish,
};

use super::messages::known;
use crate::shop_file::form::{CollectionForm, CommandForm, FieldForm, SearchForm, ShopForm};
use crate::shop_file::nearest::nearest;
use crate::shop_file::report::{Report, item_path, key_path};

/// Longest name and longest word, in characters.
const CHARS_MAX: usize = 64;
/// Names that addresses of the house begin with.
const TAKEN: [&str; 5] = ["v1", "docs", "openapi", "internal", "search"];
const ROOT: &str = "vocabulary";

pub(super) fn words(form: &ShopForm, report: &mut Report<'_>) -> Vocabulary {
    check_names(form, report);
    let collections = form.vocabulary.iter().map(|(name, collection)| {
        let reader = Reader { form, collection, path: key_path(ROOT, name) };
        (name.clone(), reader.read(report))
    });
    Vocabulary { collections: collections.collect() }
}

/// Every collection has names of its own.
fn check_names(form: &ShopForm, report: &mut Report<'_>) {
    let mut seen: BTreeSet<&str> = form.vocabulary.keys().map(String::as_str).collect();
    let mut taking = BTreeSet::new();
    for (name, collection) in &form.vocabulary {
        let path = key_path(ROOT, name);
        if let Err(message) = check_name(name) {
            report.refuse_key(&path, message);
        }
        for (index, alias) in collection.aliases.iter().enumerate() {
            let path = item_path(&key_path(&path, "aliases"), index);
            if let Err(message) = check_name(alias) {
                report.refuse(&path, message);
            } else if !seen.insert(alias) {
                report.refuse(
                    &path,
                    format!("`{alias}` is another collection's name; expected a name of its own"),
                );
            }
        }
        if collection.takes && !taking.insert(collection.rows) {
            report
                .refuse(&key_path(&path, "takes"), "another collection takes them already; expected one")
                .hint("give that one an alias, or leave `takes` out here");
        }
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let mut letters = name.chars();
    let begins = letters.next().is_some_and(|letter| letter.is_ascii_alphabetic());
    if !begins || !letters.all(|letter| letter.is_ascii_alphanumeric()) || name.len() > CHARS_MAX {
        return Err(format!(
            "`{name}` is no name; expected a letter, then letters and digits, at most {CHARS_MAX}"
        ));
    }
    if TAKEN.contains(&name) {
        return Err(format!("`{name}` is an address of the house; expected another name"));
    }
    Ok(())
}

fn check_word(word: &str, path: &str, report: &mut Report<'_>) {
    let fits = (1..=CHARS_MAX).contains(&word.chars().count()) && word.trim() == word;
    if !fits || word.chars().any(char::is_control) {
        report.refuse(path, format!("expected a word of 1 to {CHARS_MAX} letters, without spaces around it"));
    }
}

fn spelled<T: serde::Serialize>(word: &T) -> String {
    let word = serde_json::to_value(word).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Reads one collection.
struct Reader<'f> {
    form: &'f ShopForm,
    collection: &'f CollectionForm,
    path: String,
}

impl Reader<'_> {
    fn at(&self, key: &str) -> String {
        key_path(&self.path, key)
    }

    fn read(&self, report: &mut Report<'_>) -> Collection {
        let collection = self.collection;
        if let Err(message) = check_name(&collection.singular) {
            report.refuse(&self.at("singular"), message);
        }
        self.check_rows(report);
        let fields = self.fields(report);
        let shows = self.shows(report);
        self.check_appearing(&shows, report);
        Collection {
            singular: collection.singular.clone(),
            aliases: collection.aliases.clone(),
            rows: collection.rows,
            takes: collection.takes,
            appears: collection.appears,
            fields,
            commands: self.commands(&shows, report),
            searches: self.searches(report),
            shows,
        }
    }

    /// There is something that its rows are made of.
    fn check_rows(&self, report: &mut Report<'_>) {
        let rows = self.collection.rows;
        let missing = match rows {
            RowKind::Stock => (self.form.stock.mode == StockMode::None).then_some("the shop holds no stock"),
            RowKind::Messages => self.form.messages.is_none().then_some("the shop tells nobody anything"),
            RowKind::Orders | RowKind::Menu => None,
        };
        if let Some(why) = missing {
            report.refuse(&self.at("rows"), format!("dead end: {why}, so no row is ever there"));
        }
        if self.collection.takes && matches!(rows, RowKind::Messages | RowKind::Menu) {
            report
                .refuse(&self.at("takes"), "nobody makes such rows; expected `takes` with orders or stock")
                .hint("leave it out");
        }
    }

    fn fields(&self, report: &mut Report<'_>) -> BTreeMap<String, FieldWords> {
        let path = self.at("fields");
        let mut names: BTreeSet<&str> = self.collection.fields.keys().map(String::as_str).collect();
        let mut meant = BTreeSet::new();
        for (name, field) in &self.collection.fields {
            let path = key_path(&path, name);
            if let Err(message) = check_name(name) {
                report.refuse_key(&path, message);
            }
            for (index, alias) in field.aliases.iter().enumerate() {
                let path = item_path(&key_path(&path, "aliases"), index);
                if let Err(message) = check_name(alias) {
                    report.refuse(&path, message);
                } else if !names.insert(alias) {
                    report.refuse(
                        &path,
                        format!("`{alias}` is another field's name; expected a name of its own"),
                    );
                }
            }
            let may_repeat = matches!(field.is, FieldMeaning::Kept | FieldMeaning::WordOf);
            if !may_repeat && !meant.insert(field.is) {
                let message =
                    format!("another field is `{}` already; expected each once", spelled(&field.is));
                report.refuse(&key_path(&path, "is"), message).hint("give that field an alias");
            }
            self.check_field(field, &path, report);
        }
        self.check_said(&meant, &path, report);
        self.collection.fields.iter().map(|(name, field)| (name.clone(), field_words(field))).collect()
    }

    fn check_field(&self, field: &FieldForm, path: &str, report: &mut Report<'_>) {
        let rows = self.collection.rows;
        if !field.is.fits(rows) {
            let fitting = FieldMeaning::ALL.iter().filter(|meaning| meaning.fits(rows)).map(spelled);
            let fitting: Vec<_> = fitting.collect();
            report.refuse(
                &key_path(path, "is"),
                format!(
                    "rows of {} have no `{}`; expected one of {}",
                    spelled(&rows),
                    spelled(&field.is),
                    fitting.join(", ")
                ),
            );
        }
        if field.format.is_some() && !field.is.is_time() {
            report
                .refuse_key(&key_path(path, "format"), "never comes into play: it is no time")
                .hint("leave it out");
        }
        if field.called.is_some() && field.is != FieldMeaning::Channel {
            report
                .refuse_key(&key_path(path, "called"), "never comes into play: it is no channel")
                .hint("leave it out");
        }
        if field.required && !(self.collection.takes && field.is.is_said(rows)) {
            report
                .refuse_key(&key_path(path, "required"), "never comes into play: nobody says it here")
                .hint("leave it out");
        }
        self.check_other(field, path, report);
    }

    /// `word-of` names a collection that shows words, and nothing else does.
    fn check_other(&self, field: &FieldForm, path: &str, report: &mut Report<'_>) {
        match (&field.of, field.is) {
            (None, FieldMeaning::WordOf) => {
                report.refuse_key(&key_path(path, "of"), "missing; expected the collection whose word it is");
            }
            (Some(other), FieldMeaning::WordOf) => {
                let showing = |(_, shown): &(&String, &CollectionForm)| {
                    shown.rows == RowKind::Orders && !shown.shows.is_empty()
                };
                let known: Vec<&str> =
                    self.form.vocabulary.iter().filter(showing).map(|(name, _)| name.as_str()).collect();
                if !known.contains(&other.as_str()) {
                    let message =
                        format!("unknown collection `{other}`; expected one of {}", known.join(", "));
                    report
                        .refuse(&key_path(path, "of"), message)
                        .meant(nearest(other, known.iter().copied()));
                }
            }
            (Some(_), _) => {
                report
                    .refuse_key(&key_path(path, "of"), "never comes into play: it is no `word-of`")
                    .hint("leave it out");
            }
            (None, _) => {}
        }
    }

    /// What a row is made with can be said.
    fn check_said(&self, meant: &BTreeSet<FieldMeaning>, path: &str, report: &mut Report<'_>) {
        let needed: &[FieldMeaning] = match (self.collection.takes, self.collection.rows) {
            (true, RowKind::Orders) => &[FieldMeaning::Item],
            (true, RowKind::Stock) => &[FieldMeaning::StockItem, FieldMeaning::Available],
            _ => &[],
        };
        for missing in needed.iter().filter(|meaning| !meant.contains(meaning)) {
            let message =
                format!("missing; expected a field that is `{}`, since rows are made here", spelled(missing));
            report.refuse_key(path, message);
        }
    }

    fn shows(&self, report: &mut Report<'_>) -> BTreeMap<Milestone, String> {
        let path = self.at("shows");
        let may_show = self.showable();
        let spoken = || may_show.iter().map(|milestone| milestone.as_str()).collect::<Vec<_>>().join(", ");
        let mut shows = BTreeMap::new();
        for (milestone, word) in &self.collection.shows {
            let path = key_path(&path, milestone);
            check_word(word, &path, report);
            match Milestone::parse(milestone) {
                Some(milestone) if may_show.contains(&milestone) => {
                    shows.insert(milestone, word.clone());
                }
                Some(_) => {
                    report.refuse_key(
                        &path,
                        format!("such a row never comes to `{milestone}`; expected one of {}", spoken()),
                    );
                }
                None => {
                    let words = may_show.iter().map(|milestone| milestone.as_str());
                    report
                        .refuse_key(
                            &path,
                            format!("unknown change `{milestone}`; expected one of {}", spoken()),
                        )
                        .meant(nearest(milestone, words));
                }
            }
        }
        if let (RowKind::Messages, Some(section)) = (self.collection.rows, &self.form.messages) {
            let silent =
                section.tell.iter().filter(|told| !self.collection.shows.contains_key(told.as_str()));
            for told in silent {
                let message = format!("no word for `{}`, which `messages.tell` tells", told.as_str());
                report.refuse_key(&path, message).hint("give it a word: every message is a row");
            }
        }
        shows
    }

    /// The changes that rows of this collection come to.
    fn showable(&self) -> Vec<Milestone> {
        match (self.collection.rows, &self.form.messages) {
            (RowKind::Orders, _) => {
                let split = [Milestone::DeliveryCancelled, Milestone::CancelDenied];
                known(self.form).into_iter().filter(|milestone| !split.contains(milestone)).collect()
            }
            (RowKind::Messages, Some(section)) => section.tell.clone(),
            _ => Vec::new(),
        }
    }

    /// A row is there from some change on.
    fn check_appearing(&self, shows: &BTreeMap<Milestone, String>, report: &mut Report<'_>) {
        let appears = self.collection.appears;
        if self.collection.rows != RowKind::Orders {
            if appears.is_some() {
                report
                    .refuse_key(&self.at("appears"), "never comes into play: rows are no orders")
                    .hint("leave it out");
            }
            return;
        }
        match appears {
            Some(milestone) if !milestone.makes_appear() || !self.showable().contains(&milestone) => {
                let message = format!(
                    "no row appears with `{}`; expected a change that orders come to",
                    milestone.as_str()
                );
                report.refuse(&self.at("appears"), message);
            }
            None if !shows.keys().any(|milestone| milestone.makes_appear())
                && self.collection.shows.is_empty() =>
            {
                report
                    .refuse_key(&self.at("appears"), "missing; expected the change with which a row is there")
                    .hint("say `appears = \"placed\"`, or give the rows words in `shows`");
            }
            _ => {}
        }
        let shows_words = self.collection.fields.values().any(|field| field.is == FieldMeaning::Word);
        if shows_words && self.collection.shows.is_empty() {
            report.refuse_key(&self.at("shows"), "missing; expected the words that the field shows");
        }
    }

    fn commands(&self, shows: &BTreeMap<Milestone, String>, report: &mut Report<'_>) -> Vec<CommandWords> {
        let path = self.at("commands");
        let mut said = BTreeSet::new();
        let mut read = Vec::new();
        for (index, command) in self.collection.commands.iter().enumerate() {
            let path = item_path(&path, index);
            if self.collection.rows != RowKind::Orders {
                report.refuse(&path, "rows that are no orders take no commands").hint("leave them out");
                continue;
            }
            self.check_wish(command.does, &path, report);
            let Some(words) = self.said(command, shows, &path, report) else { continue };
            if !said.insert(format!("{words:?}")) {
                report.refuse(&path, "said twice; expected each command once");
            }
            read.push(CommandWords { said: words, does: command.does, by: command.by });
        }
        read
    }

    fn said(
        &self,
        command: &CommandForm,
        shows: &BTreeMap<Milestone, String>,
        path: &str,
        report: &mut Report<'_>,
    ) -> Option<Said> {
        match (&command.word, &command.put, command.delete) {
            (Some(word), None, None) => {
                let known: Vec<&str> = shows.values().map(String::as_str).collect();
                if !known.contains(&word.as_str()) {
                    report
                        .refuse(
                            &key_path(path, "word"),
                            format!("rows never show `{word}`; expected one of {}", known.join(", ")),
                        )
                        .meant(nearest(word, known));
                }
                Some(Said::Word(word.clone()))
            }
            (None, Some(name), None) => {
                if let Err(message) = check_name(name) {
                    report.refuse(&key_path(path, "put"), message);
                }
                Some(Said::Put(name.clone()))
            }
            (None, None, Some(true)) => Some(Said::Delete(true)),
            _ => {
                report
                    .refuse(path, "expected one of `word`, `put` and `delete = true`")
                    .hint("a command that can be said in two ways stands there twice");
                None
            }
        }
    }

    /// A wish that the shop's life never grants is a dead end.
    fn check_wish(&self, wish: Wish, path: &str, report: &mut Report<'_>) {
        let life = &self.form.life;
        let delivery = self.form.delivery.as_ref();
        let why = match wish {
            Wish::Cancel => None,
            Wish::ApprovePayment => (self.form.payment.when != PaymentTime::ByCustomer)
                .then_some("no customer approves a payment here"),
            Wish::Accept => (life.accept == Accept::Auto).then_some("orders are accepted by themselves"),
            Wish::Start | Wish::Finish => {
                (life.prepare != Prepare::Staff).then_some("nobody makes anything by hand")
            }
            Wish::HandOver => (life.handover != Handover::Pickup).then_some("nothing is handed over"),
            Wish::StartDelivery => delivery
                .is_none_or(|delivery| delivery.starts == DeliveryStarts::Auto)
                .then_some("nobody sends a delivery out by hand"),
            Wish::CompleteDelivery => delivery.is_none().then_some("nothing is delivered"),
        };
        if let Some(why) = why {
            report.refuse(&key_path(path, "does"), format!("dead end: {why}"));
        }
    }

    fn searches(&self, report: &mut Report<'_>) -> BTreeMap<String, SearchWords> {
        let path = self.at("searches");
        let fields = &self.collection.fields;
        let can_be_searched = |field: &FieldForm| {
            matches!(field.is, FieldMeaning::Number | FieldMeaning::Customer | FieldMeaning::StockItem)
        };
        for (name, search) in &self.collection.searches {
            let path = key_path(&path, name);
            if let Err(message) = check_name(name) {
                report.refuse_key(&path, message);
            }
            if !fields.get(&search.field).is_some_and(can_be_searched) {
                let known: Vec<&str> = fields
                    .iter()
                    .filter(|(_, field)| can_be_searched(field))
                    .map(|(name, _)| name.as_str())
                    .collect();
                let message =
                    format!("rows are not found by `{}`; expected one of {}", search.field, known.join(", "));
                report
                    .refuse(&key_path(&path, "field"), message)
                    .meant(nearest(&search.field, known.iter().copied()));
            }
        }
        self.collection.searches.iter().map(|(name, search)| (name.clone(), search_words(search))).collect()
    }
}

fn field_words(field: &FieldForm) -> FieldWords {
    let kind = field.kind.unwrap_or_default();
    FieldWords {
        is: field.is,
        kind: if field.is.is_number() { FieldType::Number } else { kind },
        aliases: field.aliases.clone(),
        required: field.required,
        format: field.format.unwrap_or_default(),
        of: field.of.clone(),
        called: field.called.clone(),
    }
}

fn search_words(search: &SearchForm) -> SearchWords {
    SearchWords { field: search.field.clone(), parameter: search.parameter.clone() }
}
