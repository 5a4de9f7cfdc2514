package proxy

import (
	"tidelock/proxy/config"
	"tidelock/proxy/errorpage"
	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// errorPages are the answers of a section's errorfile lines. A page without a start line closes without an answer.
type errorPages map[int]*message.Message

// buildErrorPages reads the errorfile lines of all sections.
func (b *builder) buildErrorPages() map[*stream.Proxy]errorPages {
	all := map[*stream.Proxy]errorPages{}
	for _, section := range b.config.Proxies {
		if pages := b.errorPages(section); pages != nil {
			all[b.identities[section]] = pages
		}
	}
	return all
}

// errorReply returns what a frontend answers errors with: the pages of the backend that the exchange reached come before those
// of the frontend. It is nil when there are none.
func (b *builder) errorReply(section *config.Proxy) func(*stream.Stream, int) bool {
	all, own := b.pages, b.pages[b.identities[section]]
	if len(all) == 0 {
		return nil
	}
	return func(s *stream.Stream, status int) bool {
		page := all[s.Backend][status]
		if page == nil {
			page = own[status]
		}
		if page == nil {
			return false
		}
		s.Response.CopyFrom(page)
		return true
	}
}

func (b *builder) errorPages(section *config.Proxy) errorPages {
	var pages errorPages
	for status, content := range section.ErrorFiles {
		page, err := errorpage.Parse(content)
		if err != nil {
			b.diags.Alertf(section.At, "errorfile : page of status %d of %s '%s': %s.", status, section.Kind, section.Name, err)
			continue
		}
		if pages == nil {
			pages = errorPages{}
		}
		pages[status] = page
	}
	return pages
}
