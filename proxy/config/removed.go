package config

import (
	"strings"

	"tidelock/proxy/config/syntax"
)

// removed are keywords of earlier versions, with what HAProxy says of them.
var removed = map[string]string{
	"appsession":  "'appsession' is not supported anymore since HAProxy 1.6.",
	"grace":       "the 'grace' keyword is not supported any more since HAProxy version 2.5.",
	"monitor-net": "'monitor-net' doesn't exist anymore. Please use 'http-request return status 200 if { src <network> }' instead.",
	"redisp":      "keyword 'redisp' directive is not supported anymore since HAProxy 2.1. Use 'option redispatch'.",
	"redispatch":  "keyword 'redispatch' directive is not supported anymore since HAProxy 2.1. Use 'option redispatch'.",
	"clitimeout":  "the 'clitimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout client'.",
	"contimeout":  "the 'contimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout connect'.",
	"srvtimeout":  "the 'srvtimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout server'.",
}

func init() {
	const anyReplacement = "'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header' instead."
	for instead, names := range map[string][]string{
		"'http-request deny' which uses the exact same syntax.": {"block"},
		"'http-request add-header' instead.":                    {"reqadd"},
		"'http-request allow' instead.":                         {"reqallow", "reqiallow"},
		"'http-request del-header' instead.":                    {"reqdel", "reqidel"},
		"'http-request deny' instead.":                          {"reqdeny", "reqideny"},
		"'http-request tarpit' instead.":                        {"reqtarpit", "reqitarpit"},
		"'http-request replace-header' instead.":                {"reqirep"},
		anyReplacement:                                          {"reqrep", "cliexp"},
		"'http-response add-header' instead.":                   {"rspadd"},
		"'http-response del-header' .":                          {"rspdel", "rspidel"},
		"'http-response deny' instead.":                         {"rspdeny", "rspideny"},
		"'http-response replace-header' instead.":               {"rsprep", "rspirep", "srvexp"},
	} {
		for _, name := range names {
			removed[name] = "The '" + name + "' directive is not supported anymore since HAProxy 2.1. Use " + instead
		}
	}
}

// bind-process all | odd | even | <number>[-<number>] ...
func parseBindProcess(p *parser, s syntax.Statement) {
	for _, word := range syntax.Texts(s.Arguments()) {
		from, to, isRange := strings.Cut(word, "-")
		_, number := decimal(from)
		_, numbers := decimal(to)
		switch {
		case word == "all", word == "odd", word == "even", word == "1":
		case !number || isRange && !numbers:
			p.failf(s, "%s : '%s' is not a valid number/range.", s.Keyword(), word)
			return
		case word != "1-1":
			p.failf(s, "%s : '%s' is not a valid number/range. It supports numbers from 1 to 1.", s.Keyword(), word)
			return
		}
	}
	p.reportTightly(syntax.Warning, s, "'bind-process' has no effect, is deprecated, and will be removed in version 2.7.")
}
