//! Which addresses may be asked: public ones, and the exceptions that the operator names with their ports. It resolves no names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Whether an address may be connected to.
pub(super) fn is_permitted(address: SocketAddr, exceptions: &[SocketAddr]) -> bool {
    is_public(address.ip())
        || exceptions.iter().any(|known| (known.ip(), known.port()) == (address.ip(), address.port()))
}

/// Whether an address belongs to somebody on the public Internet. What is reserved, shared, for documentation or for the way from one
/// version of IP to the other is not (IANA's registries of special-purpose addresses).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = match ip.octets() {
        // This network, private use, loopback.
        [0 | 10 | 127, ..] => true,
        // Shared by providers (RFC 6598).
        [100, second, ..] => (64..128).contains(&second),
        // Link-local: the metadata of clouds is here.
        [169, 254, ..] => true,
        [172, second, ..] => (16..32).contains(&second),
        // Protocol assignments; documentation; 6to4 relays (RFC 7526); private use.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [192, 168, ..] => true,
        // AS112 and AMT: not for us.
        [192, 31, 196, _] | [192, 52, 193, _] | [192, 175, 48, _] => true,
        // Benchmarks; documentation.
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Multicast, reserved, broadcast.
        [first, ..] => first >= 224,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        // NAT64 (RFC 6052): on networks with IPv6 alone every other site is reached through it, so what counts is what it stands for.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)),
        // Global unicast is 2000::/3 (RFC 4291 §2.4); everything outside is loopback, mapped, unique local, link-local, multicast …
        [first, ..] if first & 0xe000 != 0x2000 => false,
        // Protocol assignments, Teredo, benchmarks, ORCHID (2001::/23); documentation; 6to4; documentation (RFC 9637).
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x2002, ..] => false,
        [0x3fff, second, ..] => second >= 0x1000,
        // AS112 (RFC 7535).
        [0x2620, 0x4f, 0x8000, ..] => false,
        _ => true,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ips: &[&str], expected: bool) {
        for ip in ips {
            assert_eq!(is_public(ip.parse().unwrap()), expected, "{ip}");
        }
    }

    #[test]
    fn public_addresses_may_be_asked() {
        check(
            &["1.1.1.1", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1"],
            true,
        );
        check(
            &["169.253.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "192.167.1.1", "11.0.0.1", "126.1.1.1"],
            true,
        );
        check(&["2606:4700::1111", "2001:4860:4860::8888", "2a00::1", "64:ff9b::101:101", "2001:200::1"], true);
    }

    #[test]
    fn private_and_special_addresses_may_not() {
        check(&["0.0.0.0", "0.1.2.3", "10.0.0.1", "127.0.0.1", "127.255.0.1", "100.64.0.1", "100.127.255.255"], false);
        check(&["169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1"], false);
        check(&["192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"], false);
        check(&["239.255.255.255", "240.0.0.1", "255.255.255.255"], false);
        check(&["::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "fe80::1", "fec0::1", "fc00::1"], false);
        check(
            &["fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1", "2001:10::1", "2002:7f00:1::", "2002:808:808::"],
            false,
        );
        check(&["64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "3fff::1", "5f00::1"], false);
    }

    #[test]
    fn an_exception_is_one_address_with_one_port() {
        let exceptions: Vec<SocketAddr> = vec!["127.0.0.1:8900".parse().unwrap(), "[::1]:80".parse().unwrap()];
        let check = |address: &str, expected: bool| {
            assert_eq!(is_permitted(address.parse().unwrap(), &exceptions), expected, "{address}");
        };
        check("127.0.0.1:8900", true);
        check("[::1]:80", true);
        check("127.0.0.1:8901", false);
        check("127.0.0.2:8900", false);
        check("[::ffff:127.0.0.1]:8900", false);
        check("1.1.1.1:8901", true);
    }
}
