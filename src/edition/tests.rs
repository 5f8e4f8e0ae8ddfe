use super::*;

#[test]
fn a_page_is_a_file_that_hosts_find_by_its_address() {
    let check = |address, expected| assert_eq!(file_name(address), expected);
    check("/", "index.html");
    check("/es/", "es/index.html");
    check("/org/chicago-dsa", "org/chicago-dsa.html");
    check("/org/chicago-dsa/2021", "org/chicago-dsa/2021.html");
    check("/es/org/chicago-dsa.ics", "es/org/chicago-dsa.ics");
    check("/embed/all.js", "embed/all.js");
    check("/es/404.html", "es/404.html");
}

#[test]
fn new_things_come_first_and_each_after_what_it_points_to() {
    let addresses = [
        ("/", Rank::Directory),
        ("/org/new", Rank::Page),
        ("/org/old", Rank::Page),
        ("/org/old.ics", Rank::Feed),
        ("/org/new.ics", Rank::Feed),
        ("/style.css", Rank::Asset),
        ("/status", Rank::Passing),
    ];
    let standing = |address: &str| if address.contains("new") { Standing::New } else { Standing::Known };
    let order: Vec<&str> = steps(addresses, standing).into_values().flatten().collect();
    assert_eq!(order, ["/org/new.ics", "/org/new", "/style.css", "/org/old.ics", "/org/old", "/", "/status"]);
}
