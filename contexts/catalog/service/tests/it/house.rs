//! One catalog on a journal in memory and a clock that stands.

use std::sync::Arc;

use catalog_contract::{CatalogEvent, MenuItem, ShopView, Vocabulary, menu_item_id, shop_id};
use catalog_domain::ShopFile;
use catalog_service::{
    CatalogCommand, CatalogRefusal, CatalogReply, CatalogService, DEFAULT_SHOPS, Imported, MENU_ITEMS, SHOPS,
};
use inventory_contract::InventoryEvent;
use journal::{MemoryJournal, Reader as _, Row, RowOrder, RowQuery};
use kernel::{Actor, Causation, Published, Recorded, SeededIds, ShopKey, Subject, Timestamp};
use runtime::{CommandEnvelope, EventsFrom, Failure, Inputs, Processor, Quotas};
use uuid::Uuid;

pub(crate) type Answer = Result<CatalogReply, Failure<CatalogRefusal>>;

pub(crate) struct House {
    processor: Processor<CatalogService, MemoryJournal>,
    pub(crate) journal: MemoryJournal,
    pub(crate) now: Timestamp,
}

pub(crate) fn default_shop(name: &str) -> &'static str {
    DEFAULT_SHOPS.iter().find(|shop| shop.name() == name).unwrap().text
}

/// A shop file without the words of its own API.
pub(crate) fn file(text: &str) -> ShopFile {
    ShopFile { vocabulary: Vocabulary::default(), ..spoken(text) }
}

/// A shop file with its words.
pub(crate) fn spoken(text: &str) -> ShopFile {
    ShopFile::read("shop.toml", text).unwrap()
}

pub(crate) fn cafe() -> ShopFile {
    file(default_shop("cafe"))
}

pub(crate) fn processor(journal: &MemoryJournal) -> Processor<CatalogService, MemoryJournal> {
    let now = Timestamp::from_millis(1_700_000_000_000);
    // A program that starts again makes other ids than before.
    let seed = journal.clone().head().unwrap();
    Processor::open(
        CatalogService::default(),
        journal.clone(),
        Arc::new(SeededIds::new(seed)),
        Quotas::default(),
        now,
    )
    .unwrap()
}

impl House {
    pub(crate) fn open() -> Self {
        let journal = MemoryJournal::new(Uuid::from_u128(1));
        Self { processor: processor(&journal), journal, now: Timestamp::from_millis(1_700_000_000_000) }
    }

    /// With the cafe open.
    pub(crate) fn with_cafe() -> Self {
        let mut house = Self::open();
        house.import(&cafe());
        house
    }

    pub(crate) fn restart(&mut self) {
        self.journal = self.journal.reopen();
        self.processor = processor(&self.journal);
    }

    pub(crate) fn command(&mut self, command: CatalogCommand) -> Answer {
        let envelope = CommandEnvelope {
            ticket: 1,
            command,
            actor: Actor::system(),
            causation: Causation::command(Uuid::from_u128(7)),
        };
        let inputs = Inputs { commands: vec![envelope], ..Inputs::default() };
        self.processor.step(self.now, inputs).unwrap().answers.remove(0).result
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        self.processor.step(self.now, Inputs::default()).unwrap();
    }

    /// Inventory says something of a shop, and it is heard.
    pub(crate) fn hear(&mut self, shop: &str, event: &InventoryEvent) {
        let position = self.processor.position(0) + 1;
        let encoded = event.encode();
        let recorded = Arc::new(Recorded {
            position,
            stream_kind: "stock-item".into(),
            stream_id: Uuid::nil(),
            version: position,
            event_type: event.event_type().into(),
            at: Timestamp::from_millis(1_700_000_000_000),
            subject: Subject::shop(shop.into()),
            causation: Causation::command(Uuid::nil()),
            actor: Actor::system(),
            data: encoded.data,
            personal: None,
            previous_hash: [0; 16],
            hash: [0; 16],
        });
        let events = vec![EventsFrom { source: 0, stretch: vec![recorded].into() }];
        let now = Timestamp::from_millis(1_700_000_000_000);
        let outputs = self.processor.step(now, Inputs { events, ..Inputs::default() }).unwrap();
        assert_eq!(outputs.parked, 0);
    }

    pub(crate) fn import(&mut self, file: &ShopFile) -> Imported {
        imported(self.command(CatalogCommand::ImportShop(Box::new(file.clone()))))
    }

    pub(crate) fn import_menu(&mut self, file: &ShopFile) -> Imported {
        imported(self.command(CatalogCommand::ImportMenu { file: Box::new(file.clone()), apply: true }))
    }

    pub(crate) fn set_sold_out(&mut self, item: &str, sold_out: bool) -> Answer {
        let (shop, item) = ("cafe".into(), item.to_owned());
        self.command(CatalogCommand::SetSoldOut { shop, item, sold_out, if_match: None })
    }

    pub(crate) fn shop(&mut self, shop: &str) -> Option<ShopView> {
        let id = shop_id(&ShopKey::from(shop));
        let row = self.journal.row(SHOPS, id).unwrap()?;
        Some(serde_json::from_slice(&row.body).unwrap())
    }

    pub(crate) fn item(&mut self, key: &str) -> Option<(Row, MenuItem)> {
        self.item_of("cafe", key)
    }

    pub(crate) fn item_of(&mut self, shop: &str, key: &str) -> Option<(Row, MenuItem)> {
        let row = self.journal.row(MENU_ITEMS, menu_item_id(&shop.into(), key)).unwrap()?;
        let item = serde_json::from_slice(&row.body).unwrap();
        Some((row, item))
    }

    /// The keys on the menu, in its order.
    pub(crate) fn menu(&mut self, shop: &str) -> Vec<String> {
        let query = RowQuery {
            collection: MENU_ITEMS.to_owned(),
            shop: Some(shop.to_owned()),
            order: RowOrder::OldestFirst,
            limit: 100,
            ..RowQuery::default()
        };
        let rows = self.journal.rows(&query).unwrap();
        rows.iter().map(|row| serde_json::from_slice::<MenuItem>(&row.body).unwrap().key).collect()
    }

    pub(crate) fn events(&mut self) -> Vec<CatalogEvent> {
        let recorded = self.journal.read_after(0, 1_000).unwrap();
        recorded.iter().map(|event| event.decode().unwrap()).collect()
    }

    pub(crate) fn event_types(&mut self) -> Vec<&'static str> {
        self.events().iter().map(Published::event_type).collect()
    }
}

fn imported(answer: Answer) -> Imported {
    match answer.unwrap() {
        CatalogReply::Imported(imported) => imported,
        other => panic!("{other:?}"),
    }
}
