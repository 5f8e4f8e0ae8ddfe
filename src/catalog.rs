//! stub
use crate::config::Config;
use crate::event::*;
use crate::name::Slug;
use crate::problem::*;
use std::collections::BTreeMap;
use std::sync::Arc;
#[derive(Debug)]
pub struct ParsedFile;
impl ParsedFile {
    pub fn is_broken(&self) -> bool {
        false
    }
    pub fn problems(&self) -> &[Problem] {
        &[]
    }
}
pub fn parse(_: Arc<Source>, _: &Config) -> ParsedFile {
    ParsedFile
}
#[derive(Debug)]
pub struct Catalog {
    pub organizations: BTreeMap<Slug, Arc<Organization>>,
    pub venues: BTreeMap<Slug, Arc<Venue>>,
    pub events: Vec<Arc<Event>>,
    pub problems: Vec<Problem>,
}
pub fn assemble(_: &BTreeMap<String, Arc<ParsedFile>>, _: &Config, _: Option<&Catalog>) -> Catalog {
    unimplemented!()
}
pub fn schema() -> serde_json::Value {
    unimplemented!()
}
