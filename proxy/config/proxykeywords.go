package config

import "slices"

// proxyKeywords is the registry of the proxy sections, after the matrix in section 4.1 of the manual. Above each parse
// function stands the syntax of its keyword.
var proxyKeywords = append([]keyword{
	{"acl", inEverything, parseACL},
	{"balance", inDefaults | inBackSide, parseBalance},
	{"bind", inFrontSide, parseBind},
	{"default-server", inDefaults | inBackSide, parseDefaultServer},
	{"default_backend", inDefaults | inFrontSide, parseDefaultBackend},
	{"disabled", inEverything, parseDisabled},
	{"enabled", inEverything, parseDisabled},
	{"errorfile", inEverything, parseErrorFile},
	{"http-after-response", inEverything, parseRule},
	{"http-request", inEverything, parseRule},
	{"http-response", inEverything, parseRule},
	{"log", inEverything, parseProxyLog},
	{"log-format", inDefaults | inFrontSide, parseLogFormat},
	{"log-tag", inEverything, parseLogTag},
	{"maxconn", inDefaults | inFrontSide, parseMaxconn},
	{"mode", inEverything, parseMode},
	{"monitor-uri", inDefaults | inFrontSide, parseMonitorURI},
	{"option", inEverything, parseOption},
	{"retries", inDefaults | inBackSide, parseRetries},
	{"server", inBackSide, parseServer},
	{"tcp-request", inEverything, parseTCPRule},
	{"tcp-response", inDefaults | inBackSide, parseTCPRule},
	{"timeout", inEverything, parseTimeout},
	{"use_backend", inFrontSide, parseUseBackend},
}, slices.Concat(
	// These tune or describe, and change nothing of the traffic.
	rows(inEverything, accept, "backlog", "description", "id"),
	rows(inDefaults|inBackSide, accept, "fullconn", "http-reuse", "max-keep-alive-queue"),
	rows(inEverything, ignore, "email-alert", "stats"),
	rows(inDefaults|inBackSide, ignore, "http-check", "load-server-state-from-file", "server-state-file-name", "srvtcpka-cnt",
		"srvtcpka-idle", "srvtcpka-intvl", "tcp-check"),
	rows(inDefaults|inFrontSide, ignore, "clitcpka-cnt", "clitcpka-idle", "clitcpka-intvl"),
	rows(inEverything, refuse, "capture", "compression", "declare", "errorfiles", "errorloc", "errorloc302", "errorloc303", "filter",
		"http-error", "redirect", "stick-table"),
	rows(inDefaults|inFrontSide, refuse, "error-log-format", "log-format-sd", "monitor", "rate-limit", "unique-id-format", "unique-id-header"),
	rows(inDefaults|inBackSide, refuse, "cookie", "dispatch", "external-check", "force-persist", "hash-type", "http-send-name-header",
		"ignore-persist", "persist", "retry-on", "server-template", "source", "stick", "transparent", "use-fcgi-app", "use-server"),
)...)
