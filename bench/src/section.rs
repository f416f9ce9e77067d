//! Parts of a page that stand between two lines, so that who makes the page anew keeps what others have
//! written there.

/// A part, by its lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    begin: &'static str,
    end: &'static str,
}

/// What people write beside the figures.
pub(crate) const KEPT: Section = Section { begin: "<!-- kept: begin -->", end: "<!-- kept: end -->" };

/// What `bench siege` makes.
pub(crate) const SIEGE: Section = Section { begin: "<!-- siege: begin -->", end: "<!-- siege: end -->" };

impl Section {
    /// What stands in it on a page; nothing where there is none.
    pub(crate) fn of(self, page: &str) -> &str {
        let inside = page.split_once(self.begin).and_then(|(_, rest)| rest.split_once(self.end));
        inside.map_or("", |(inside, _)| inside).trim()
    }

    /// The part as it stands on a page.
    pub(crate) fn around(self, text: &str) -> String {
        format!("{}\n{}\n{}\n", self.begin, text.trim(), self.end)
    }

    /// The page with another text in it; at its end where it had none.
    pub(crate) fn put_into(self, page: &str, text: &str) -> String {
        let around = self.around(text);
        match page.split_once(self.begin) {
            Some((before, rest)) => {
                let after = rest.split_once(self.end).map_or("", |(_, after)| after);
                format!("{before}{around}{}", after.strip_prefix('\n').unwrap_or(after))
            }
            None => format!("{}\n\n{around}", page.trim_end()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_alone_in_its_part_and_the_rest_of_the_page_stays() {
        let page = SIEGE.put_into("# Speed\n", "first");
        assert_eq!(SIEGE.of(&page), "first");
        let page = SIEGE.put_into(&format!("{page}\nmore\n"), "second");
        assert_eq!(SIEGE.of(&page), "second");
        assert!(page.starts_with("# Speed\n\n") && page.ends_with("\nmore\n"), "{page}");
        assert_eq!(SIEGE.put_into(&page, "second"), page);
        assert_eq!(KEPT.of(&page), "");
    }
}
