//! Where a webhook may lead: to public addresses only, so that nobody reaches the inside of the
//! network through this program. What is looked at is the address that is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Url;

/// Longest address of a webhook, in characters.
const URL_CHARS_MAX: usize = 2_000;

/// How far calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// To public addresses only.
    #[default]
    Public,
    /// Anywhere, this machine included: for tests and for networks that are closed anyway.
    Anywhere,
}

impl Reach {
    /// Whether an address may be connected to.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }
}

/// Reads the address of a webhook.
///
/// # Errors
/// What was expected instead.
pub fn may_be_called(url: &str, reach: Reach) -> Result<Url, &'static str> {
    if url.len() > URL_CHARS_MAX {
        return Err("an address of at most 2000 characters");
    }
    let url = Url::parse(url).map_err(|_| "an address such as https://shop.example/hooks")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("an address that begins with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address without user and password");
    }
    let literal = match url.host() {
        None => return Err("an address with a host"),
        Some(host) => host.to_string().trim_matches(['[', ']']).parse::<IpAddr>().ok(),
    };
    if literal.is_some_and(|address| !reach.allows(address)) {
        return Err("a public address");
    }
    Ok(url)
}

/// Whether an address belongs to the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [a, b, ..] = address.segments();
    let is_global = a & 0xe000 == 0x2000;
    // Teredo, documentation, benchmarks and 6to4, which hide other addresses within.
    let is_special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || a == 0x3fff;
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    const INSIDE: &[&str] = &[
        "http://127.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.0.0.1:8088/v1/shops",
        "http://127.255.255.254/",
        "http://0/",
        "http://0.0.0.0/",
        "http://0.1.2.3/",
        "http://10.0.0.1/",
        "http://10.255.255.255/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.0.1/",
        "http://192.168.1.1:22/",
        "http://3232235521/",
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254:80/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://0251.0376.0251.0376/",
        "http://169.254.170.2/v2/credentials",
        "http://100.64.0.1/",
        "http://100.100.100.200/latest/meta-data/",
        "http://100.127.255.255/",
        "http://192.0.0.1/",
        "http://192.0.0.192/",
        "http://192.0.2.1/",
        "http://192.88.99.1/",
        "http://198.18.0.1/",
        "http://198.19.255.255/",
        "http://198.51.100.1/",
        "http://203.0.113.1/",
        "http://224.0.0.1/",
        "http://239.255.255.250:1900/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a9fe:a9fe::1]/",
        "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "http://[2001:db8::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[100::1]/",
        "http://[3fff::1]/",
        "http://[4000::1]/",
        "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
        "http://127\u{3002}0\u{3002}0\u{3002}1/",
        "http://①②⑦.0.0.1/",
        "http://127.0.0.1./",
        "http:/127.0.0.1/",
        "http:127.0.0.1",
        "http:\\\\127.0.0.1\\",
        "http://user@127.0.0.1/",
        "http://public.example@127.0.0.1/",
        "https://public.example:secret@203.0.114.1/",
        "https://user@public.example/",
        "ftp://public.example/",
        "file:///etc/passwd",
        "gopher://public.example/",
        "data:text/plain,x",
        "javascript:alert(1)",
        "unix:/run/socket",
        "//public.example/",
        "public.example/hooks",
        "http://",
        "http://:80/",
        "http://[::1",
        "http://1.2.3.4.5.6:99999/",
        "",
        " ",
        "http://256.256.256.256/",
        "http://public example/",
    ];

    #[test]
    fn what_leads_inside_or_nowhere_is_refused_before_anything_is_called() {
        assert!(INSIDE.len() >= 80);
        for url in INSIDE {
            assert!(may_be_called(url, Reach::Public).is_err(), "{url}");
        }
        let long = format!("https://public.example/{}", "a".repeat(2_000));
        assert!(may_be_called(&long, Reach::Public).is_err());
    }

    #[test]
    fn public_addresses_and_names_may_be_called() {
        for url in [
            "https://public.example/hooks",
            "http://public.example:8443/hooks?shop=cafe",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "https://가게.example/",
        ] {
            assert!(may_be_called(url, Reach::Public).is_ok(), "{url}");
        }
    }

    #[test]
    fn anywhere_is_this_machine_too() {
        assert!(may_be_called("http://127.0.0.1:9/", Reach::Anywhere).is_ok());
        assert!(Reach::Anywhere.allows("::1".parse().unwrap()));
        assert!(!Reach::Public.allows("::1".parse().unwrap()));
    }
}
