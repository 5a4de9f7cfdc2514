package luabridge

import (
	"errors"
	"path"
	"slices"
	"strings"

	"tidelock/proxy/sample"
	"tidelock/proxy/value"
	"tidelock/proxy/variable"
)

// need asks for what a fetch or converter reaches with its arguments. They are typed and compiled, so that what is asked for
// is what is read, however the script has written it.
type need func(g *guard, a []sample.Argument) error

// fetchNeeds has a row for each fetch, nil for those that are open to every script. Without a row a fetch is refused: a new one
// has to be thought about.
var fetchNeeds = needs(openFetches, map[string]need{
	"env":                     func(g *guard, a []sample.Argument) error { return g.about("environment").ask(a[0].Text, "") },
	"internal.htx_blk.hdrval": readsHeaders("internal.htx_blk.hdrval", credentials),
	"capture.req.hdr":         readsHeaders("capture.req.hdr", requestCredentials),
	"capture.res.hdr":         readsHeaders("capture.res.hdr", responseCredentials),
	"req.hdrs":                readsHeaders("req.hdrs", requestCredentials),
	"req.hdrs_bin":            readsHeaders("req.hdrs_bin", requestCredentials),
	"res.hdrs":                readsHeaders("res.hdrs", responseCredentials),
	"res.hdrs_bin":            readsHeaders("res.hdrs_bin", responseCredentials),
	"cookie":                  readsHeaders("cookie", []string{"cookie", "set-cookie"}),
	"http_auth":               readsHeaders("http_auth", authorization),
	"http_auth_group":         readsHeaders("http_auth_group", authorization),
	"http_auth_pass":          readsHeaders("http_auth_pass", authorization),
	"http_auth_type":          readsHeaders("http_auth_type", authorization),
	"http_auth_user":          readsHeaders("http_auth_user", authorization),
	"http_auth_bearer":        readsHeaderOr(authorization),
}, family(readsHeader(credentials), "hdr hdr_cnt hdr_ip hdr_val"),
	family(readsHeader(requestCredentials), "req.fhdr req.fhdr_cnt req.hdr req.hdr_cnt req.hdr_ip req.hdr_val"),
	family(readsHeader(responseCredentials), "res.fhdr res.fhdr_cnt res.hdr res.hdr_cnt res.hdr_ip res.hdr_val shdr shdr_cnt shdr_ip shdr_val"),
	family(readsHeaders("cookies", []string{"cookie"}), "cook cook_cnt cook_val req.cook req.cook_cnt req.cook_val"),
	family(readsHeaders("cookies", []string{"set-cookie"}), "scook scook_cnt scook_val res.cook res.cook_cnt res.cook_val"),
	family(readsNothing("secrets of TLS sessions open all that these carry"), `ssl_bc_session_key ssl_fc_session_key ssl_fc_client_early_traffic_secret
		ssl_fc_client_handshake_traffic_secret ssl_fc_client_traffic_secret_0 ssl_fc_early_exporter_secret
		ssl_fc_exporter_secret ssl_fc_server_handshake_traffic_secret ssl_fc_server_traffic_secret_0`),
)

// converterNeeds is fetchNeeds for converters.
var converterNeeds = needs(openConverters, map[string]need{"jwt_verify": readsKey})

var authorization = []string{"authorization"}

func needs(open string, rows ...map[string]need) map[string]need {
	all := map[string]need{}
	for name := range strings.FieldsSeq(open) {
		all[name] = nil
	}
	for _, some := range rows {
		for name, n := range some {
			all[name] = n
		}
	}
	return all
}

// family gives several rows the same need.
func family(n need, names string) map[string]need {
	rows := map[string]need{}
	for name := range strings.FieldsSeq(names) {
		rows[name] = n
	}
	return rows
}

// readsHeaders asks for headers that are read whatever the arguments are.
func readsHeaders(by string, headers []string) need {
	return func(g *guard, _ []sample.Argument) error {
		q := g.about("read-headers")
		for _, name := range headers {
			if err := q.ask(name, "read by "+by); err != nil {
				return err
			}
		}
		return nil
	}
}

// readsHeader asks for the header that the first argument names if it has credentials, for all of those when it names none.
func readsHeader(all []string) need {
	every := readsHeaders("all headers", all)
	return func(g *guard, a []sample.Argument) error {
		name := lowerName([]byte(a[0].Text))
		switch {
		case name == "" && a[0].Given:
			return every(g, a)
		case slices.Contains(credentials, name):
			return g.about("read-headers").ask(name, "")
		}
		return nil
	}
}

// readsHeaderOr is readsHeader with other headers than all where none is named.
func readsHeaderOr(otherwise []string) need {
	named, unnamed := readsHeader(nil), readsHeaders("the fetch", otherwise)
	return func(g *guard, a []sample.Argument) error {
		if a[0].Text == "" {
			return unnamed(g, a)
		}
		return named(g, a)
	}
}

// readsNothing refuses what no capability grants.
func readsNothing(why string) need {
	err := errors.New(why + ": scripts of bundles cannot use it")
	return func(g *guard, _ []sample.Argument) error {
		if g.grant == nil {
			return nil
		}
		return err
	}
}

// readsKey asks for the file of a key.
func readsKey(g *guard, a []sample.Argument) error {
	if !path.IsAbs(a[1].Text) {
		return nil
	}
	return g.about("files").ask(a[1].Text, "")
}

// binds returns bind with the question for what its arguments need. It is asked once for each list of arguments that a
// binder remembers. g may be nil.
func (g *guard) binds(bind binding, name string, all map[string]need) binding {
	if g == nil {
		return bind
	}
	ask, known := all[name]
	if !known {
		ask = readsNothing("'" + name + "' is not known to be harmless")
	}
	return func(script *sample.Compiler, c *sample.Context, arguments []value.Value) ([]sample.Argument, error) {
		a, err := bind(script, c, arguments)
		if err == nil && ask != nil {
			err = ask(g, a)
		}
		if err == nil {
			err = g.asksVariables(a)
		}
		if err != nil {
			return nil, err
		}
		return a, nil
	}
}

// asksVariables asks for the variables of the process that arguments name.
func (g *guard) asksVariables(a []sample.Argument) error {
	for i := range a {
		if v := a[i].Variable; v.ID != 0 && v.Scope == variable.Process {
			if err := g.about("shared").ask(a[i].Text, ""); err != nil {
				return err
			}
		}
	}
	return nil
}
