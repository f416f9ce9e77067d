use journeys::House;
use serde_json::Value;

/// Something that the document of the canonical API says can be asked.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The method, in capitals.
    pub method: String,
    /// The path with its holes.
    pub path: String,
    /// The fields that its body has.
    pub fields: Vec<String>,
    /// The parameters that are read from the query.
    pub queries: Vec<String>,
}

impl Operation {
    /// Whether it may change something.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.method != "GET"
    }

    /// Its path with something that is there in each hole: an order's id, and 1 for anything else.
    #[must_use]
    pub fn place(&self, order: &str) -> String {
        let fill = |part| match part {
            "{shop}" => "cafe",
            "{order}" => order,
            "{role}" => "ordering",
            part if str::starts_with(part, "{") => "1",
            part => part,
        };
        self.path.split('/').map(fill).collect::<Vec<_>>().join("/")
    }
}

/// Every operation of the document that a house serves.
///
/// # Panics
/// When it serves none.
pub async fn operations(house: &House) -> Vec<Operation> {
    let document = house.get("/openapi.json").await.is(200).json();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            let schema = &said["requestBody"]["content"]["application/json"]["schema"];
            let schema = match schema["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
                Some(place) => document.pointer(place).unwrap(),
                None => schema,
            };
            let fields = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
            let parameters = said["parameters"].as_array().into_iter().flatten();
            let queries = parameters
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| Some(text(&parameter["name"])?.to_owned()));
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                fields: fields.collect(),
                queries: queries.collect(),
            });
        }
    }
    operations
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}
