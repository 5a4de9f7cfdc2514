package proxy

import (
	"slices"
	"time"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/errorpage"
	"tidelock/proxy/message"
	"tidelock/proxy/rule"
	"tidelock/proxy/stream"
)

// tarpitTimeout is how long a section's tarpit rules hold clients up. Sections with servers have another timeout to fall
// back to.
func tarpitTimeout(section *config.Proxy) time.Duration {
	if section.Timeouts.Tarpit == 0 && section.Kind.HasBackend() {
		return section.Timeouts.Connect
	}
	return section.Timeouts.Tarpit
}

// errorReplies are a section's answers in the place of the proxy's own, by status.
type errorReplies map[int]*rule.Reply

// buildErrorReplies compiles those of all sections.
func (b *builder) buildErrorReplies() map[*stream.Proxy]errorReplies {
	all := map[*stream.Proxy]errorReplies{}
	for _, section := range b.config.Proxies {
		if replies := b.errorReplies(section); len(replies) > 0 {
			all[b.identities[section]] = replies
		}
	}
	return all
}

// errorReply returns what a frontend answers errors with: the replies of the backend that the exchange reached come
// before those of the frontend. It is nil when there are none.
func (b *builder) errorReply(section *config.Proxy) func(*stream.Stream, int) bool {
	all, own := b.replies, b.replies[b.identities[section]]
	if len(all) == 0 {
		return nil
	}
	return func(s *stream.Stream, status int) bool {
		reply := all[s.Backend][status]
		if reply == nil {
			reply = own[status]
		}
		return reply != nil && reply.Fill(s)
	}
}

// answerError returns what answers with a status of the proxy's own, replaced or not.
func (b *builder) answerError(section *config.Proxy) func(*stream.Stream, int) {
	replaced := b.errorReply(section)
	return func(s *stream.Stream, status int) {
		if replaced == nil || !replaced(s, status) {
			s.Response.Reset()
			errorpage.Fill(s.Response, status)
		}
	}
}

func (b *builder) errorReplies(section *config.Proxy) errorReplies {
	replies := errorReplies{}
	for _, r := range section.ErrorReplies {
		switch r.Keyword {
		case "errorfile":
			if page, err := errorpage.Parse(r.Page); err != nil {
				b.diags.Alertf(r.At, "errorfile : '%s': %s", r.File, err)
			} else {
				replies[r.Status] = rule.PageReply(r.Status, page)
			}
		case "errorfiles":
			b.importReplies(section, r, replies)
		case "http-error":
			b.compileReply(section, r, replies)
		default:
			replies[r.Status] = rule.PageReply(r.Status, redirection(r))
		}
	}
	return replies
}

// redirection is the page of an errorloc line.
func redirection(r config.ErrorReply) *message.Message {
	m := &message.Message{}
	reason := "Found"
	if r.Redirect == 303 {
		reason = "See Other"
	}
	m.SetResponse(r.Redirect, []byte(reason))
	m.Add("cache-control", []byte("no-cache"))
	m.Add("content-length", []byte("0"))
	m.Add("location", []byte(r.Location))
	m.EndHeaders()
	return m
}

// importReplies takes pages from an http-errors section.
func (b *builder) importReplies(section *config.Proxy, r config.ErrorReply, replies errorReplies) {
	pages, ok := b.errorGroup(r.Group)
	if !ok {
		b.diags.Alertf(syntax.Position{}, "proxy '%s': unknown http-errors section '%s' (at %s:%d).", section.Name, r.Group, r.At.File, r.At.Line)
		return
	}
	for status, page := range pages {
		if len(r.Statuses) == 0 || slices.Contains(r.Statuses, status) {
			replies[status] = rule.PageReply(status, page)
		}
	}
}

// errorGroup returns the pages of an http-errors section. They are parsed anew for each who asks: few do.
func (b *builder) errorGroup(name string) (pages map[int]*message.Message, ok bool) {
	group := b.config.HTTPErrors(name)
	if group == nil {
		return nil, false
	}
	pages = map[int]*message.Message{}
	for status, content := range group.Files {
		page, err := errorpage.Parse(content)
		if err != nil {
			b.diags.Alertf(group.At, "errorfile : page of status %d: %s", status, err)
			continue
		}
		pages[status] = page
	}
	return pages, true
}

// compileReply compiles an http-error line. One that asks for the default undoes what stood before.
func (b *builder) compileReply(section *config.Proxy, r config.ErrorReply, replies errorReplies) {
	line := config.Rule{Set: r.Keyword, Words: r.Words, Folder: r.Folder, At: r.At}
	status, reply, err := b.ruleCompiler(section, stream.HTTPRequest, &acl.Set{}, line).CompileError(syntax.Texts(r.Words))
	switch {
	case err != nil:
		b.fail(err, line, "http-error : %s", err)
	case !slices.Contains(rule.ErrorStatuses, status):
		b.diags.Alertf(r.At, "http-error : status code '%d' not handled.", status)
	case reply.IsDefault():
		delete(replies, status)
	default:
		replies[status] = reply
	}
}
