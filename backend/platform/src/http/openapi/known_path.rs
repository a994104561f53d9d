//! What the document says of a path, for the frame: methods, parameters, and what a client needs.

use std::collections::HashSet;

use actix_web::http::header::{ALLOW, HeaderValue};
use nq57_core::access::ClientScope;
use nq57_core::problem::{FieldCode, ProblemCode};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};

use super::REQUIRED_SCOPE;
use crate::error::{ApiError, ApiResult};

/// Whether clients may ask for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForClients {
    /// As anybody may.
    AsForEverybody,
    /// Those that have this scope.
    Scope(ClientScope),
    /// It is for people.
    PersonNeeded,
}

/// What can be done at a path.
pub struct KnownPath {
    operations: Vec<KnownOperation>,
    allow: HeaderValue,
}

struct KnownOperation {
    method: &'static str,
    /// Names of its query parameters.
    names: HashSet<String>,
    for_clients: ForClients,
}

impl KnownPath {
    pub(super) fn new(item: &PathItem) -> Self {
        let operations: Vec<_> = operations(item)
            .map(|(method, operation)| KnownOperation {
                method,
                names: query_names(operation),
                for_clients: for_clients(operation),
            })
            .collect();
        let mut methods = Vec::new();
        for operation in &operations {
            methods.push(operation.method);
            if operation.method == "GET" {
                methods.push("HEAD");
            }
        }
        let allow = HeaderValue::from_str(&methods.join(", "));
        Self { operations, allow: allow.unwrap_or_else(|_| HeaderValue::from_static("")) }
    }

    fn find(&self, method: &str) -> Option<&KnownOperation> {
        self.operations.iter().find(|known| known.method == method)
    }

    /// Refuses a method that the path does not have and a parameter that the operation does not document.
    ///
    /// # Errors
    /// 405 with `Allow`, 400 with the place.
    pub fn check(&self, method: &str, query: &str) -> ApiResult<()> {
        let Some(known) = self.find(method) else {
            let refusal = ApiError::problem(ProblemCode::MethodNotAllowed);
            return Err(refusal.header(ALLOW, self.allow.clone()));
        };
        let given = query.split('&').filter(|pair| !pair.is_empty());
        let mut given = given.map(|pair| pair.split('=').next().unwrap_or_default());
        match given.find(|name| !known.names.contains(*name)) {
            Some(unknown) => Err(ApiError::parameter(unknown, FieldCode::UnknownField)),
            None => Ok(()),
        }
    }

    /// What a client needs for this method, if the path has it.
    #[must_use]
    pub fn for_clients(&self, method: &str) -> Option<ForClients> {
        self.find(method).map(|known| known.for_clients)
    }
}

/// The scope that the handler asks of clients.
pub(super) fn required_scope(operation: &Operation) -> Option<ClientScope> {
    let value = operation.extensions.as_ref()?.get(REQUIRED_SCOPE)?;
    ClientScope::parse(value.as_str()?)
}

fn for_clients(operation: &Operation) -> ForClients {
    let is_guarded = operation.security.as_ref().is_some_and(|schemes| !schemes.is_empty());
    match required_scope(operation) {
        Some(scope) => ForClients::Scope(scope),
        None if is_guarded => ForClients::PersonNeeded,
        None => ForClients::AsForEverybody,
    }
}

fn operations(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    let table = [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    table.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn query_names(operation: &Operation) -> HashSet<String> {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let named = parameters.iter().filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
            Some(parameter.name.clone())
        }
        _ => None,
    });
    named.collect()
}
