// Package statspage serves the statistics page (manual, "stats enable"; management manual, section 9.3): what is counted,
// for people in HTML and for programs as CSV, JSON or typed lines, and a form by which servers are taken out of service.
//
// The URIs, the fields of the form and the answers to it are HAProxy's, so that scripts written for it work. The page itself
// is our own: it needs nothing from elsewhere, works without scripts, and escapes all that it shows.
package statspage

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/report"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// Page is a statistics page.
type Page struct {
	URI         []byte // what requests for it begin with
	Version     string // not shown when empty
	Node        string // not shown when empty
	Description string // not shown when empty
	Legends     bool   // show what is configured, too
	Refresh     time.Duration
	Scope       func(proxy string) bool // the proxies that it shows; nil for all

	Rows         func() []*counter.Row // in the order of "show stat"
	Process      *counter.Process
	Descriptions map[string]string // of proxies, by name

	// Admin reports whether a client may change servers; nil for nobody.
	Admin func(*stream.Stream) bool
	// Backends are those whose servers the form changes. Kill ends the exchanges of a server.
	Backends func() []*server.Backend
	Kill     func(*server.Server)
	// MaxForm is how large a form may be.
	MaxForm int
}

var _ stream.Service = (*Page)(nil)

// Matches reports whether a request is for the page.
func (p *Page) Matches(s *stream.Stream) bool {
	switch string(s.Request.Method()) {
	case "GET", "HEAD", "POST":
		return bytes.HasPrefix(s.Request.URI(), p.URI)
	}
	return false
}

// Serve implements stream.Service.
func (p *Page) Serve(a stream.Applet) error {
	s := a.Stream()
	s.Frontend.FrontendCounters.Add(counter.Intercepted, 1)
	admin := p.Admin != nil && p.Admin(s)
	if string(s.Request.Method()) == "POST" {
		return p.act(a, admin)
	}
	o := p.options(s.Request.URI())
	contentType := "text/plain"
	switch o.format {
	case asHTML:
		contentType = "text/html"
	case asJSON, asSchema:
		contentType = "application/json"
	}
	response := s.Response
	ok := response.SetResponse(200, []byte("OK")) && response.Add("cache-control", []byte("no-cache")) &&
		response.Add("content-type", []byte(contentType))
	if p.Refresh > 0 && !o.noRefresh {
		ok = ok && response.Add("refresh", strconv.AppendInt(nil, int64(p.Refresh/time.Second), 10))
	}
	if !ok {
		return io.ErrShortBuffer
	}
	if err := a.StartResponse(); err != nil {
		return err
	}
	if string(s.Request.Method()) == "HEAD" {
		return nil
	}
	w := bufio.NewWriterSize(a, 16384)
	if err := p.write(w, o, admin); err != nil {
		return err
	}
	return w.Flush()
}

// write writes the page in the form that was asked for.
func (p *Page) write(w io.Writer, o options, admin bool) error {
	filter := report.Everything
	filter.Up, filter.NoMaint, filter.Scope = o.up, o.noMaint, p.shown(o)
	switch now := time.Now(); o.format {
	case asCSV:
		return report.Stat(w, p.Rows(), filter, report.CSV, now)
	case asTyped:
		return report.Stat(w, p.Rows(), filter, report.Typed, now)
	case asJSON:
		return report.Stat(w, p.Rows(), filter, report.JSON, now)
	case asSchema:
		_, err := io.WriteString(w, report.Schema())
		return err
	default:
		return page.Execute(w, p.view(o, filter, admin, now))
	}
}
