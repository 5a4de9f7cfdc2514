// Package prometheus serves what is counted in the text format of Prometheus, under the names and with the labels of
// HAProxy's exporter (http-request use-service prometheus-exporter), so that its dashboards and alerts work.
package prometheus

import (
	"bufio"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/errorpage"
	"tidelock/proxy/sticktable"
	"tidelock/proxy/stream"
)

// Exporter answers requests with all metrics, or with those of the scopes that the query names.
type Exporter struct {
	Rows    func() []*counter.Row // in the order of "show stat"
	Process *counter.Process
	Tables  *sticktable.Tables
}

var _ stream.Service = (*Exporter)(nil)

// scope is a part of the metrics; a request may ask for several.
type scope uint8

const (
	ofProcess scope = 1 << iota
	frontends
	listeners
	backends
	servers
	tables
	all = ofProcess | frontends | listeners | backends | servers | tables
)

var scopes = map[string]scope{
	"global": ofProcess, "frontend": frontends, "listener": listeners, "backend": backends, "server": servers, "sticktable": tables,
	"*": all, "": 0,
}

// query is what a request asks for.
type query struct {
	scope   scope
	noMaint bool // leave out servers in maintenance
}

// parse reads the query of a URI. It reports false when a scope is unknown.
func parse(text string) (q query, ok bool) {
	q.scope = all
	named := false
	for word := range strings.SplitSeq(text, "&") {
		name, value, found := strings.Cut(word, "=")
		switch name {
		case "no-maint":
			q.noMaint = true
		case "scope":
			value, err := url.QueryUnescape(value)
			s, known := scopes[value]
			if !found || err != nil || !known {
				return q, false
			}
			if !named {
				named, q.scope = true, 0
			}
			q.scope |= s
		}
	}
	return q, true
}

// Serve implements stream.Service.
func (e *Exporter) Serve(a stream.Applet) error {
	s := a.Stream()
	s.Frontend.FrontendCounters.Add(counter.Intercepted, 1)
	text, _ := s.Request.Query()
	q, ok := parse(string(text))
	if !ok {
		return refuse(a)
	}
	response := s.Response
	if !response.SetResponse(200, []byte("OK")) || !response.Add("cache-control", []byte("no-cache")) ||
		!response.Add("content-type", []byte(ContentType)) {
		return io.ErrShortBuffer
	}
	if err := a.StartResponse(); err != nil {
		return err
	}
	return e.writeTo(a, q)
}

// ErrQuery refuses a query that cannot be understood.
var ErrQuery = errors.New("unknown scope")

// ContentType is that of what Write writes.
const ContentType = "text/plain; version=0.0.4"

// Write writes what Serve answers to a request with the query, which is empty for everything.
func (e *Exporter) Write(out io.Writer, query string) error {
	q, ok := parse(query)
	if !ok {
		return ErrQuery
	}
	return e.writeTo(out, q)
}

func (e *Exporter) writeTo(out io.Writer, q query) error {
	w := &writer{Writer: bufio.NewWriterSize(out, 16384), now: time.Now()}
	e.write(w, q)
	return w.Flush() // reports the first error of all writing
}

// refuse answers a query that cannot be understood.
func refuse(a stream.Applet) error {
	response := a.Stream().Response
	errorpage.Fill(response, 400)
	body := append([]byte(nil), response.Body()...)
	if err := a.StartResponse(); err != nil {
		return err
	}
	_, err := a.Write(body)
	return err
}

func (e *Exporter) write(w *writer, q query) {
	if q.scope&ofProcess != 0 {
		w.process(e.Process)
	}
	rows := e.Rows()
	for _, k := range []struct {
		scope scope
		kind  counter.Kind
	}{{frontends, counter.Frontend}, {listeners, counter.Listener}, {backends, counter.Backend}, {servers, counter.Server}} {
		if q.scope&k.scope != 0 {
			w.rows(rows, k.scope, k.kind, q.noMaint)
		}
	}
	if q.scope&tables != 0 && e.Tables != nil {
		w.tables(e.Tables)
	}
}
