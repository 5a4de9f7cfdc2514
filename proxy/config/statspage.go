package config

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// StatsPage is what a section says of the statistics page that it serves.
type StatsPage struct {
	URI                      string // what requests for it begin with
	Realm                    string
	Accounts                 []StatsAccount // who may see it; anybody when empty
	Scope                    []string       // the proxies that it shows, "." for the section itself; all when empty
	Refresh                  time.Duration  // 0 for never
	HideVersion, ShowLegends bool
	ShowNode                 bool
	Node                     string // empty for the process's
	Description              string // shown unless empty
}

// StatsAccount is a "stats auth".
type StatsAccount struct{ Name, Password string }

const defaultStatsURI, defaultStatsRealm = "/haproxy?stats", "HAProxy Statistics"

const statsKeywords = "'admin', 'uri', 'realm', 'auth', 'scope', 'enable', 'hide-version', 'show-node', 'show-desc' or 'show-legends'"

// stats enable | hide-version | show-legends | show-modules
// stats uri <prefix>, stats realm <realm>, stats auth <user>:<password>, stats scope <proxy>, stats refresh <delay>
// stats show-node [<name>], stats show-desc [<description>]
// stats admin if|unless <condition>
// stats http-request <action> [if|unless <condition>]
func parseStatsPage(p *parser, s syntax.Statement) {
	what, value := s.Argument(0), s.Argument(1)
	inDefaults := p.proxy.Kind == Defaults
	switch what {
	case "admin":
		p.statsAdmin(s)
	case "http-request":
		if inDefaults {
			p.failTightly(s, "'stats' not allowed in 'defaults' section.")
			return
		}
		p.statsPage()
		p.addRule(s, "stats http-request", 2)
	case "":
		p.failTightly(s, "missing keyword in 'stats', expects %s.", statsKeywords)
	case "uri":
		if p.statsNeeds(s, "an URI prefix") {
			p.statsPage().URI = value
		}
	case "realm":
		if p.statsNeeds(s, "an realm name") {
			p.statsPage().Realm = value
		}
	case "auth":
		if p.statsNeeds(s, "a user:password account") {
			name, password, _ := strings.Cut(value, ":")
			page := p.statsPage()
			page.Accounts = append(page.Accounts, StatsAccount{name, password})
		}
	case "scope":
		if p.statsNeeds(s, "a proxy name") {
			page := p.statsPage()
			page.Scope = append(page.Scope, value)
		}
	case "refresh":
		p.statsRefresh(s)
	case "show-node":
		page := p.statsPage()
		page.ShowNode, page.Node = true, value
	case "show-desc":
		p.statsDescription(s)
	case "enable", "show-modules": // modules have nothing to show: their columns are in the other formats
		p.statsPage()
	case "hide-version":
		p.statsPage().HideVersion = true
	case "show-legends":
		p.statsPage().ShowLegends = true
	default:
		p.failTightly(s, "unknown stats parameter '%s', expects %s.", what, statsKeywords)
	}
}

// statsPage returns the page of the section at hand. The first statement about it gives up that of the defaults, all of it.
func (p *parser) statsPage() *StatsPage {
	if !p.proxy.ownStatsPage {
		p.proxy.ownStatsPage = true
		p.proxy.StatsPage = &StatsPage{URI: defaultStatsURI, Realm: defaultStatsRealm}
	}
	return p.proxy.StatsPage
}

func (p *parser) statsNeeds(s syntax.Statement, what string) bool {
	if s.Argument(1) == "" {
		p.failf(s, "'%s' needs %s.", s.Argument(0), what)
		return false
	}
	return true
}

// statsAdmin keeps the condition under which the page changes servers.
func (p *parser) statsAdmin(s syntax.Statement) {
	switch word := s.Argument(1); {
	case p.proxy.Kind == Defaults:
		p.failTightly(s, "'stats admin' not allowed in 'defaults' section.")
	case word != "if" && word != "unless":
		p.failf(s, "'stats admin' requires either 'if' or 'unless' followed by a condition.")
	default:
		p.statsPage()
		p.addRule(s, "stats admin", 2)
	}
}

func (p *parser) statsRefresh(s syntax.Statement) {
	d, err := syntax.ParseTime(s.Argument(1), time.Second)
	switch {
	case err == syntax.ErrTimeOverflow:
		p.failTightly(s, "timer overflow in argument <%s> to stats refresh interval, maximum value is 2147483647 ms (~24.8 days).", s.Argument(1))
	case err != nil:
		p.failTightly(s, "%s in argument to stats refresh interval.", err)
	default:
		p.statsPage().Refresh = d
	}
}

func (p *parser) statsDescription(s syntax.Statement) {
	text := cmp.Or(strings.Join(syntax.Texts(s.Words[2:]), " "), p.Global.Description)
	if text == "" {
		p.reportTightly(syntax.Warning, s, "'show-desc' requires a parameter or 'desc' to be set in the global section.")
		return
	}
	p.statsPage().Description = text
}

// description <text>...
func parseDescription(p *parser, s syntax.Statement) { p.proxy.Description = p.description(s) }

// description <text>...
func parseGlobalDescription(p *parser, s syntax.Statement) { p.Global.Description = p.description(s) }

func (p *parser) description(s syntax.Statement) string {
	text := strings.Join(syntax.Texts(s.Words[1:]), " ")
	if text == "" {
		p.failTightly(s, "'description' expects a string argument.")
	}
	return text
}

// node <name>
func parseNode(p *parser, s syntax.Statement) {
	name := s.Argument(0)
	if name == "" || invalidNameByte(name) != 0 || strings.Contains(name, ":") {
		p.failTightly(s, "'node' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), dot(.), hyphen(-) or underscode(_).")
		return
	}
	if !p.tooMany(s, 1) {
		p.Global.Node = name
	}
}

// checkStats looks at a section's page once all of its lines are read.
func (p *parser) checkStats(proxy *Proxy) {
	page := proxy.StatsPage
	if page == nil {
		return
	}
	if proxy.Mode != ModeHTTP {
		p.diags.Warnf(syntax.Position{}, "'stats' statement ignored for %s '%s' as it requires HTTP mode.", proxy.Kind, proxy.Name)
		proxy.StatsPage = nil
		return
	}
	byRules := slices.ContainsFunc(proxy.Rules, func(r Rule) bool { return r.Set == "stats http-request" })
	if byRules && (len(page.Accounts) > 0 || page.Realm != defaultStatsRealm) {
		p.diags.Alertf(syntax.Position{}, "proxy '%s': stats 'auth'/'realm' and 'http-request' can't be used at the same time.", proxy.Name)
	}
}
