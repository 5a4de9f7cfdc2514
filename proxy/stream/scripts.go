package stream

import "tidelock/proxy/value"

// RuleSet names a list of rules by the keyword that fills it.
type RuleSet string

const (
	TCPConnection     RuleSet = "tcp-request connection"
	TCPSession        RuleSet = "tcp-request session"
	HTTPRequest       RuleSet = "http-request"
	HTTPResponse      RuleSet = "http-response"
	HTTPAfterResponse RuleSet = "http-after-response"
	TCPRequest        RuleSet = "tcp-request content"
	TCPResponse       RuleSet = "tcp-response content"
)

// Scripts resolves what the configuration names "lua.NAME". Every Bind happens while the configuration is compiled,
// with the literal arguments that stand there; the functions returned run per exchange, in its goroutine, and may wait.
// Errors say what was expected and what was found, without a position: the caller knows the token.
type Scripts interface {
	// BindFetch returns a function that yields the sample, or an invalid value when the script failed (it logged why).
	BindFetch(name string, arguments []string) (func(*Stream) value.Value, error)
	BindConverter(name string, arguments []string) (func(*Stream, value.Value) value.Value, error)
	BindAction(set RuleSet, name string, arguments []string) (func(*Stream) Verdict, error)
	BindService(mode Mode, name string) (Service, error)
}
