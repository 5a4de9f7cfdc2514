package config

import "slices"

// proxyKeywords is the registry of the proxy sections, after the matrix in section 4.1 of the manual. Above each parse
// function stands the syntax of its keyword.
var proxyKeywords = append([]keyword{
	{"acl", inEverything, parseACL, Supported},
	{"balance", inDefaults | inBackSide, parseBalance, Supported},
	{"bind", inFrontSide, parseBind, Supported},
	{"default-server", inDefaults | inBackSide, parseDefaultServer, Supported},
	{"default_backend", inDefaults | inFrontSide, parseDefaultBackend, Supported},
	{"disabled", inEverything, parseDisabled, Supported},
	{"enabled", inEverything, parseDisabled, Supported},
	{"errorfile", inEverything, parseErrorFile, Supported},
	{"fullconn", inDefaults | inBackSide, parseFullConn, Supported},
	{"hash-type", inDefaults | inBackSide, parseHashType, Supported},
	{"http-after-response", inEverything, parseRule, Supported},
	{"http-request", inEverything, parseRule, Supported},
	{"http-response", inEverything, parseRule, Supported},
	{"log", inEverything, parseProxyLog, Supported},
	{"log-format", inDefaults | inFrontSide, parseLogFormat, Supported},
	{"log-tag", inEverything, parseLogTag, Supported},
	{"maxconn", inDefaults | inFrontSide, parseMaxconn, Supported},
	{"mode", inEverything, parseMode, Supported},
	{"monitor-uri", inDefaults | inFrontSide, parseMonitorURI, Supported},
	{"option", inEverything, parseOption, Supported},
	{"retries", inDefaults | inBackSide, parseRetries, Supported},
	{"retry-on", inDefaults | inBackSide, parseRetryOn, Supported},
	{"server", inBackSide, parseServer, Supported},
	{"server-template", inBackSide, parseServerTemplate, Supported},
	{"tcp-request", inEverything, parseTCPRule, Supported},
	{"tcp-response", inDefaults | inBackSide, parseTCPRule, Supported},
	{"timeout", inEverything, parseTimeout, Supported},
	{"use_backend", inFrontSide, parseUseBackend, Supported},
}, slices.Concat(
	// These tune or describe, and change nothing of the traffic.
	rows(inEverything, NoEffect, "backlog", "description", "id"),
	rows(inDefaults|inBackSide, NoEffect, "http-reuse", "max-keep-alive-queue"),
	rows(inEverything, Ignored, "email-alert", "stats"),
	rows(inDefaults|inBackSide, Ignored, "http-check", "load-server-state-from-file", "server-state-file-name", "srvtcpka-cnt",
		"srvtcpka-idle", "srvtcpka-intvl", "tcp-check"),
	rows(inDefaults|inFrontSide, Ignored, "clitcpka-cnt", "clitcpka-idle", "clitcpka-intvl"),
	rows(inEverything, Refused, "capture", "compression", "declare", "errorfiles", "errorloc", "errorloc302", "errorloc303", "filter",
		"http-error", "redirect", "stick-table"),
	rows(inDefaults|inFrontSide, Refused, "error-log-format", "log-format-sd", "monitor", "rate-limit", "unique-id-format", "unique-id-header"),
	rows(inDefaults|inBackSide, Refused, "cookie", "dispatch", "external-check", "force-persist", "hash-balance-factor", "http-send-name-header",
		"ignore-persist", "persist", "source", "stick", "transparent", "use-fcgi-app", "use-server"),
)...)
