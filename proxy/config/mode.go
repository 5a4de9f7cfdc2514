package config

import (
	"strings"

	"tidelock/proxy/config/syntax"
)

// httpOptions are the options that mean nothing without HTTP, in the order in which HAProxy says so.
var httpOptions = []struct {
	name string
	in   sections
	set  func(*Settings) *bool
}{
	{"forwardfor", inProxies, func(s *Settings) *bool { return &s.ForwardFor.Enabled }},
	{"originalto", inProxies, func(s *Settings) *bool { return &s.OriginalTo.Enabled }},
	{"checkcache", inBackSide, func(s *Settings) *bool { return &s.CheckCache }},
	{"http-buffer-request", inProxies, func(s *Settings) *bool { return &s.HTTPBufferRequest }},
	{"http-ignore-probes", inFrontSide, func(s *Settings) *bool { return &s.HTTPIgnoreProbes }},
	{"idle-close-on-response", inFrontSide, func(s *Settings) *bool { return &s.IdleCloseOnResponse }},
	{"prefer-last-server", inBackSide, func(s *Settings) *bool { return &s.PreferLastServer }},
	{"accept-invalid-http-request", inFrontSide, func(s *Settings) *bool { return &s.AcceptInvalidHTTPRequest }},
	{"accept-invalid-http-response", inBackSide, func(s *Settings) *bool { return &s.AcceptInvalidHTTPResponse }},
	{"http-use-proxy-header", inFrontSide, func(s *Settings) *bool { return &s.HTTPUseProxyHeader }},
	{"http-pretend-keepalive", inBackSide, func(s *Settings) *bool { return &s.HTTPPretendKeepalive }},
	{"http-no-delay", inProxies, func(s *Settings) *bool { return &s.HTTPNoDelay }},
	{"disable-h2-upgrade", inFrontSide, func(s *Settings) *bool { return &s.DisableH2Upgrade }},
}

// checkModes drops what needs HTTP from proxies in TCP mode, with HAProxy's warnings.
func (p *parser) checkModes(proxy *Proxy) {
	if proxy.Mode == ModeHTTP {
		return
	}
	if proxy.Cookie.Name != "" && proxy.Kind.HasBackend() {
		p.diags.Warnf(syntax.Position{}, "cookie will be ignored for %s '%s' (needs 'mode http').", proxy.Kind, proxy.Name)
	}
	if proxy.MonitorURI != "" && proxy.Kind.HasFrontend() {
		p.diags.Warnf(syntax.Position{}, "monitor-uri will be ignored for %s '%s' (needs 'mode http').", proxy.Kind, proxy.Name)
	}
	if style := proxy.LogStyle; style != LogStyleDefault && style != LogStyleTCP && proxy.Kind.HasFrontend() {
		option := "httplog"
		if style == LogStyleHTTPS {
			option = "httpslog"
		}
		p.diags.Warnf(proxy.LogStyleAt, "'option %s' not usable with %s '%s' (needs 'mode http'). Falling back to 'option tcplog'.", option, proxy.Kind, proxy.Name)
		proxy.LogStyle = LogStyleTCP
	}
	for _, o := range httpOptions {
		if *o.set(&proxy.Settings) && kindSections[proxy.Kind]&o.in != 0 {
			p.diags.Warnf(syntax.Position{}, "'option %s' ignored for %s '%s' as it requires HTTP mode.", o.name, proxy.Kind, proxy.Name)
		}
	}
	proxy.Inherited = withoutHTTP(proxy.Inherited, nil)
	proxy.Rules = withoutHTTP(proxy.Rules, func(set string, at syntax.Position) {
		p.diags.Warnf(at, "'%s' rules ignored for %s '%s' as they require HTTP mode.", set, proxy.Kind, proxy.Name)
	})
}

// withoutHTTP returns the rules that do not need HTTP mode. The first rule of each set dropped is told to dropped.
func withoutHTTP(rules []Rule, dropped func(set string, at syntax.Position)) []Rule {
	told := map[string]bool{}
	var kept []Rule
	for _, rule := range rules {
		switch {
		case !strings.HasPrefix(rule.Set, "http-") && rule.Set != "redirect":
			kept = append(kept, rule)
		case dropped != nil && !told[rule.Set]:
			told[rule.Set] = true
			dropped(rule.Set, rule.At)
		}
	}
	return kept
}
