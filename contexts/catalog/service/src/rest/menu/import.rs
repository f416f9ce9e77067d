use axum::Json;
use axum::extract::State;
use catalog_domain::{Diagnostic, Mistakes, ShopFile};
use edge::actor::ActorHeader;
use edge::body::StrictJson;
use edge::params::StrictPath;
use edge::problem::{FieldError, Problem, ProblemDocument, ProblemKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::command::{CatalogCommand, CatalogReply, Imported};
use crate::rest::api::CatalogApi;

/// A shop file whose menu shall be the shop's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::rest) struct MenuImport {
    /// The file's name, for messages.
    #[serde(default)]
    file: Option<String>,
    /// The file.
    text: String,
    /// Whether to make it so; otherwise only the difference is shown.
    apply: bool,
}

/// How a file and the shop differed and differ.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest) struct MenuImported {
    /// What was changed, one line each.
    applied: Vec<String>,
    /// What differs still, one line each. Rules (not the menu) are applied at the next start.
    differs: Vec<String>,
}

/// Makes a shop's menu that of a shop file, or shows how they differ. Sold-out switches stay.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/menu-imports",
    operation_id = "import_menu",
    tag = "menu",
    params(
        ("shop" = String, Path, description = "The shop's key", example = "cafe"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    request_body = MenuImport,
    responses(
        (status = 200, description = "The differences", body = MenuImported),
        (status = 400, description = "The file has mistakes, or is another shop's", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(in crate::rest) async fn import_menu(
    State(api): State<CatalogApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    StrictJson(import): StrictJson<MenuImport>,
) -> Result<Json<MenuImported>, Problem> {
    let name = import.file.as_deref().unwrap_or("text");
    let file = ShopFile::read(name, &import.text).map_err(|mistakes| problem(&mistakes))?;
    if file.life.key.as_str() != shop {
        let expected = format!("a file of the shop {}", edge::problem::echo(&shop));
        return Err(Problem::of(ProblemKind::InvalidField).field("text", expected));
    }
    let command = CatalogCommand::ImportMenu { file: Box::new(file), apply: import.apply };
    match api.call(&actor, command).await? {
        CatalogReply::Imported(Imported::Known { applied, differs }) => {
            Ok(Json(MenuImported { applied, differs }))
        }
        _ => Err(Problem::of(ProblemKind::Internal)),
    }
}

fn problem(mistakes: &Mistakes) -> Problem {
    let problem = Problem::of(ProblemKind::InvalidField).detail(mistakes.to_string());
    mistakes.0.iter().map(field_error).fold(problem, Problem::error)
}

fn field_error(mistake: &Diagnostic) -> FieldError {
    let field = format!("text:{}:{} {}", mistake.line, mistake.column, mistake.path);
    FieldError {
        field: field.trim_end().to_owned(),
        expected: mistake.hint.clone().unwrap_or_else(|| mistake.message.clone()),
        message: mistake.message.clone(),
        got: None,
    }
}
