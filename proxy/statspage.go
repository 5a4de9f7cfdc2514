package proxy

import (
	"cmp"
	"os"
	"slices"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/http1"
	"tidelock/proxy/rule"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/statspage"
	"tidelock/proxy/stream"
)

// statsRules is what "stats http-request" lines fill: rules for requests of the statistics page alone.
const statsRules stream.RuleSet = "stats http-request"

// statsAdmin adds a condition under which a client may change servers.
func (l *ruleList) statsAdmin(r config.Rule) {
	condition, err := l.acls.Condition(l.compiler(l.section, sample.PhaseOf(stream.HTTPRequest), r.At, r.Folder), syntax.Texts(r.Words))
	if err != nil {
		l.fail(err, r, "error detected while parsing a 'stats admin' rule : %s", sentence(err))
		return
	}
	l.rules.statsAdmin = append(l.rules.statsAdmin, condition)
}

// statsAccess adds a rule about who may see the page.
func (l *ruleList) statsAccess(r config.Rule) {
	compiled, err := l.ruleCompiler(l.section, stream.HTTPRequest, l.acls, r).Compile(syntax.Texts(r.Words))
	if err != nil {
		r.Set = string(stream.HTTPRequest) // what HAProxy speaks of
		l.failRule(l.section, err, r)
		return
	}
	if earlier := l.chains[statsRules]; len(earlier) > 0 && earlier[len(earlier)-1].Last() {
		l.diags.Add(syntax.Diagnostic{Severity: syntax.Warning, Position: r.At, Tight: true,
			Reason: "previous 'stats' action has no condition attached, further entries are NOOP."})
	}
	l.chains[statsRules] = append(l.chains[statsRules], compiled)
}

// statsAccounts has the page ask for one of the accounts of "stats auth".
func (l *ruleList) statsAccounts(page *config.StatsPage) {
	accounts := users{}
	for _, a := range page.Accounts {
		accounts[a.Name] = &config.User{Name: a.Name, Password: a.Password}
	}
	k := l.ruleCompiler(l.section, stream.HTTPRequest, &acl.Set{}, config.Rule{})
	k.Samples.Users = func(string) sample.Users { return accounts }
	compiled, err := k.Compile([]string{"auth", "realm", page.Realm, "unless", "{", "http_auth(stats)", "}"})
	if err != nil {
		l.diags.Alertf(l.section.At, "'stats realm' : %s", sentence(err))
		return
	}
	l.chains[statsRules] = []*rule.Rule{compiled}
}

// statsPage returns what has requests for the section's statistics page answered by it, nil without one.
func (l *ruleList) statsPage() verdict {
	settings := l.section.StatsPage
	if settings == nil {
		return nil
	}
	if len(settings.Accounts) > 0 {
		l.statsAccounts(settings)
	}
	page := l.newStatsPage(settings)
	page.Admin = l.mayAdminister()
	access := l.chain(statsRules)
	identity := &stream.Server{Name: "<STATS>"}
	return func(s *stream.Stream) stream.Verdict {
		if !page.Matches(s) {
			return stream.Continue
		}
		if access != nil {
			if v := access(s); v != stream.Continue && v != stream.Stop {
				return v
			}
		}
		s.Service, s.Server = page, identity
		return stream.Stop
	}
}

func (l *ruleList) newStatsPage(settings *config.StatsPage) *statspage.Page {
	global := &l.config.Global
	page := &statspage.Page{
		URI: []byte(settings.URI), Description: settings.Description, Legends: settings.ShowLegends, Refresh: settings.Refresh,
		Rows: l.Rows, Process: l.Process, Descriptions: map[string]string{}, Kill: l.killExchanges,
		MaxForm: cmp.Or(global.BufferSize, http1.DefaultBufferSize) - cmp.Or(global.MaxRewrite, http1.DefaultMaxRewrite),
	}
	if !settings.HideVersion {
		page.Version = l.options.Version
	}
	if settings.ShowNode {
		page.Node = cmp.Or(settings.Node, global.Node)
		if page.Node == "" {
			page.Node, _ = os.Hostname()
		}
	}
	if scope := settings.Scope; len(scope) > 0 {
		own := l.section.Name
		page.Scope = func(proxy string) bool {
			return slices.Contains(scope, proxy) || proxy == own && slices.Contains(scope, ".")
		}
	}
	for _, section := range l.config.Proxies {
		page.Descriptions[section.Name] = section.Description
	}
	p := l.Proxy
	page.Backends = func() (all []*server.Backend) {
		for _, b := range p.runtime.servers.Backends {
			all = append(all, b.Backend)
		}
		return all
	}
	return page
}

// mayAdminister returns who may change servers by the page, nil for nobody.
func (l *ruleList) mayAdminister() func(*stream.Stream) bool {
	conditions := l.rules.statsAdmin
	if len(conditions) == 0 {
		return nil
	}
	return func(s *stream.Stream) bool {
		c := sample.Acquire(s, sample.PhaseOf(stream.HTTPRequest))
		defer c.Release()
		return slices.ContainsFunc(conditions, func(a *acl.Condition) bool { return a.Holds(c) })
	}
}

// killExchanges ends the exchanges that a server has under way.
func (p *Proxy) killExchanges(s *server.Server) {
	for _, e := range p.frontends {
		e.Kill(func(_ uint64, target *server.Server) bool { return target == s })
	}
}
