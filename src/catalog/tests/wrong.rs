//! What is told about files that are wrong.

use super::*;

#[test]
fn explore() {
    for text in [
        "[[event]]\nid = \"a\"\ntitel = \"x\"\nstart = 2021-02-30T10:00\n[event.fr]\ntitle = \"x\"\n",
        "[[event]]\nid = \"a\"\ntitle = 5\nstart = \"2021-03-04T10:00\"\ntags = \"x\"\nsupporters = [\"a\", 3, \"b\"]\nstatus = \"canceled\"\n[event.change]\non = 2021-01-01\n",
        "[[event]]\nid = \"a\"\ntitle = \"x\nstart = 2021-03-14T02:30\n",
        "[[event]]\nid = \"a\"\ntitle = \"x\"\nstart = 2021-03-14T02:30\n[[event]]\nid = \"a\"\ntitle = \"x\"\nstart = 2021-11-07T01:30\n",
        "[[event]]\nid = \"a\"\ntitle = \"x\"\nstart = 2021-03-14T24:00\n[[event]]\nid = \"a\"\ntitle = \"x\"\nstart = 2021-11-07T01:30:60\nend = 10:00\n",
        "event = 5\norganisation = {}\n[[venue]]\nslug = \"x\"\n",
        "[organization]\nname = \"X\"\n[[event]]\n[event.es]\ntitle = \"a\"\nx = 1\n[[event]]\n",
    ] {
        let catalog = catalog(&[("x.toml", text)]);
        println!("{}", crate::problem::render(&catalog.problems, crate::problem::Format::Human, false));
        println!("broken {:?}\n==========", files(&[("x.toml", text)])["x.toml"].is_broken());
    }
}
