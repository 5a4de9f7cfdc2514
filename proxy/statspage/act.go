package statspage

import (
	"io"
	"net/url"
	"strconv"

	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// What came of a form, as the redirection tells it.
const (
	statusDone     = "DONE"
	statusNothing  = "NONE"
	statusPartly   = "PART"
	statusFailed   = "ERRP"
	statusTooLarge = "EXCD"
	statusDenied   = "DENY"
	statusUnknown  = "UNKN"
)

// act carries out a form and sends the client back to the page.
func (p *Page) act(a stream.Applet, admin bool) error {
	status := statusDenied
	if admin {
		status = p.receive(a)
	}
	response := a.Stream().Response
	o := p.options(a.Stream().Request.URI())
	o.status = status
	ok := response.SetResponse(303, []byte("See Other")) && response.Add("cache-control", []byte("no-cache")) &&
		response.Add("content-type", []byte("text/plain")) && response.Add("content-length", []byte("0")) &&
		response.Add("location", []byte(p.link(o)))
	if !ok {
		return io.ErrShortBuffer
	}
	return a.StartResponse()
}

// receive reads a form and carries it out.
func (p *Page) receive(a stream.Applet) (status string) {
	body, err := io.ReadAll(io.LimitReader(a, int64(p.MaxForm)+1))
	if err != nil {
		return statusUnknown
	}
	if len(body) > p.MaxForm {
		return statusTooLarge
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return statusUnknown
	}
	names, backend, action := values["s"], values.Get("b"), values.Get("action")
	if len(names) == 0 || backend == "" || action == "" {
		return statusNothing
	}
	do, known := actions[action]
	b := p.backend(backend)
	if !known || b == nil {
		return statusFailed
	}
	changed, failed := 0, 0
	for _, name := range names {
		switch s := serverOf(b, name); {
		case s == nil:
			failed++
		case do(p, s):
			changed++
		}
	}
	switch {
	case failed > 0 && changed > 0:
		return statusPartly
	case failed > 0:
		return statusFailed
	case changed == 0:
		return statusNothing
	}
	return statusDone
}

// backend returns the backend with a name, or a number behind "#", that the page shows.
func (p *Page) backend(name string) *server.Backend {
	for _, b := range p.Backends() {
		if named(name, b.Proxy.Name, b.Proxy.ID) && (p.Scope == nil || p.Scope(b.Proxy.Name)) {
			return b
		}
	}
	return nil
}

func serverOf(b *server.Backend, name string) *server.Server {
	for _, s := range b.Servers() {
		if named(name, s.Name, s.ID) {
			return s
		}
	}
	return nil
}

func named(word, name string, id int) bool { return word == name || word == "#"+strconv.Itoa(id) }

// actions are what the form can do with a server. Each reports whether it changed anything.
var actions = map[string]func(*Page, *server.Server) bool{
	"ready":    admin(0, server.Maintenance|server.Drain),
	"drain":    admin(server.Drain, server.Maintenance),
	"maint":    admin(server.Maintenance, server.Drain),
	"disable":  adminOnce(server.Maintenance, 0),
	"enable":   adminOnce(0, server.Maintenance),
	"stop":     adminOnce(server.Drain, 0),
	"start":    adminOnce(0, server.Drain),
	"dhlth":    checks(false),
	"ehlth":    checks(true),
	"hrunn":    health(server.Running),
	"hnolb":    health(server.Stopping),
	"hdown":    health(server.Stopped),
	"shutdown": func(p *Page, s *server.Server) bool { p.Kill(s); return true },
}

// admin makes an action that counts as a change whether the server was so already or not.
func admin(add, remove server.Admin) func(*Page, *server.Server) bool {
	return func(_ *Page, s *server.Server) bool {
		s.SetAdmin(add, remove)
		return true
	}
}

// adminOnce makes an action that counts where it changes something.
func adminOnce(add, remove server.Admin) func(*Page, *server.Server) bool {
	return func(_ *Page, s *server.Server) bool {
		if now := s.State().Admin; now&^remove|add == now {
			return false
		}
		s.SetAdmin(add, remove)
		return true
	}
}

func checks(on bool) func(*Page, *server.Server) bool {
	return func(_ *Page, s *server.Server) bool {
		if s.Check == nil {
			return false
		}
		s.EnableChecks(on)
		return true
	}
}

func health(o server.Operation) func(*Page, *server.Server) bool {
	return func(_ *Page, s *server.Server) bool {
		s.SetHealth(o, "changed from Web interface")
		return true
	}
}
